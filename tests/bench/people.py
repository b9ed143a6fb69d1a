"""A seeded generator of believable, made-up traders and fishers of the Banuspa region.

Names are drawn from lists of common given and family names, streets and markets; NIKs are made of
real district codes, the person's own birth date and a serial, so that they are valid and nobody's.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

GIVEN = """Ni Luh|I Wayan|I Made|Ni Ketut|I Nyoman|Ni Putu|I Gede|Ni Kadek|I Ketut|Ida Ayu|Anak Agung
Siti|Muhammad|Abdul|Nur|Ahmad|Baiq|Lalu|Sri|Dewi|Rina|Maria|Yohanes|Petrus|Yosef|Theresia|Agustinus
Yosina|Frans|Markus|Elisabet|Yakob|Paulus|Naomi|Yuliana|Daniel|Ruth|Samuel|La Ode|Wa Ode|Hasan|Fatimah
Kristina|Stefanus|Bernadus|Margaretha|Gregorius|Rosalina|Antonius|Klemens""".replace(
    "\n", "|"
).split("|")
FAMILY = """Sari|Ardi|Suparta|Rahmawati|Wenda|Kogoya|Hidayat|Fernandez|Susanti|Wirawan|Tabuni|Lestari
Mahendra|Nurhayati|Da Silva|Yikwa|Pratama|Astuti|Dewi|Suryani|Wibowo|Tuanakotta|Rumbiak|Wanimbo
Mabel|Kambu|Karubaba|Manufandu|Sudiarta|Widiana|Arnawa|Suastika|Purnama|Setiawan|Kurniawan|Hartono
Bouk|Seran|Nahak|Klau|Bria|Lake|Mau|Tefa|Taneo|Banamtuan|Ndun|Lado|Rihi|Djami|Haning|Bessie
Handayani|Maulana|Saputra|Anggraini|Wulandari|Ramadhan|Zulkarnain|Salim|Basri|Jamaluddin""".replace(
    "\n", "|"
).split("|")
STREETS = """Segara|Raya Sesetan|Gajah Mada|Pantai Kedonganan|Danau Tamblingan|Bypass Ngurah Rai
Hayam Wuruk|Imam Bonjol|Pejanggik|Langko|Panca Usaha|Soekarno Hatta|El Tari|Frans Seda|Timor Raya
Raya Abepura|Koti|Sam Ratulangi|Brawijaya|Trikora|Yos Sudarso|Diponegoro|Sudirman|Ahmad Yani|Kartini
Pattimura|Teuku Umar|Veteran|Merdeka|Cendrawasih|Kamboja|Melati|Nangka|Pulau Moyo|Pulau Bungin""".replace(
    "\n", "|"
).split("|")
PLACES = """Pasar Sindhu|Pasar Badung|Pasar Kumbasari|Pantai Kedonganan|Pelabuhan Benoa|Pasar Kebon Roek
Pasar Mandalika|Pasar Bertais|Pelabuhan Lembar|Pasar Inpres Naikoten|Pasar Oeba|Pelabuhan Labuan Bajo
Pasar Wamanggu|Pasar Youtefa|Pasar Hamadi|Pasar Sentani|Pasar Remu|Pelabuhan Sorong|Pasar Potikelek
Pangkalan Oeba|Pasar Ikan Jimbaran|Pasar Alok|Pasar Wuring""".replace("\n", "|").split("|")
DISTRICTS = [
    "517101",
    "517102",
    "517103",
    "517104",
    "510305",
    "510306",
    "510304",
    "520108",
    "520109",
    "520112",
    "520101",
    "527101",
    "527102",
    "531505",
    "531503",
    "537101",
    "537102",
    "537103",
    "537104",
    "930101",
    "930105",
    "917101",
    "917103",
    "910301",
    "927101",
    "960101",
]
JOBS = ["trader", "fisher", "food_seller", "farmer", "tailor", "fish_worker", "porter"]
RIDERS = ["motorcycle_taxi", "driver", "courier"]
RELATIONS = ["spouse", "child", "parent", "sibling"]


def people(count: int, seed: int = 2026) -> Iterator[dict[str, Any]]:
    """Yield *count* workers as agents would enter them, all with different NIKs."""
    draw = random.Random(seed)
    used: set[str] = set()
    while len(used) < count:
        worker = _worker(draw, len(used))
        if worker["nik"] not in used:
            used.add(worker["nik"])
            yield worker


def _worker(draw: random.Random, number: int) -> dict[str, Any]:
    birth = date(1962, 6, 1) + timedelta(days=draw.randrange(16_000))
    sex = draw.choice("FM")
    district = draw.choice(DISTRICTS)
    day = birth.day + (40 if sex == "F" else 0)
    nik = f"{district}{day:02}{birth:%m%y}{draw.randrange(1, 9999):04}"
    name = " ".join([draw.choice(GIVEN), *draw.sample(FAMILY, 1 + (draw.random() < 0.35))])
    rider = draw.random() < 0.2
    worker: dict[str, Any] = {
        "nik": nik,
        "name": name,
        "birth_date": birth.isoformat(),
        "sex": sex,
        "phone": f"08{draw.choice('1235')}{draw.randrange(10**8, 10**9)}",
        "address": {
            "text": f"Jl. {draw.choice(STREETS)} {draw.randrange(1, 240)}",
            "rt": f"{draw.randrange(1, 20):03}",
            "rw": f"{draw.randrange(1, 12):03}",
            "region": district,
        },
        "occupations": [
            {"code": draw.choice(RIDERS if rider else JOBS), "place": draw.choice(PLACES)}
        ],
        "income": draw.choice([1_000_000, 1_200_000, 1_500_000, 1_800_000, 2_000_000, 2_500_000]),
        "programs": ["jkk", "jkm", "jht"] if draw.random() < 0.25 else ["jkk", "jkm"],
        "months": draw.choice([1, 1, 3, 3, 6, 12]),
        "heirs": [
            {
                "name": f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}",
                "relationship": draw.choice(RELATIONS),
            }
        ],
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": draw.choice(["signature", "thumbprint"])},
    }
    if number % 3 == 0:
        worker["children"] = [
            {
                "name": f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}",
                "birth_date": f"{draw.randrange(2008, 2024)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}",
            }
        ]
    return worker


if __name__ == "__main__":
    for person in people(int(sys.argv[1])):
        print(json.dumps(person, ensure_ascii=False))
