"""Days and months as Indonesians write them, the NIK deciding where a writing can mean two."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from perisai_cli.domain.period import Month, age_on
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.model import Cell
from perisai_cli.sheets.numbers import day_of
from perisai_cli.sheets.texts import written

_NAMES = (
    "jan januari january", "feb februari february pebruari peb", "mar maret march mrt",
    "apr april", "mei may", "jun juni june", "jul juli july",
    "agu agustus august agt ags aug agst agus", "sep september sept", "okt oktober october oct",
    "nov november nopember nop", "des desember december dec",
)  # fmt: skip
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}

_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})(?:[T ].*)?", re.ASCII)
_DAY_FIRST = re.compile(
    r"([0-9]{1,2}) ?[-/., ] ?([0-9]{1,2}) ?[-/., ] ?([0-9]{4}|[0-9]{2})(?: [0-9].*)?", re.ASCII
)
_NAMED = re.compile(r"([0-9]{1,2})[-/., ]*([a-z]+)[-/., ]*([0-9]{4}|[0-9]{2})", re.ASCII)
_NAMED_FIRST = re.compile(r"([a-z]+)[-/. ]*([0-9]{1,2}),? +([0-9]{4})", re.ASCII)
_WEEKDAY = re.compile(r"(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad|[a-z]+day),? +")
_RUN_OF_DIGITS = re.compile(r"[0-9]{7,8}", re.ASCII)
_SERIAL = re.compile(r"[0-9]{4,5}(?:[.,][0-9]+)?", re.ASCII)
_SERIALS = range(3000, 60_000)  # from 1908 on: 1990 alone is a year
_NAMED_MONTH = re.compile(r"([a-z]+)[-/. ']*([0-9]{4}|[0-9]{2})", re.ASCII)
_NUMBERED_MONTH = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{4})", re.ASCII)
_ISO_MONTH = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})(?:[-/. ]0?1(?:[T ].*)?)?", re.ASCII)


def read_birth_date(draft: Draft, cell: Cell) -> None:
    """Read the birth date."""
    day = _day(draft, cell)
    if day is None:
        draft.fault("birth_date.format", "/birth_date")
    else:
        draft.loose["birth_date"] = day.isoformat()


def read_birth(draft: Draft, cell: Cell) -> None:
    """Read place and date of birth out of one cell, such as ``Denpasar, 17-08-1990``."""
    text = written(cell)
    at = next((index for index, each in enumerate(text) if each.isdigit()), len(text))
    if isinstance(cell, str) and at < len(text):
        words = text[:at].split()
        # A month's name or a weekday before the first digit belongs to the date.
        while words and words[-1].strip(".,-/()").lower() in MONTHS:
            words.pop()
        place = " ".join(words).strip(" ,-/.:;(")
        at = text.index(words[-1]) + len(words[-1]) if words else 0
        read_birth_date(draft, text[at:].strip(" ,-/.:;()"))
    elif isinstance(cell, str):
        place = text
        draft.fault("birth_date.format", "/birth_date")
    else:
        place = ""
        read_birth_date(draft, cell)
    if place:
        draft.loose["birth_place"] = place


def _day(draft: Draft, cell: Cell) -> date | None:
    if isinstance(cell, date):
        return _swapped_by_nik(draft, cell)
    if isinstance(cell, int | Decimal):
        return None if isinstance(cell, bool) else _of_number(draft, int(cell))
    text = written(cell).strip("'’")
    try:
        return _of_text(draft, text)
    except ValueError:
        return None


def _swapped_by_nik(draft: Draft, day: date) -> date:
    """Return a spreadsheet's day, month and day exchanged where the NIK says just that.

    A spreadsheet set to American dates takes 3 April, typed 03/04, for 4 March.
    """
    nik = draft.nik
    if nik and day.day <= 12 and day.day != day.month:
        born = nik.birth_date
        if (day.day, day.month, day.year % 100) == (born.month, born.day, born.year % 100):
            draft.warn("birth_date.swapped", "/birth_date")
            return day.replace(month=day.day, day=day.month)
    return day


def _of_number(draft: Draft, number: int) -> date | None:
    if number in _SERIALS:
        day = day_of(number, draft.first_day)
        if day:
            draft.warn("birth_date.serial", "/birth_date")
            return _swapped_by_nik(draft, day)
        return None
    text = str(number)
    return _of_run(text.zfill(8)) if _RUN_OF_DIGITS.fullmatch(text) else None


def _of_run(digits: str) -> date | None:
    """Return the day in eight digits: 17081990, or 19900817 where that is no day."""
    for form in ("%d%m%Y", "%Y%m%d"):
        try:
            found = datetime.strptime(digits, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if found.year >= 1900:
            return found
    return None


def _of_text(draft: Draft, text: str) -> date | None:
    """Return the day in *text*; a ValueError where its numbers are no day."""
    if found := _YEAR_FIRST.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return _of_numbers(draft, int(found[1]), int(found[2]), found[3])
    if _RUN_OF_DIGITS.fullmatch(text):
        return _of_run(text.zfill(8))
    if _SERIAL.fullmatch(text):
        return _of_number(draft, int(re.split("[.,]", text)[0]))
    return _of_words(draft, _WEEKDAY.sub("", text.lower(), count=1))


def _of_words(draft: Draft, text: str) -> date | None:
    if (found := _NAMED.fullmatch(text)) and found[2] in MONTHS:
        day, month = int(found[1]), MONTHS[found[2]]
        return date(_year(draft, found[3], month, day), month, day)
    if (found := _NAMED_FIRST.fullmatch(text)) and found[1] in MONTHS:
        return date(int(found[3]), MONTHS[found[1]], int(found[2]))
    return None


def _of_numbers(draft: Draft, first: int, second: int, year: str) -> date:
    """Return the day of two numbers and a year: day first, unless only the other can be.

    Where both can, the NIK decides; where it says neither, the day is first and that is said.
    """
    day, month = first, second
    if second > 12 >= first:
        day, month = second, first
        draft.warn("birth_date.month_first", "/birth_date")
    elif first <= 12 and first != second:
        born = draft.nik.birth_date if draft.nik else None
        if born and (born.month, born.day) == (first, second):
            day, month = second, first
            draft.warn("birth_date.month_first", "/birth_date")
        elif not born or (born.day, born.month) != (first, second):
            draft.warn("birth_date.day_first", "/birth_date")
    return date(_year(draft, year, month, day), month, day)


def _year(draft: Draft, text: str, month: int, day: int) -> int:
    """Return a year; one of two digits by the NIK, else the latest that gives a working age."""
    if len(text) == 4:
        return int(text)
    short = int(text)
    if draft.nik and draft.nik.birth_date.year % 100 == short:
        return draft.nik.birth_date.year
    draft.warn("birth_date.century", "/birth_date")
    latest = 2000 + short
    fits = latest <= draft.today.year and age_on(date(latest, month, day), draft.today) >= 15
    return latest if fits else latest - 100


def read_start(draft: Draft, cell: Cell) -> None:
    """Read the first month that is paid for."""
    month = _month(draft, cell)
    if month is None:
        draft.fault("start.format", "/start")
    else:
        draft.loose["start"] = str(month)


def _month(draft: Draft, cell: Cell) -> Month | None:
    if isinstance(cell, date):
        return Month.of(cell)
    text = written(cell).lower()
    number = year = None
    if found := _ISO_MONTH.fullmatch(text):
        year, number = found[1], int(found[2])
    elif found := _NUMBERED_MONTH.fullmatch(text):
        year, number = found[2], int(found[1])
    elif found := _NAMED_MONTH.fullmatch(text):
        year, number = found[2], MONTHS.get(found[1], 0)
    elif text in MONTHS:
        # A month without a year is the next one of that name.
        number = MONTHS[text]
        year = str(draft.today.year + (number < draft.today.month))
        draft.warn("start.year", "/start", year=int(year))
    if year is None or number is None or not 1 <= number <= 12:
        return None
    return Month(int(year) if len(year) == 4 else 2000 + int(year), number)
