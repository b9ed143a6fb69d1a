"""The questions about one worker, one by one, shared by the wizard and by corrections.

Each asks for one field and keeps it at once, so that whatever stops the program takes at most the
field that was being typed. What was answered before is the default when a question comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.cli import answer_checks as checks
from perisai_cli.cli.asking_wish import Wish
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.picking import picked_region, village_apart
from perisai_cli.cli.questions import GoBack, LeaveOut, Step, ask, yes
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_nik, parse_nik
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.domain.regions import find_region, region_label
from perisai_cli.i18n import text
from perisai_cli.rules.eligibility import age_problems
from perisai_cli.rules.law import load_law

Answers = dict[str, Any]


class Interview(Wish):
    """Asks about one worker and keeps the answers under the names of the worker's JSON.

    Attributes:
        desk: The open desk.
        answers: What was answered so far.
        record_id: The id that the record has, or will have.
        defaults: What Enter stands for where nothing was answered yet.
        doubted: Members that are asked again because they were refused: what was answered is no
            default for them.
        short: What neighbours share is asked by one question (``same``).
        before: What ``<`` at the first question does.
        enrolling: Somebody new is asked about, who is left out where enrolling is impossible.
        finish: What Enter at an empty NIK does: nobody else may be waiting.
    """

    def __init__(
        self,
        desk: Desk,
        answers: Answers,
        record_id: str,
        defaults: Answers,
        *,
        short: bool = False,
        before: Callable[[], None] | None = None,
    ):
        super().__init__(desk, answers, defaults)
        self.record_id = record_id
        self.short = short
        self.before = before
        self.finish: Callable[[], None] | None = None
        self.enrolling = False

    @property
    def today(self) -> date:
        """The day where the agent works."""
        return self.desk.app.today(self.desk.profile.region)

    def nik(self) -> None:
        """Ask for the NIK, and tell what this device knows of it."""

        def check(typed: str) -> str:
            digits = parse_nik(typed, self.today).digits
            other = self.desk.records.same_nik(digits, but=self.record_id)
            if other is not None:
                raise InvalidInput(
                    "worker.already_here", field="/nik", other=other, short=other[-8:]
                )
            return digits

        held = str(self.held("nik") or "")
        digits = self._ask_nik(check, held)
        if digits != self.answers.get("nik"):
            self.answers.pop("birth_date", None)
            self.answers.pop("sex", None)
        self.answers["nik"] = digits
        for doubt in self.desk.doubts_of_nik(digits):
            tell(f"! {sentence('warning', doubt)}")

    def _ask_nik(self, check: Callable[[str], str], held: str) -> str:
        def answer(typed: str) -> str:
            return "" if self.finish and not typed else check(typed)

        about = (text("about.nik"),)
        while True:
            try:
                digits = ask(text("ask.nik"), answer, held, shown=mask_nik(held), about=about)
            except GoBack:
                if self.before is None:
                    raise
                self.before()
                continue
            if digits or self.finish is None:
                return digits
            self.finish()

    def decoded(self) -> bool:
        """Show what the NIK says; birth date and sex are its own when they fit the card."""
        if "nik" not in self.answers:
            return False
        seen = parse_nik(self.answers["nik"], self.today)
        place = region_label(seen.district) or text("ask.unknown_place")
        sex = text(f"sex_value.{seen.sex}")
        tell("  " + text("ask.decoded", birth=seen.birth_date, sex=sex, place=place))
        if yes(text("ask.decoded_right"), default=True, about=(text("about.decoded"),)):
            self.answers |= {"birth_date": seen.birth_date.isoformat(), "sex": seen.sex}
            self._tell_age(seen.birth_date)
        elif self._as_decoded():
            del self.answers["birth_date"], self.answers["sex"]
        return True

    def _as_decoded(self) -> bool:
        """Tell whether birth date and sex are what the NIK says."""
        seen = parse_nik(self.answers["nik"], self.today)
        told = (self.answers.get("birth_date"), self.answers.get("sex"))
        return told == (seen.birth_date.isoformat(), seen.sex)

    def birth_date(self) -> bool:
        """Ask for the birth date, where it is not the NIK's."""
        if "birth_date" not in self.doubted and self._as_decoded():
            return False
        check = checks.past_day(self.today)
        self.answers["birth_date"] = ask(text("ask.birth_date"), check, self.held("birth_date"))
        self._tell_age(date.fromisoformat(self.answers["birth_date"]))
        return True

    def _tell_age(self, birth: date) -> None:
        """Tell at once of an age that can't be enrolled, and ask nothing more of who is new."""
        faults, _ = age_problems(birth, self.today, load_law())
        for fault in faults:
            tell(*problem_lines(fault))
        if faults and self.enrolling:
            self._leave_or_look_again()

    def _leave_or_look_again(self) -> None:
        """Leave whom no later answer can enrol; who doubts the card looks at it once more.

        Raises:
            LeaveOut: this person is left.
            GoBack: the question before is asked again.
        """
        about = (text("about.leave_now"),)
        if yes(text("wizard.leave_now"), default=True, about=about):
            raise LeaveOut
        raise GoBack

    def sex(self) -> bool:
        """Ask for the sex, where it is not the NIK's."""
        if "sex" not in self.doubted and self._as_decoded():
            return False
        held = self.held("sex")
        shown = text(f"sex_value.{held}") if held else None
        self.answers["sex"] = ask(text("ask.sex"), checks.sex, held, shown=shown)
        return True

    def name(self) -> None:
        """Ask for the name as it stands on the card."""
        check = checks.name("name", required=True)
        about = (text("about.name"),)
        self.answers["name"] = ask(text("ask.name"), check, self.held("name"), about=about)

    def phone(self) -> None:
        """Ask for a phone number; without one, an address is needed."""
        check: Callable[[str], str] = lambda typed: normalise_phone(typed) if typed else ""  # noqa: E731
        about = (text("about.phone"),)
        self.keep("phone", ask(text("ask.phone"), check, self.held("phone"), about=about))

    def address(self) -> bool:
        """Ask for street and number; without a phone they are needed."""
        phone = self.answers.get("phone")
        if self.short and phone and "address" not in {*self.answers, *self.doubted}:
            return False
        check = checks.place("address.text", checks.ADDRESS_LIMIT, required=not phone)
        held = (self.held("address") or {}).get("text")
        words = ask(text("ask.address"), check, held, about=(text("about.address"),))
        if words:
            self.answers["address"] = self.answers.get("address", {}) | {"text": words}
        else:
            self.answers.pop("address", None)
        return True

    def contact(self) -> bool:
        """Ask where the worker lives, where nothing else says how to reach them."""
        if self.answers.get("phone") or "address" in self.answers:
            return False
        return self.address()

    def village(self) -> bool:
        """Ask for the village, where there is an address."""
        if "address" not in self.answers:
            return False
        check = checks.place("address.village", checks.NAME_LIMIT, required=False)
        held = self.answers["address"].get("village") or self._neighbours_village()
        village = ask(text("ask.village"), check, held)
        kept = {name: part for name, part in self.answers["address"].items() if name != "village"}
        self.answers["address"] = kept | ({"village": village} if village else {})
        return True

    def _neighbours_village(self) -> str | None:
        """Return the village of the person before, where this one's district is the same."""
        district = self.answers["address"].get("region") or str(self.answers.get("nik", ""))[:6]
        same = district == self.defaults.get("region")
        return self.defaults.get("village") if same else None

    def region(self) -> bool:
        """Ask for the region by name or code, where there is an address."""
        if "address" not in self.answers:
            return False
        likely = self._likely_region()
        if apart := village_apart(self.answers["address"].get("village", "")):
            village, likely = apart
            self.answers["address"] = self.answers["address"] | {"village": village}
        region = ask(text("ask.region"), picked_region(), default=likely)
        tell("  " + (region_label(region) or region))
        self.answers["address"] = self.answers["address"] | {"region": region}
        self._village_anew()
        return True

    def _village_anew(self) -> None:
        """Ask for the village anew where it is the neighbour's, in another district."""
        village = self.answers["address"].get("village")
        if village and village == self.defaults.get("village") and not self._neighbours_village():
            self.answers["address"] = {
                name: part for name, part in self.answers["address"].items() if name != "village"
            }
            self.village()

    def _likely_region(self) -> str:
        held = self.answers["address"].get("region") or self.defaults.get("region")
        if held and "address" not in self.doubted:
            return str(held)
        district = find_region(str(self.answers.get("nik", ""))[:6])
        return (
            district.code if district and not district.retired_after else self.desk.profile.region
        )

    def steps(self) -> list[Step]:
        """Return the questions in the order in which they are asked."""
        person: list[Step] = [
            self.nik, self.decoded, self.birth_date, self.sex, self.name, self.phone,
            self.address, self.village, self.region,
        ]  # fmt: skip
        wish: list[Step] = [
            self.occupations, self.place, self.income, self.programs, self.start, self.months,
        ]  # fmt: skip
        own: list[Step] = [
            self.heir, self.relationship, self.working, self.critically_ill, self.consent,
            self.method,
        ]  # fmt: skip
        return [*person, *([self.same] if self.short else wish), *own]
