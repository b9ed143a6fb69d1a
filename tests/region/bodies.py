"""The made-up region as JSON: workers for the program's input, bodies for stores and centrals.

A person is made of the member's number alone: the NIK has a district of the region, the birth date
and a serial from 9000 on, and is nobody else's in the region.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from rules.oracle import TIERS

from region.calendar import day_text, local_number, month_text, utc_text
from region.facts import RULES
from region.records import Event, Member, Payment, Return
from region.region import Region

GIVEN = {
    "51": ("I Wayan", "Ni Luh", "I Gusti Ayu", "Ida Bagus", "Anak Agung Gde", "Ni Ketut", "Désak Putu"),
    "52": ("Lalu", "Baiq", "Muhammad", "Siti", "Nurul", "Inaq", "Amaq"),
    "53": ("Yohanes", "Maria", "Petrus", "Theresia", "Dominggus", "Yuliana", "Agustinus"),
    "9": ("Yosina", "Markus", "Naomi", "Elias", "Wilem", "Yakoba", "Melkianus"),
}  # fmt: skip
FAMILY = {
    "51": ("Sukrawati", "Arnawa", "Widiana", "Suastika", "Pitāna", "Sudiarta"),
    "52": ("Hidayat", "Zulkarnain", "Mahsun", "Rahmawati", "Wirajaya", "Sa’adah"),
    "53": ("Nahak", "Da Silva", "Taneo", "Banamtuan", "Manek", "Riwu Kore"),
    "9": ("Wenda", "Kogoya", "Rumbiak", "Mandacan", "Yikwa", "Eluay"),
}  # fmt: skip
STRANGE = (
    "=cmd|' /C calc'!A0", "+62 Wayan", "@SUM(A1) Made", "-Ketut Jaya", '"Made", Bin',
    "<b>Sari</b> Ayu", "'Nyoman Murah",
)  # fmt: skip
LONGEST = "I Gusti Ngurah Agung Putra Mahendra Wirayudha Kusuma Pranawa"
OCCUPATIONS = {
    "other": ("trader", "fisher", "farmer", "food_seller", "tailor", "weaver", "porter"),
    "transport": ("motorcycle_taxi", "driver", "courier", "truck_driver", "pedicab"),
}
_BORN, _SPAN = date(1968, 1, 1), 14_000


def worker_of(member: Member) -> dict[str, Any]:
    """Return a member as the program keeps one, with the flaws that were drawn."""
    draw = random.Random(f"person/{member.number}")
    sex = draw.choice("FM")
    birth = _birth(member.number)
    shown = birth + timedelta(days=1) if "nik_birth_differs" in member.flaws else birth
    nik_sex = {"F": "M", "M": "F"}[sex] if "nik_sex_differs" in member.flaws else sex
    wish = member.wish
    told = member.moment - 60
    worker: dict[str, Any] = {
        "nik": nik_of(member, birth, nik_sex),
        "name": _name(draw, member),
        "birth_date": shown.isoformat(),
        "sex": sex,
        "phone": f"+628{draw.choice('1235')}{draw.randrange(10**8, 10**9)}",
        "address": {"text": f"Jl. Segara {draw.randrange(1, 99)}", "region": member.region},
        "occupations": [{"code": draw.choice(OCCUPATIONS[wish.sector])}],
        "income": TIERS[wish.tier - 1][0] or 1_000_000,
        "tier": wish.tier,
        "programs": list(wish.programs),
        "sector": wish.sector,
        "payer": wish.payer,
        "owner": wish.owner,
        "start": month_text(member.start),
        "months": member.months,
        "heirs": [{"name": "Made Waris", "relationship": "spouse"}],
        "attestation": {
            "working": True, "critically_ill": False, "text": "attestation-1",
            "at": utc_text(told),
        },
        "consent": {
            "given": True, "method": "signature", "text": "consent-1", "at": utc_text(told),
        },
    }  # fmt: skip
    for flaw, name in (("no_phone", "phone"), ("no_address", "address"), ("no_heir", "heirs")):
        if flaw in member.flaws:
            del worker[name]
    return worker


def nik_of(member: Member, birth: date, sex: str) -> str:
    """Return a member's NIK: the district it was issued in, the birth date, a serial."""
    day = birth.day + (40 if sex == "F" else 0)
    return f"{member.nik_region}{day:02}{birth:%m%y}{9000 + member.number % 1000}"


def _birth(number: int) -> date:
    """Return a birth date that nobody with the same serial has, in a region of 14 million."""
    round_, serial = divmod(number, 1000)
    return _BORN + timedelta(days=(round_ * 397 + serial * 211) % _SPAN)


def _name(draw: random.Random, member: Member) -> str:
    province = member.agent.zone[:2]
    part = province if province in GIVEN else "9"
    if "one_word_name" in member.flaws:
        return draw.choice(FAMILY[part]).split()[0]
    luck = draw.random()
    if luck < 0.02:
        return draw.choice(STRANGE)
    if luck < 0.04:
        return LONGEST
    return f"{draw.choice(GIVEN[part])} {draw.choice(FAMILY[part])}"


def workers(region: Region) -> Iterator[dict[str, Any]]:
    """Yield every member as a line for ``daftar --berkas -``; who records it is not told."""
    for record in region.all_records():
        if isinstance(record, Member):
            yield worker_of(record)


Record = Member | Payment | Return | Event


def bodies(region: Region) -> Iterator[tuple[str, Record, dict[str, Any]]]:
    """Yield (kind, record, body) of everything, a member's before that of its money."""
    for record in region.all_records():
        if isinstance(record, Event):
            yield "outreach", record, event_body(record)
            continue
        yield "enrolment", record, member_body(record)
        for payment in record.payments:
            yield "payment", payment, payment_body(payment)
        for back in record.returns:
            yield "reactivation", back, return_body(back, record)


def captured(record: Record) -> dict[str, Any]:
    """Return when a record was made."""
    day = local_number(record.moment, record.agent.zone)
    return {"captured": {"at": utc_text(record.moment), "day": day_text(day)}}


def member_body(member: Member) -> dict[str, Any]:
    """Return the body of an enrolment."""
    quote = {"total": member.amount, "tier": member.wish.tier, "rules": RULES}
    return {"worker": worker_of(member), "quote": quote, **captured(member)}


def payment_body(payment: Payment) -> dict[str, Any]:
    """Return the body of a payment."""
    wish = payment.wish
    facts: dict[str, Any] = {
        "member": payment.member,
        "programs": list(wish.programs),
        "start": month_text(payment.start),
        "months": payment.months,
        "tier": wish.tier,
        "sector": wish.sector,
        "payer": wish.payer,
        "owner": wish.owner,
        "money": payment.money,
        "moved": {state: utc_text(moment) for state, moment in payment.moved},
    }
    if payment.money != "promised":
        facts["channel"] = "brilink"
    if payment.money == "confirmed":
        facts["reference"] = f"STRUK-{payment.id[-12:]}"
    return {"payment": facts, "amount": payment.amount, "rules": RULES, **captured(payment)}


def return_body(back: Return, member: Member) -> dict[str, Any]:
    """Return the body of a reactivation."""
    wished = {"start": month_text(back.start), "months": back.months}
    quote = {"total": back.amount, "tier": back.wish.tier, "rules": RULES}
    worker = worker_of(member) | wished
    return {"member": back.member, "worker": worker, "quote": quote, **captured(back)}


def event_body(event: Event) -> dict[str, Any]:
    """Return the body of an event."""
    told = {
        "type": event.type, "place": "Pasar Sindhu", "day": day_text(event.day),
        "region": event.region, "present": event.present, "topics": ["jkk"], "materials": [],
    }  # fmt: skip
    attendees = {"attendees": dict(event.attendees)} if event.attendees else {}
    return {"event": told, **attendees, **captured(event)}
