"""The questions about work and wish, and the promises that only the worker can give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.cli import answer_checks as checks
from perisai_cli.cli.output import tell
from perisai_cli.cli.picking import picked_occupation, said_price_now
from perisai_cli.cli.questions import ask, yes
from perisai_cli.domain import terms
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.period import Month
from perisai_cli.i18n import text


class Wish:
    """The second half of an interview: occupation, income, months, heir, declaration, consent."""

    short = False

    def __init__(self, desk: Desk, answers: dict[str, Any], defaults: dict[str, Any]):
        self.desk = desk
        self.answers = answers
        self.defaults = defaults
        self.doubted: set[str] = set()
        self.save: Callable[[], None] = lambda: None

    def held(self, name: str) -> Any:
        """Return what Enter stands for: the answer given before, else the default of its field."""
        if name in self.doubted:
            return None
        return self.answers.get(name, self.defaults.get(name))

    def keep(self, name: str, value: str) -> None:
        """Keep an answer that may be left empty."""
        if value:
            self.answers[name] = value
        else:
            self.answers.pop(name, None)

    def same(self) -> None:
        """Show what neighbours share; Enter takes all of it, a number changes one of it."""
        from perisai_cli.cli.same import ask_same

        ask_same(self)

    def _work(self) -> dict[str, str]:
        jobs: list[dict[str, str]] = self.held("occupations") or [{}]
        return jobs[0]

    def occupations(self) -> None:
        """Ask what the worker does; any part of an occupation's name finds it."""
        held = self._work()
        default = held.get("code")
        shown = text(f"occupation.{default}") if default in OCCUPATIONS else None
        about = (text("about.occupation"),)
        code = ask(text("ask.occupation"), picked_occupation(), default, shown=shown, about=about)
        sector = text(f"sector_value.{OCCUPATIONS[code]}")
        tell("  " + text("ask.occupation_is", name=text(f"occupation.{code}"), sector=sector))
        tell("  " + said_price_now(code, Month.of(self.desk.app.today(self.desk.profile.region))))
        others = self.answers.get("occupations", [])[1:]
        self.answers["occupations"] = [held | {"code": code}, *others]
        self.answers.pop("sector", None)

    def place(self) -> None:
        """Ask where the worker does it."""
        check = checks.place("occupation.place", checks.NAME_LIMIT, required=False)
        first, *others = self.answers["occupations"]
        place = ask(text("ask.place"), check, first.get("place"), about=(text("about.place"),))
        whole = {"code": first["code"]} | ({"place": place} if place else {})
        self.answers["occupations"] = [whole, *others]

    def income(self) -> None:
        """Ask for the monthly income, in whole rupiah."""
        held = self.held("income")
        default, shown = (str(held), rupiah(held)) if isinstance(held, int) else (None, None)
        about = (text("about.income"),)
        self.answers["income"] = ask(
            text("ask.income"), checks.income, default, shown=shown, about=about
        )
        self.answers.pop("tier", None)

    def programs(self) -> None:
        """Ask whether old-age savings are wanted beside the two programmes that always go."""
        wanted = "jht" in (self.held("programs") or [])
        jht = yes(text("ask.jht"), default=wanted, about=(text("about.jht"),))
        self.answers["programs"] = ["jkk", "jkm", "jht"] if jht else ["jkk", "jkm"]

    def start(self) -> None:
        """Ask for the first month."""
        today = self.desk.app.today(self.desk.profile.region)
        default = self.held("start") or str(Month.of(today))
        about = (text("about.start"),)
        self.answers["start"] = ask(text("ask.start"), checks.month, default, about=about)

    def months(self) -> None:
        """Ask for how many months."""
        default = str(self.held("months") or 1)
        self.answers["months"] = ask(text("ask.months"), checks.month_count, default)

    def payer(self) -> None:
        """Ask who pays."""
        codes = terms.PAYERS
        question = text(
            "ask.payer", choices=checks.listed(text(f"payer_value.{code}") for code in codes)
        )
        held = self.held("payer") or codes[0]
        shown = text(f"payer_value.{held}")
        self.answers["payer"] = ask(question, checks.numbered(codes, "payer"), held, shown=shown)

    def heir(self) -> None:
        """Ask for one heir's name, and take the relationship where its number stands beside it."""
        heirs = self.held("heirs") or []
        held = heirs[0]["name"] if heirs else None
        related = checks.listed(text(f"relationship.{code}") for code in terms.RELATIONSHIPS)
        about = (text("about.heir", choices=related),)
        name, relationship = ask(text("ask.heir"), checks.heir(), held, about=about)
        if not name:
            others = heirs[1:]
        else:
            same = heirs[0] if name == held and not relationship else {"name": name}
            others = [same | ({"relationship": relationship} if relationship else {}), *heirs[1:]]
        self.answers.pop("heirs", None)
        self.answers |= {"heirs": others} if others else {}

    def relationship(self) -> bool:
        """Ask how the heir is related, where that is not said yet."""
        first, *others = self.answers.get("heirs") or [None]
        if first is None or "relationship" in first:
            return False
        codes = terms.RELATIONSHIPS
        question = text(
            "ask.relationship",
            choices=checks.listed(text(f"relationship.{code}") for code in codes),
        )
        chosen = ask(question, checks.numbered(codes, "relationship"))
        self.answers["heirs"] = [first | {"relationship": chosen}, *others]
        return True

    def working(self) -> None:
        """Read the declaration out and take the worker's first answer; it has no default."""
        tell("", text("ask.attestation_1"))
        working = yes(text("ask.working"), default=None, about=(text("about.attestation"),))
        if not working:
            tell("  " + text("error.attestation.not_working"))
        self._attest(working=working)

    def critically_ill(self) -> None:
        """Take the worker's second answer; it has no default."""
        ill = yes(text("ask.critically_ill"), default=None, about=(text("about.attestation"),))
        self._attest(critically_ill=ill)

    def _attest(self, **answer: bool) -> None:
        before = self.answers.get("attestation", {})
        said = {"text": terms.ATTESTATION_TEXT, "at": self._moment()}
        self.answers["attestation"] = before | answer | said

    def consent(self) -> None:
        """Read the consent out and record whether it was given; it has no default."""
        tell("", text("ask.consent_1"))
        given = yes(text("ask.consent"), default=None, about=(text("about.consent"),))
        method = (self.answers.get("consent") or {}).get("method") or self.defaults.get("method")
        self.answers["consent"] = {
            "given": given,
            "method": method or terms.CONSENT_METHODS[0],
            "text": terms.CONSENT_TEXT,
            "at": self._moment(),
        }

    def method(self) -> bool:
        """Ask how consent was given; not where it was refused, or neighbours share the way."""
        consent = self.answers.get("consent") or {}
        shared = self.short and "method" in self.defaults
        if not consent.get("given") or (shared and "consent" not in self.doubted):
            return False
        self.answers["consent"] = consent | {"method": self.ask_method(consent["method"])}
        return True

    def ask_method(self, held: str) -> str:
        """Return how consent is given."""
        codes = terms.CONSENT_METHODS
        question = text(
            "ask.consent_method",
            choices=checks.listed(text(f"consent_method.{code}") for code in codes),
        )
        check = checks.numbered(codes, "consent.method")
        return ask(question, check, held, shown=text(f"consent_method.{held}"))

    def _moment(self) -> str:
        return self.desk.app.clock().isoformat(timespec="seconds")
