"""From loose JSON to a ``Worker``: every field read, normalised and checked, all faults at once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from perisai_cli.domain import people, terms
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.identity import Nik, parse_nik
from perisai_cli.domain.money import MAX_RUPIAH
from perisai_cli.domain.occupations import DOUBTFUL, OCCUPATIONS
from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import Month, parse_day, timestamp
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.domain.reading import Reading
from perisai_cli.domain.regions import find_region, region_doubt, region_exists

NAME_LIMIT = 60
MAX_OCCUPATIONS = 2  # PP 44/2015 Pasal 11 ayat (2)
_FIRST_MOMENT, _LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_MEMBERS = frozenset(Worker.__dataclass_fields__)
_PLAIN_WORD = re.compile(r"[a-z][a-z_]{0,39}")


def read_worker(
    loose: dict[str, Any], today: date, now: datetime
) -> tuple[Worker | None, list[Problem], list[Problem]]:
    """Return the worker in *loose*, with every fault and every warning.

    Args:
        loose: The members of a worker's JSON, as it was typed or sent.
        today: The day of registration where the worker lives.
        now: The moment of capture; consent and attestation that carry no time are given it.

    Returns:
        The worker (None when there is any fault), the faults, and the warnings.
    """
    faults: list[Problem] = []
    warnings = [_unknown(name) for name in loose if name not in _MEMBERS]
    reading = Reading(loose, faults)
    nik = reading.parsed("nik", "nik", lambda text: parse_nik(text, today), required=True)
    parts: dict[str, Any] = {"nik": nik.digits if nik else None}
    parts |= _person(reading, today)
    parts |= _place(reading, warnings)
    parts |= _work(reading, warnings)
    parts |= _wish(reading, today)
    parts |= _family(reading, today)
    parts |= _promises(reading, now, warnings)
    if nik:
        warnings += _compare(nik, parts)
    return (None if faults else Worker(**parts)), faults, warnings


def _unknown(name: str) -> Problem:
    """Return the warning for a member nobody reads; a name that is no plain word is not repeated.

    What stands where a member's name should be may be a person's name or NIK.
    """
    plain = _PLAIN_WORD.fullmatch(name) is not None
    return Problem("field.unknown", f"/{name}" if plain else None)


def _past_day(today: date) -> Any:
    """Return a parser of days that are not after *today*."""

    def parse(text: str) -> date:
        day = parse_day(text)
        if day > today or day.year < 1900:
            raise ValueError
        return day

    return parse


def _person(reading: Reading, today: date) -> dict[str, Any]:
    email = reading.text("email", "email")
    if email and (email.count("@") != 1 or " " in email or "." not in email.partition("@")[2]):
        reading.fault("email.format", "email")
    return {
        "name": reading.text("name", "name", required=True, limit=NAME_LIMIT),
        "birth_place": reading.text("birth_place", "birth_place", limit=NAME_LIMIT),
        "birth_date": reading.parsed("birth_date", "birth_date", _past_day(today), required=True),
        "sex": reading.choice("sex", "sex", ("F", "M")),
        "phone": reading.parsed("phone", "phone", normalise_phone),
        "email": email,
    }


def _place(reading: Reading, warnings: list[Problem]) -> dict[str, Any]:
    inner = reading.inner("address", "address")
    if inner is None:
        phone = reading.members.get("phone")
        blank = phone is None or (isinstance(phone, str) and not phone.strip())
        if blank and reading.members.get("address") is None:
            reading.fault("contact.missing", "phone")
        return {"address": None}
    region = inner.text("region", "region")
    if region is not None and not region_exists(region):
        inner.fault("region.unknown", "region")
    elif region is not None:
        warnings += _region_warnings(region, "/address/region")
    address = people.Address(
        text=inner.text("text", "address.text", required=True) or "",
        region=region,
        rt=inner.text("rt", "address.rt", limit=3),
        rw=inner.text("rw", "address.rw", limit=3),
        village=inner.text("village", "address.village", limit=NAME_LIMIT),
    )
    return {"address": address}


def _region_warnings(code: str, pointer: str) -> list[Problem]:
    doubt = region_doubt(code)
    if doubt is None:
        return []
    known = find_region(code)
    facts: dict[str, str | int] = {"region": code, "successor": (known and known.successor) or "-"}
    return [Problem(f"region.{doubt}_district", pointer, facts)]


def _work(reading: Reading, warnings: list[Problem]) -> dict[str, Any]:
    occupations: list[people.Occupation] = []
    for inner in reading.each("occupations", "occupations", MAX_OCCUPATIONS):
        code = inner.choice("code", "occupation", tuple(OCCUPATIONS))
        place = inner.text("place", "occupation.place", limit=NAME_LIMIT)
        if code is not None:
            occupations.append(people.Occupation(code, place))
    if reading.members.get("occupations") in (None, []):
        reading.fault("occupations.missing", "occupations")
    # A person with two jobs has the sector of the first: the law's text on it was not found.
    implied = OCCUPATIONS[occupations[0].code] if occupations else "other"
    sector = reading.choice("sector", "sector", terms.SECTORS, default=implied)
    if any(occupation.code in DOUBTFUL for occupation in occupations):
        warnings.append(Problem("sector.doubt", "/sector"))
    if occupations and sector not in (None, implied):
        warnings.append(Problem("sector.differs", "/sector", {"implied": implied}))
    if len({OCCUPATIONS[occupation.code] for occupation in occupations}) > 1:
        warnings.append(Problem("sector.two_jobs", "/sector"))
    return {"occupations": tuple(occupations), "sector": sector}


def _wish(reading: Reading, today: date) -> dict[str, Any]:
    if reading.members.get("income") is None and reading.members.get("tier") is None:
        reading.fault("income.missing", "income")
    return {
        "income": reading.whole("income", "income", 1, MAX_RUPIAH),
        "tier": reading.whole("tier", "tier", 1, 33),
        "programs": _programs(reading),
        "payer": reading.choice("payer", "payer", terms.PAYERS, default="self"),
        "owner": reading.flag("owner", "owner", default=False),
        "start": reading.parsed("start", "start", Month.parse) or Month.of(today),
        "months": reading.whole("months", "months", 1, terms.MAX_MONTHS, default=1),
    }


def _programs(reading: Reading) -> tuple[str, ...]:
    wanted = reading.members.get("programs")
    if not isinstance(wanted, list) or not wanted:
        reading.fault("programs.missing", "programs")
        return ()
    unknown = [index for index, code in enumerate(wanted) if code not in terms.PROGRAMS]
    for index in unknown:
        reading.fault("programs.unknown", f"programs/{index}", choices=", ".join(terms.PROGRAMS))
    # PP 44/2015 Pasal 11 ayat (1): JKK and JKM together; JHT may be added (PP 46/2015 Pasal 13).
    if not unknown and not {"jkk", "jkm"} <= set(wanted):
        reading.fault("programs.jkk_and_jkm", "programs")
    return tuple(code for code in terms.PROGRAMS if code in wanted)


def _family(reading: Reading, today: date) -> dict[str, Any]:
    heirs = [
        people.Heir(
            inner.text("name", "heir.name", required=True, limit=NAME_LIMIT) or "",
            inner.choice("relationship", "heir.relationship", terms.RELATIONSHIPS) or "",
        )
        for inner in reading.each("heirs", "heirs", 10)
    ]
    children = [
        people.Child(
            inner.text("name", "child.name", required=True, limit=NAME_LIMIT) or "",
            inner.parsed("birth_date", "child.birth_date", _past_day(today), required=True)
            or today,
        )
        for inner in reading.each("children", "children", 10)
    ]
    return {"heirs": tuple(heirs), "children": tuple(children)}


def _promises(reading: Reading, now: datetime, warnings: list[Problem]) -> dict[str, Any]:
    at = timestamp(now)
    attestation = consent = None
    if inner := reading.inner("attestation", "attestation", required=True):
        working = inner.flag("working", "attestation")
        ill = inner.flag("critically_ill", "attestation")
        if working is False:
            inner.fault("attestation.not_working", "working")
        if ill:
            warnings.append(Problem("attestation.critically_ill", "/attestation/critically_ill"))
        text, moment = _text_and_time(inner, terms.ATTESTATION_TEXT, at)
        witness = _witness(inner)
        attestation = people.Attestation(bool(working), bool(ill), text, moment, witness)
    if inner := reading.inner("consent", "consent", required=True):
        given = inner.flag("given", "consent")
        method = inner.choice("method", "consent.method", terms.CONSENT_METHODS)
        if given is False:
            inner.fault("consent.refused", "given")
        text, moment = _text_and_time(inner, terms.CONSENT_TEXT, at)
        consent = people.Consent(bool(given), method or "", text, moment)
    return {"attestation": attestation, "consent": consent}


def _witness(attestation: Reading) -> people.Witness | None:
    """Return who else heard the declaration, where someone is named."""
    inner = attestation.inner("witness", "witness")
    if inner is None:
        return None
    name = inner.text("name", "witness.name", required=True, limit=NAME_LIMIT)
    return people.Witness(name or "", inner.text("role", "witness.role", limit=NAME_LIMIT))


def _text_and_time(inner: Reading, version: str, at: str) -> tuple[str, str]:
    """Return which version of a text was read out and when; the present ones unless it says."""
    text = inner.text("text", "text_version", limit=NAME_LIMIT) or version
    return text, inner.parsed("at", "moment", _moment) or at


def _moment(text: str) -> str:
    """Return a moment that says its offset from UTC as it is stored; without one it is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not _FIRST_MOMENT <= moment <= _LAST_MOMENT:
        raise ValueError
    return timestamp(moment)


def _compare(nik: Nik, parts: dict[str, Any]) -> list[Problem]:
    """Return the warnings where a NIK says otherwise than was typed: lawful, never an error."""
    found: list[Problem] = []
    doubt = region_doubt(nik.district)
    if doubt:
        found.append(Problem(f"nik.region_{doubt}", "/nik"))
    birth, encoded = parts["birth_date"], nik.birth_date
    if birth and (birth.day, birth.month, birth.year % 100) != (
        encoded.day, encoded.month, encoded.year % 100,
    ):  # fmt: skip
        found.append(Problem("nik.birth_date_differs", "/birth_date"))
    elif nik.century_ambiguous or (birth and birth.year != encoded.year):
        found.append(Problem("nik.century_ambiguous", "/birth_date"))
    if parts["sex"] and parts["sex"] != nik.sex:
        found.append(Problem("nik.sex_differs", "/sex"))
    return found
