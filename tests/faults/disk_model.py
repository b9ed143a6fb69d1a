"""What a disk may hold after the power fails: writes recorded by strace, replayed with what an
``fsync`` allows lost, out of order or torn.

An operation on a file is certain once that file was synced after it, and one on a name once the
folder was. Of what is not certain, any part may have reached the disk: whole writes in any order,
and of one write any of its sectors. Names change in the order they were asked to, as file systems
with a journal do.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTORS = (512, 4096)

_CALL = re.compile(r"\d+ +(\w+)\((.*)\) += (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True)
class Event:
    """One thing that a command did: to a file of its home, or to its output."""

    call: str
    name: str
    offset: int = 0
    content: bytes = b""
    to: str = ""


def events(log: Path, home: Path) -> list[Event]:
    """Return what a log written with ``strace -xx -y -s LARGE`` tells of *home*, in order."""
    found = []
    for line in log.read_text(encoding="ascii").splitlines():
        assert "unfinished" not in line, "more than one thread wrote"
        call = _CALL.match(line)
        if call is not None and int(call[3]) >= 0:
            event = _event(call[1], call[2], home)
            found += [event] if event is not None else []
    return found


def _event(call: str, arguments: str, home: Path) -> Event | None:
    texts = [_decoded(each) for each in _TEXT.findall(arguments)]
    if call in ("openat", "link", "rename", "unlink"):
        inside = [Path(text.decode()).parent == home for text in texts]
        if not all(inside) or (call == "openat" and "O_CREAT" not in arguments):
            return None
        names = [Path(text.decode()).name for text in texts]
        return Event(call, names[0], to=names[-1])
    opened = _FILE.match(arguments)
    path = Path(_decoded(opened[1]).decode()) if opened else Path()
    if call == "write":
        return Event(call, "", content=texts[0]) if arguments.startswith("1<") else None
    if path == home:
        return Event("sync folder", "")
    if path.parent != home:
        return None
    numbers = [int(each) for each in re.findall(r", (\d+)", _TEXT.sub("", arguments))]
    if call == "pwrite64":
        return Event(call, path.name, numbers[-1], texts[0])
    if call == "ftruncate":
        return Event(call, path.name, numbers[-1])
    return Event("sync", path.name)


def _decoded(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


@dataclass
class _File:
    """A file's certain content, and what was done to it since."""

    certain: bytes = b""
    since: list[Event] = field(default_factory=list)


class Disk:
    """The files of one folder while a recorded command runs."""

    def __init__(self, files: dict[str, bytes]):
        self._certain = {name: _File(content) for name, content in files.items()}
        self._names = dict(self._certain)
        self._renamed: list[tuple[str, _File | None]] = []
        self.printed = ""

    def take(self, event: Event) -> None:
        """Do what a command did."""
        if event.call == "write":
            self.printed += event.content.decode("utf-8", "replace")
        elif event.call == "sync folder":
            self._certain = dict(self._names)
            self._renamed.clear()
        elif event.call in ("openat", "unlink", "link", "rename"):
            self._take_name(event)
        elif event.call == "sync":
            file = self._names[event.name]
            file.certain, file.since = _with(file.certain, file.since), []
        else:
            self._names[event.name].since.append(event)

    def _take_name(self, event: Event) -> None:
        if event.call == "openat":
            if event.name not in self._names:
                self._name(event.name, _File())
        elif event.call == "unlink":
            self._name(event.name, None)
        elif event.call == "link":
            self._name(event.to, self._names[event.name])
        elif event.call == "rename":
            self._name(event.to, self._names[event.name])
            self._name(event.name, None)

    def _name(self, name: str, file: _File | None) -> None:
        self._renamed.append((name, file))
        _put(self._names, name, file)

    def after_a_death(self) -> dict[str, bytes]:
        """Return the files as a process leaves them that is killed: all is with the system."""
        return {name: _with(file.certain, file.since) for name, file in self._names.items()}

    def after_power_failed(self, chance: random.Random | None) -> dict[str, bytes]:
        """Return the files as they may be found: only the certain, or some of the rest as well."""
        names = dict(self._certain)
        if chance is not None:
            for name, file in self._renamed[: chance.randint(0, len(self._renamed))]:
                _put(names, name, file)
        return {
            name: _with(file.certain, _some(file.since, chance)) for name, file in names.items()
        }


def _put(names: dict[str, _File], name: str, file: _File | None) -> None:
    if file is None:
        names.pop(name, None)
    else:
        names[name] = file


def _some(since: list[Event], chance: random.Random | None) -> list[Event]:
    """Return some of the operations, one of the writes perhaps in part."""
    if chance is None:
        return []
    if chance.random() < 0.3:  # in the order in which they were asked for
        kept = since[: chance.randint(0, len(since))]
    else:
        kept = [event for event in since if chance.random() < 0.5]
        chance.shuffle(kept)
    writes = [index for index, event in enumerate(kept) if event.call == "pwrite64"]
    if writes and chance.random() < 0.7:
        torn = chance.choice(writes)
        kept[torn : torn + 1] = _sectors(kept[torn], chance)
    return kept


def _sectors(write: Event, chance: random.Random) -> Iterator[Event]:
    size = chance.choice(SECTORS)
    start = write.offset
    while start < write.offset + len(write.content):
        end = min((start // size + 1) * size, write.offset + len(write.content))
        if chance.random() < 0.5:
            part = write.content[start - write.offset : end - write.offset]
            yield Event("pwrite64", write.name, start, part)
        start = end


def _with(certain: bytes, since: list[Event]) -> bytes:
    """Return content once operations were done to it."""
    content = bytearray(certain)
    for event in since:
        end = event.offset + len(event.content)
        content.extend(bytes(max(0, end - len(content))))
        if event.call == "ftruncate":
            del content[event.offset :]
        else:
            content[event.offset : end] = event.content
    return bytes(content)
