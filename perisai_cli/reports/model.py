"""A report as every format takes it: sections of typed rows, with a chart and notes beside them.

Values are raw: whole rupiah and counts are ``int``, shares ``Decimal`` percentages, days and months
text as ISO 8601 writes it, codes the codes of the JSON. How they are said is a format's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

Kind = Literal["text", "code", "count", "rupiah", "percent", "points", "day", "month", "moment"]

Value = str | int | Decimal | bool | None
Row = dict[str, Value]

NUMBERS: frozenset[Kind] = frozenset({"count", "rupiah", "percent", "points"})


class Column(NamedTuple):
    """A column: its English name, and of what kind its values are.

    ``words`` is the section of the catalogue that says a code in words (``payer_value``), or
    ``region`` for a region code; None where the value stands for itself. The column's own heading
    is the sentence ``report_col.NAME``.
    """

    name: str
    kind: Kind
    words: str | None = None


class Chart(NamedTuple):
    """A picture of a section's rows.

    Attributes:
        form: ``bar`` (one bar a row), ``stacked`` (one bar a row in parts), ``line`` (one line for
            each value of ``series``, ``label`` along the axis) or ``tiles`` (the nine provinces in
            their places, ``label`` being a province's code).
        label: Name of the column that names a bar, a point or a tile.
        values: Names of the columns that are drawn.
        series: Name of the column whose values are the lines.
        adds: Whether the numbers of its rows add up to something; not where one record is in many.
    """

    form: Literal["bar", "stacked", "line", "tiles"]
    label: str
    values: tuple[str, ...]
    series: str | None = None
    adds: bool = True


class Note(NamedTuple):
    """A sentence below a section: ``report_note.CODE`` with its facts."""

    code: str
    facts: Mapping[str, str | int] = {}


class Streamed:
    """Rows as long as their source, read anew each time that they are asked for.

    Args:
        names: Names of the section's columns, in order.
        read: Begins a new reading; its rows are tuples of values in that order.
        length: About how many rows there are, where that is known without reading them.
        lines: Begins the same reading with each row as the text of a JSON array, where the source
            makes those by itself: whoever takes columns needs no Python object for each value.
    """

    def __init__(
        self,
        names: Sequence[str],
        read: Callable[[], Iterable[tuple[Value, ...]]],
        length: int | None = None,
        lines: Callable[[], Iterator[str]] | None = None,
    ):
        self._names = tuple(names)
        self._read = read
        self.length = length
        self.lines = lines

    def __iter__(self) -> Iterator[Row]:
        return (dict(zip(self._names, row, strict=True)) for row in self._read())

    def tuples(self) -> Iterator[tuple[Value, ...]]:
        """Yield the rows as they come, without a name at each value."""
        return iter(self._read())


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report.

    Attributes:
        key: Its name; the title is the sentence ``report_title.KEY`` with ``facts``.
        columns: Its columns, in order.
        rows: Its rows: a list, or ``Streamed`` for a section as long as its source.
        total: A last row that sums the others, where they can be summed.
        chart: A picture of the rows, where one says more.
        notes: What belongs beside the numbers: formula, doubts, sources, checks.
        facts: Values for the title.
        first: Names of the columns to show first where there is no room for all.
    """

    key: str
    columns: tuple[Column, ...]
    rows: Iterable[Row]
    total: Row | None = None
    chart: Chart | None = None
    notes: tuple[Note, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)
    first: tuple[str, ...] = ()

    def tuples(self) -> Iterator[tuple[Value, ...]]:
        """Yield the values of each row in the order of the columns."""
        if isinstance(self.rows, Streamed):
            return self.rows.tuples()
        names = [column.name for column in self.columns]
        return (tuple([row[name] for name in names]) for row in self.rows)


class Origin(NamedTuple):
    """Where the numbers of a report come from.

    Attributes:
        source: ``store``, ``merged`` or ``central``.
        of: Whose store, which central, or how many books.
        as_of: Moment (UTC text) of the newest change that the numbers hold; empty for no data.
        read_at: Moment at which the source was last brought up to date, where it is a copy.
        oldest: Moment of the oldest of the books that it was merged from.
        oldest_of: Whose book that is.
        office: The one office that it is of; empty for all there are.
        questions: Questions of a merge that nobody has answered yet.
    """

    source: str
    of: str
    as_of: str
    read_at: str | None = None
    oldest: str | None = None
    oldest_of: str = ""
    office: str = ""
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its name, the day that it is about, its origin and its sections.

    Attributes:
        name: English name (``weekly``); the title is the sentence ``report_title.NAME``.
        day: The day that states are told for, ``YYYY-MM-DD``.
        origin: Where the numbers come from.
        sections: At least one.
        flat: The section that a flat file holds; None where it holds all of them.
        facts: Values for the title, such as the week.
    """

    name: str
    day: str
    origin: Origin
    sections: Sequence[Section]
    flat: Section | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Source(Protocol):
    """What the numbers are asked of: the tables ``members``, ``payments``, ``returns``, ``events``.

    Their columns are those of ``domain/facts.py``. ``members`` has two more: ``covered``, the last
    month that confirmed money covers, and ``latest``, the last month that such a payment begins
    with (both 0 where there is none). ``payments`` has four more: ``region``, ``cohort`` (the first
    month wished for) and ``member_standing`` of its member, all None where the source does not hold
    the member, and ``again``: how many of its first months an earlier confirmed payment of the
    member covers. Its agent is the member's present one.
    """

    @property
    def origin(self) -> Origin:
        """Where the numbers come from."""

    def rows(self, sql: str, **values: str | int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question; placeholders are ``:name``."""

    def reasons(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """Yield (kind, standing, agent, region, code, records) of what was held or sent back."""
