"""The occupations that a worker can be enrolled with, and the relief sector each implies.

The list is a start made for the field (``law.md`` 7.2); it holds no official codes, since none were
found. A boatman's sector is a doubt: the text of PP 50/2025 that defines transport was not read.
"""

from __future__ import annotations

OTHER = (
    "trader", "food_seller", "shop_owner", "fisher", "fish_worker", "farmer", "farm_worker",
    "livestock", "tailor", "weaver", "artisan", "builder", "mechanic", "domestic_worker", "porter",
    "cleaner", "barber", "guide", "artist", "teacher", "religious", "professional", "other",
)  # fmt: skip
TRANSPORT = ("motorcycle_taxi", "driver", "courier", "truck_driver", "pedicab", "boatman")
DOUBTFUL = frozenset({"boatman"})

OCCUPATIONS: dict[str, str] = dict.fromkeys(OTHER, "other") | dict.fromkeys(TRANSPORT, "transport")
"""Occupation code to the sector that it implies."""
