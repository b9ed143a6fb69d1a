"""What is asked and typed at a market: the talk of the first person, and of each later one."""

from __future__ import annotations

Talk = tuple[tuple[str, str], ...]

NAMES = ("Ni Luh Sari", "I Wayan Budi", "Ni Made Ayu")


def first(nik: str, no: str = "t", name: str = NAMES[0]) -> Talk:
    """Return what is asked of the first person at a market, and what is typed."""
    return (
        ("ask.nik", nik),
        ("ask.decoded_right", ""),
        ("ask.name", name),
        ("ask.phone", "081234567890"),
        ("ask.address", "Jl. Segara 3"),
        ("ask.village", "Sanur"),
        ("ask.region", ""),
        ("ask.occupation", "fisher"),
        ("ask.place", "Pantai Sindhu"),
        ("ask.income", "1.500.000"),
        ("ask.jht", ""),
        ("ask.start", "2026-12"),
        ("ask.months", "3"),
        ("ask.heir", "Made Ardi"),
        ("ask.relationship", "1"),
        ("ask.working", "y"),
        ("ask.critically_ill", no),
        ("ask.consent", "y"),
        ("ask.consent_method", "2"),
    )


def later(nik: str, no: str = "t", name: str = NAMES[1], phone: str = "081234567891") -> Talk:
    """Return what is asked of one who shares the market with the person before."""
    return (
        ("ask.nik", nik),
        ("ask.decoded_right", ""),
        ("ask.name", name),
        ("ask.phone", phone),
        ("same.ask", ""),
        ("ask.heir", "Ketut Arta 2"),
        ("ask.working", "y"),
        ("ask.critically_ill", no),
        ("ask.consent", "y"),
    )


CONFIRM = ("wizard.confirm", "")
