"""What employees and building sites owe, told a second time, sharing nothing with the project.

Rates are whole numbers in a hundred thousand, months are numbers such as 202604, and half a rupiah
goes up by integer division. What the project and this page both say is what the tests believe.
"""

from __future__ import annotations

RISKS = {1: 240, 2: 540, 3: 890, 4: 1270, 5: 1740}
SHARES = {"jkm": {"employer": 300}, "jht": {"employer": 3700, "worker": 2000}}
PENSION = {"employer": 2000, "worker": 1000}
CEILINGS = [
    (202703, None),
    (202603, 11086300),
    (202503, 10547400),
    (202403, 10042300),
    (202303, 9559600),
    (202203, 9077600),
    (202103, 8754600),
    (202003, 8939700),
    (201903, 8512400),
    (201803, 8094000),
    (201703, 7703500),
    (201603, 7335300),
    (201507, 7000000),
]
COVID = range(202008, 202102)
INTENSIVE = [range(202502, 202513), range(202601, 202602)]

# (lower bound, JKK, JKM) of a contract's slices
BANDS = [
    (5_000_000_000, 90, 10),
    (1_000_000_000, 110, 10),
    (500_000_000, 130, 20),
    (100_000_000, 170, 20),
    (0, 210, 30),
]


def half_up(numerator: int, denominator: int) -> int:
    """Return the quotient, half a rupiah going up."""
    return (2 * numerator + denominator) // (2 * denominator)


def ceiling(month: int) -> int | None:
    """Return the wage ceiling of a month, or None after the last that is known."""
    return next(limit for since, limit in CEILINGS if month >= since)


def left(programme: str, month: int, intensive: bool) -> tuple[int, int]:
    """Return what is left to pay as a fraction of two whole numbers."""
    if programme in ("jkk", "jkm") and month in COVID:
        return 1, 100
    if programme == "jkk" and intensive and any(month in span for span in INTENSIVE):
        return 1, 2
    return 1, 1


def shares(programme: str, risk: int) -> dict[str, int]:
    """Return who bears a programme, and how much of a hundred thousand."""
    if programme == "jkk":
        return {"employer": RISKS[risk]}
    return PENSION if programme == "jp" else SHARES[programme]


def bill(
    monthly: int, risk: int, programmes: tuple[str, ...], month: int, intensive: bool
) -> list[tuple[str, str, int]]:
    """Return (programme, bearer, rupiah) of one month."""
    found = []
    for programme in programmes:
        base = monthly
        if programme == "jp":
            limit = ceiling(month)
            assert limit is not None
            base = min(base, limit)
        over, under = left(programme, month, intensive)
        for bearer, rate in shares(programme, risk).items():
            found.append((programme, bearer, half_up(base * rate * over, 100_000 * under)))
    return found


def contract(value: int, month: int) -> tuple[int, int]:
    """Return JKK and JKM of a contract, cutting it from the top."""
    jkk = jkm = 0
    for low, first, second in BANDS:
        if value > low:
            jkk += (value - low) * first
            jkm += (value - low) * second
            value = low
    under = 100_000 * (100 if month in COVID else 1)
    return half_up(jkk, under), half_up(jkm, under)


def following(month: int) -> int:
    """Return the month after one such as 202612."""
    return month + 89 if month % 100 == 12 else month + 1
