"""The benefits of accident and death told a second time, sharing nothing with the project.

Days are plain numbers such as 20191202, percentages whole numbers; the sums were typed from
``law/law.md``, sections 1.7, 1.8, 5.1, 5.2 and 5.4.
"""

from __future__ import annotations

from fractions import Fraction

BEGINS, PP_82, NEW_MEMBERS = 20150701, 20191202, 20250201
LEVELS = {"tk-sd": 12_000_000, "smp": 6_000_000, "sma": 9_000_000, "pt": 60_000_000}
LIMITS = {"land": 5_000_000, "sea": 2_000_000, "air": 10_000_000}


def rounded(amount: Fraction) -> int:
    """Return a positive amount rounded half up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def school(day: int, children: list[str]) -> int:
    if not children:
        return 0
    if day < PP_82:
        return 12_000_000
    return sum(LEVELS.get(child, 87_000_000) for child in children[:2])


def jkm(day: int, membership: int, arrears: int, children: list[str], paid: int) -> tuple[int, int]:
    """Return the total and what of it is paid at once."""
    if arrears > 3:
        return 0, 0
    if day >= NEW_MEMBERS and membership < 3:
        return 10_000_000, 0 if arrears else 10_000_000
    whole, funeral, years = (
        (24_000_000, 3_000_000, 5) if day < PP_82 else (42_000_000, 10_000_000, 3)
    )
    if paid >= 12 * years:
        whole += school(day, children)
    return whole, funeral if arrears else whole


def jkk(day: int, event: str, base: int, arrears: int, **more: object) -> int | None:
    """Return the total; None where no rule is known for the day."""
    if arrears > 3:
        return 0
    children = more.get("children", [])
    assert isinstance(children, list)
    numbers = {name: value for name, value in more.items() if isinstance(value, int)}
    old = day < PP_82
    if event == "death":
        wages = 48 * base if old else max(48 * base, 20_000_000)
        return wages + (7_800_000 if old else 22_000_000) + school(day, children)
    if event == "total":
        return 56 * base + (4_800_000 if old else 12_000_000) + school(day, children)
    if event in ("partial", "functional"):
        loss = numbers["loss"] if event == "functional" else 100
        return rounded(Fraction(loss * numbers["percent"] * 80 * base, 10_000))
    if old:
        return None
    if event == "transport":
        return sum(min(numbers[mode], limit) for mode, limit in LIMITS.items())
    months, days = numbers["months"], numbers["days"]
    full, later = (months, 0) if months <= 12 else (12, months - 12)
    half = 2 if months >= 12 else 1
    return (
        full * base + rounded(Fraction(later * base, 2)) + rounded(Fraction(days * base, 30 * half))
    )
