"""The contributions of self-employed members told a second time, sharing nothing with the project.

The table was typed from ``law/bpu-tiers.csv``; months are plain numbers such as 202604; reliefs are
divisions of whole numbers. What the project and this page both say is what the tests believe.
"""

from __future__ import annotations

# (income from, base, JKK, JHT) of tiers 1 to 33
TIERS = [
    (0, 1000000, 10000, 20000),
    (1100000, 1200000, 12000, 24000),
    (1300000, 1400000, 14000, 28000),
    (1500000, 1600000, 16000, 32000),
    (1700000, 1800000, 18000, 36000),
    (1900000, 2000000, 20000, 40000),
    (2100000, 2200000, 22000, 44000),
    (2300000, 2400000, 24000, 48000),
    (2500000, 2600000, 26000, 52000),
    (2700000, 2950000, 29500, 59000),
    (3200000, 3450000, 34500, 69000),
    (3700000, 3950000, 39500, 79000),
    (4200000, 4450000, 44500, 89000),
    (4700000, 4950000, 49500, 99000),
    (5200000, 5450000, 54500, 109000),
    (5700000, 5950000, 59500, 119000),
    (6200000, 6450000, 64500, 129000),
    (6700000, 6950000, 69500, 139000),
    (7200000, 7450000, 74500, 149000),
    (7700000, 7950000, 79500, 159000),
    (8200000, 8700000, 87000, 174000),
    (9200000, 9700000, 97000, 194000),
    (10200000, 10700000, 107000, 214000),
    (11200000, 11700000, 117000, 234000),
    (12200000, 12700000, 127000, 254000),
    (13200000, 13700000, 137000, 274000),
    (14200000, 14700000, 147000, 294000),
    (15200000, 15700000, 157000, 314000),
    (16200000, 16700000, 167000, 334000),
    (17200000, 17700000, 177000, 354000),
    (18200000, 18700000, 187000, 374000),
    (19200000, 19700000, 197000, 394000),
    (20200000, 20700000, 207000, 414000),
]
JKM = 6800

TAXPAYERS_MONEY = ("apbn", "apbd-province", "apbd-regency", "dbhcht")
HALF_PRICE = {"transport": (202601, 202703), "other": (202604, 202612)}


def full_price(tier: int, programme: str) -> int:
    """Return one month's price without any relief."""
    _, _, jkk, jht = TIERS[tier - 1]
    return {"jkk": jkk, "jkm": JKM, "jht": jht}[programme]


def price(tier: int, programme: str, month: int, sector: str, payer: str, owner: bool) -> int:
    """Return what is owed for one programme and one month such as 202604."""
    full = full_price(tier, programme)
    if programme == "jht":
        return full
    if 202008 <= month <= 202101:
        assert full % 100 == 0
        return full // 100
    first, last = HALF_PRICE[sector]
    if first <= month <= last and payer not in TAXPAYERS_MONEY and not owner:
        assert full % 2 == 0
        return full // 2
    return full


def tier_of(income: int) -> int:
    """Return the tier of an income, counting the tiers that begin at or below it."""
    return sum(1 for begins, *_ in TIERS if begins <= income)


def following(month: int) -> int:
    """Return the month after one such as 202612."""
    return month + 89 if month % 100 == 12 else month + 1
