"""Savings, pension, job loss and incentive told a second time, sharing nothing with the project.

Everything is whole numbers: percentages are tenths of a per cent, days are such as 20250207, and
rounding half up is a division with half of the divisor added.
"""

from __future__ import annotations


def rounded(above: int, below: int) -> int:
    """Return above / below, half up."""
    return (2 * above + below) // (2 * below)


def savings(balance: int, tenths: int, years: int, monthly: int) -> int:
    """Return the balance after *years* at *tenths* of a per cent a year."""
    for _ in range(years):
        balance = balance + rounded(balance * tenths, 1000) + 12 * monthly
    return balance


def tax(paid: int) -> int:
    """Return 5 % of what lies above fifty million."""
    return 0 if paid <= 50000000 else rounded((paid - 50000000) * 5, 100)


PENSION_AGES = {
    56: 2015, 57: 2019, 58: 2022, 59: 2025, 60: 2028, 61: 2031, 62: 2034, 63: 2037, 64: 2040,
    65: 2043,
}  # fmt: skip
"""Age to the year from whose first day it holds; 56 from the middle of its year."""

LIMITS = [
    (20150701, 20160229, 300000, 3600000),
    (20160301, 20170228, 310050, 3720600),
    (20230301, 20240229, 383400, 4598100),
    (20240301, 20250228, 393500, None),
]


def pension_age(day: int) -> int:
    """Return the pension age on a day such as 20190101."""
    return max(age for age, year in PENSION_AGES.items() if year <= day // 10000)


SHARES = {"old-age": 100, "disability": 100, "widow": 50, "child": 50, "parent": 20}


def pension(wage: int, months: int, who: str, day: int) -> int:
    """Return the monthly pension for months that count."""
    amount = rounded(wage * months * SHARES[who], 12 * 100 * 100)
    for first, last, least, most in LIMITS:
        if first <= day <= last:
            amount = max(amount, least)
            amount = min(amount, most) if most else amount
    return amount


def job_loss(wage: int, day: int) -> list[int]:
    """Return the cash of each month for a job lost on *day*."""
    counted = min(wage, 5000000)
    percent = [60] * 6 if day >= 20250207 else [45, 45, 45, 25, 25, 25]
    return [rounded(counted * each, 100) for each in percent]


def agent_2018(new: int, collected: int) -> tuple[int, int]:
    """Return (gross, office's share) of a month under the scheme of 2018."""
    gross = (500000 if new > 49 else 0) + rounded(collected * 75, 1000)
    return gross, rounded(gross, 10)


def agent_2022(new: int, programs: int, collected: int, later: int) -> int:
    """Return an agent's month under the scheme of 2022."""
    fee = {2: 10000, 3: 15000}[programs] * new if new > 24 else 0
    return fee + rounded(collected * 15, 100) + rounded(later * 5, 100)


def member(price: int, programs: int, months: int) -> int:
    """Return what one member brings over some months, one month after another."""
    fee = {2: 10000, 3: 15000}[programs]
    for month in range(1, months + 1):
        if month <= 24:
            fee += rounded(price * 15, 100)
        elif month <= 60:
            fee += rounded(price * 5, 100)
    return fee
