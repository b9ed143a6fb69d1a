"""The questions about one worker, one by one, shared by the wizard and by corrections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.cli.output import tell
from perisai_cli.cli.picking import (
    picked_occupation,
    picked_region,
    said_price_now,
    village_apart,
)
from perisai_cli.cli.questions import Step, ask, yes
from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import parse_nik
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.period import Month, parse_day
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.domain.regions import find_region, region_label
from perisai_cli.i18n import text

Answers = dict[str, Any]


class Interview:
    """Asks about one worker and keeps the answers under the names of the worker's JSON."""

    def __init__(self, desk: Desk, answers: Answers, record_id: str, defaults: Answers):
        self.desk = desk
        self.answers = answers
        self.record_id = record_id
        self.defaults = defaults
        self.today: date = desk.app.today(desk.profile.region)

    def nik(self) -> None:
        """Ask for the NIK; take birth date and sex from it when the person says that they fit."""

        def check(typed: str) -> str:
            digits = parse_nik(typed, self.today).digits
            other = self.desk.records.same_nik(digits, but=self.record_id)
            if other is not None:
                raise InvalidInput("worker.already_here", field="/nik", other=other)
            return digits

        digits = ask(text("ask.nik"), check)
        seen = parse_nik(digits, self.today)
        place = region_label(seen.district) or text("ask.unknown_place")
        sex = text(f"sex_value.{seen.sex}")
        tell("  " + text("ask.decoded", birth=seen.birth_date, sex=sex, place=place))
        self.answers["nik"] = digits
        if yes(text("ask.decoded_right"), default=True):
            self.answers |= {"birth_date": seen.birth_date.isoformat(), "sex": seen.sex}
        else:
            self.birth_date()
            self.sex()

    def birth_date(self) -> None:
        """Ask for the birth date."""

        def check(typed: str) -> str:
            try:
                day = parse_day(typed)
            except ValueError:
                raise InvalidInput("birth_date.format", field="/birth_date") from None
            if day > self.today:
                raise InvalidInput("birth_date.format", field="/birth_date")
            return day.isoformat()

        self.answers["birth_date"] = ask(text("ask.birth_date"), check)

    def sex(self) -> None:
        """Ask for the sex."""
        words = {"l": "M", "m": "M", "p": "F", "f": "F", "w": "F"}

        def check(typed: str) -> str:
            if typed.lower()[:1] not in words:
                raise InvalidInput("sex.unknown", field="/sex", choices="F, M")
            return words[typed.lower()[:1]]

        self.answers["sex"] = ask(text("ask.sex"), check)

    def name(self) -> None:
        """Ask for the name as it stands on the card."""
        self.answers["name"] = ask(text("ask.name"), _words("name", 60, required=True))

    def phone(self) -> None:
        """Ask for a phone number; without one, an address is needed."""
        phone = ask(text("ask.phone"), lambda typed: normalise_phone(typed) if typed else "")
        self._keep("phone", phone)

    def address(self) -> None:
        """Ask for street and number; without a phone they are needed."""
        required = not self.answers.get("phone")
        words = ask(text("ask.address"), _words("address.text", 200, required=required))
        if words:
            self.answers["address"] = self.answers.get("address", {}) | {"text": words}
        else:
            self.answers.pop("address", None)

    def village(self) -> bool:
        """Ask for the village, where there is an address."""
        if "address" not in self.answers:
            return False
        village = ask(text("ask.village"), _words("address.village", 60, required=False))
        self.answers["address"].pop("village", None)
        self.answers["address"] |= {"village": village} if village else {}
        return True

    def region(self) -> bool:
        """Ask for the region by name or code, where there is an address."""
        if "address" not in self.answers:
            return False
        likely = self._likely_region()
        if apart := village_apart(self.answers["address"].get("village", "")):
            self.answers["address"]["village"], likely = apart
        region = ask(text("ask.region"), picked_region(), default=likely)
        tell("  " + (region_label(region) or region))
        self.answers["address"]["region"] = region
        return True

    def _likely_region(self) -> str:
        district = find_region(str(self.answers.get("nik", ""))[:6])
        return (
            district.code if district and not district.retired_after else self.desk.profile.region
        )

    def occupations(self) -> None:
        """Ask what the worker does; any part of an occupation's name finds it."""
        default = self.defaults.get("occupations", [{}])[0].get("code")
        code = ask(text("ask.occupation"), picked_occupation(), default=default)
        sector = text(f"sector_value.{OCCUPATIONS[code]}")
        tell("  " + text("ask.occupation_is", name=text(f"occupation.{code}"), sector=sector))
        tell("  " + said_price_now(code, Month.of(self.today)))
        place = ask(text("ask.place"), _words("occupation.place", 60, required=False))
        self.answers["occupations"] = [{"code": code} | ({"place": place} if place else {})]
        self.answers.pop("sector", None)

    def income(self) -> None:
        """Ask for the monthly income, in whole rupiah."""

        def check(typed: str) -> int:
            try:
                return parse_rupiah(typed)
            except ValueError:
                raise InvalidInput("income.value", field="/income") from None

        self.answers["income"] = ask(text("ask.income"), check)
        self.answers.pop("tier", None)

    def programs(self) -> None:
        """Ask whether old-age savings are wanted beside the two programmes that always go."""
        wanted = "jht" in self.defaults.get("programs", [])
        jht = yes(text("ask.jht"), default=wanted)
        self.answers["programs"] = ["jkk", "jkm", "jht"] if jht else ["jkk", "jkm"]

    def period(self) -> None:
        """Ask for the first month and how many."""

        def month(typed: str) -> str:
            try:
                return str(Month.parse(typed))
            except ValueError:
                raise InvalidInput("start.format", field="/start") from None

        def count(typed: str) -> int:
            if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= terms.MAX_MONTHS):
                raise InvalidInput("months.value", field="/months", low=1, high=terms.MAX_MONTHS)
            return int(typed)

        start = self.defaults.get("start", str(Month.of(self.today)))
        months = str(self.defaults.get("months", 1))
        self.answers["start"] = ask(text("ask.start"), month, default=start)
        self.answers["months"] = ask(text("ask.months"), count, default=months)

    def heirs(self) -> None:
        """Ask for one heir; more can be added later."""
        name = ask(text("ask.heir"), _words("heir.name", 60, required=False))
        if not name:
            self.answers.pop("heirs", None)
            return
        codes = terms.RELATIONSHIPS
        listed = ", ".join(
            f"{number} {text(f'relationship.{code}')}" for number, code in enumerate(codes, 1)
        )
        chosen = ask(text("ask.relationship", choices=listed), _numbered(codes, "relationship"))
        self.answers["heirs"] = [{"name": name, "relationship": chosen}]

    def attestation(self) -> None:
        """Read the declaration out and take the worker's two answers."""
        tell("", text("ask.attestation_1"))
        working = yes(text("ask.working"), default=None)
        if not working:
            tell("  " + text("error.attestation.not_working"))
        ill = yes(text("ask.critically_ill"), default=None)
        at = self.desk.app.clock().isoformat(timespec="seconds")
        self.answers["attestation"] = {
            "working": working,
            "critically_ill": ill,
            "text": terms.ATTESTATION_TEXT,
            "at": at,
        }

    def consent(self) -> None:
        """Read the consent out and record whether and how it was given."""
        tell("", text("ask.consent_1"))
        given = yes(text("ask.consent"), default=None)
        codes = terms.CONSENT_METHODS
        listed = ", ".join(
            f"{number} {text(f'consent_method.{code}')}" for number, code in enumerate(codes, 1)
        )
        question = text("ask.consent_method", choices=listed)
        method = (
            ask(question, _numbered(codes, "consent.method"), default="1") if given else codes[0]
        )
        at = self.desk.app.clock().isoformat(timespec="seconds")
        self.answers["consent"] = {
            "given": given,
            "method": method,
            "text": terms.CONSENT_TEXT,
            "at": at,
        }

    def steps(self) -> list[Step]:
        """Return the questions in the order in which they are asked."""
        return [
            self.nik, self.name, self.phone, self.address, self.village, self.region,
            self.occupations, self.income, self.programs, self.period, self.heirs,
            self.attestation, self.consent,
        ]  # fmt: skip

    def _keep(self, name: str, value: str) -> None:
        if value:
            self.answers[name] = value
        else:
            self.answers.pop(name, None)


def _words(code: str, limit: int, *, required: bool) -> Callable[[str], str]:
    """Return a check of free text."""

    def check(typed: str) -> str:
        words = " ".join(typed.split())
        if required and not words:
            raise InvalidInput(f"{code}.missing")
        if len(words) > limit:
            raise InvalidInput(f"{code}.length", limit=limit)
        if not words.isprintable():
            raise InvalidInput(f"{code}.format")
        return words

    return check


def _numbered(codes: tuple[str, ...], name: str) -> Callable[[str], str]:
    """Return a check of a choice typed as its number or its code."""

    def check(typed: str) -> str:
        if typed in codes:
            return typed
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(codes):
            return codes[int(typed) - 1]
        raise InvalidInput(f"{name}.unknown", choices=f"1–{len(codes)}")

    return check
