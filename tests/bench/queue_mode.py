"""Counts what an enrolment in a row costs at the keyboard: keys, thoughts, and the program's waits.

A scripted terminal enrols a few people with ``perisai daftar --berturut``, each key sent to the real
program on a real pseudo-terminal. A person's time is reckoned by the Keystroke-Level Model (S. K.
Card, T. P. Moran, A. Newell, "The keystroke-level model for user performance time with interactive
systems", Communications of the ACM 23(7), 1980, 396-410): K for each key, M = 1.35 s of thought
before each answer. K is 0.28 s (their average typist who is no secretary) and, for who reads digits
off a card, 0.50 s for each digit of NIK and telephone (their figure for random letters). The
program's waits are measured. Reading the declaration and the consent aloud is speech, not keys: it
is told apart, at 2.5 words a second.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/queue_mode.py [PEOPLE]
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "e2e")]

from command_line import Cli
from market import CONFIRM, Talk, first, later
from screen import Screen

from perisai_cli.i18n.catalogue import sentence

K, K_DIGIT, M = 0.28, 0.50, 1.35
WORDS_A_SECOND = 2.5
READ_OUT = ("ask.attestation_1", "ask.consent_1")
DIGITS = ("ask.nik", "ask.phone")
FIRST_NAMES = ("Ni Luh", "I Wayan", "Ni Made", "I Nyoman", "Ni Ketut", "I Gede")
LAST_NAMES = ("Sari", "Suardana", "Widiastuti", "Budiarta", "Ayu Lestari", "Putra")


@dataclass
class Person:
    """What one person cost.

    Attributes:
        keys: Keys struck, Enter among them.
        digits: Those of them that are digits off a card.
        thoughts: Answers, before each of which there is a thought.
        waits: Seconds until each next question stood there.
    """

    keys: int = 0
    digits: int = 0
    thoughts: int = 0
    waits: list[float] = field(default_factory=list)

    def seconds(self, digit: float = K) -> float:
        """Return what the model says, digits off a card at their own time."""
        typed = (self.keys - self.digits) * K + self.digits * digit
        return typed + self.thoughts * M + sum(self.waits)


def nik_of(number: int) -> str:
    """Return a made-up NIK; serials 9xxx are nobody's."""
    return f"51710157{1 + number % 12:02d}90{9000 + number:04d}"


def talk_of(number: int) -> Talk:
    """Return what the person of this number is asked and says."""
    name = f"{FIRST_NAMES[number % 6]} {LAST_NAMES[number // 6 % 6]}"
    talk = first if number == 0 else later
    more = {} if number == 0 else {"phone": f"0812345{number:05d}"}
    return (*talk(nik_of(number), name=name, **more), CONFIRM)


def enrol(screen: Screen, talk: Talk, following: str) -> Person:
    """Answer each question; wait for the next one; count."""
    person = Person()
    for index, (_, typed) in enumerate(talk):
        after = talk[index + 1][0] if index + 1 < len(talk) else following
        person.keys += len(typed) + 1
        person.digits += len(typed) if talk[index][0] in DIGITS else 0
        person.thoughts += 1
        begun = time.perf_counter()
        screen.process.send(typed.encode() + b"\r")
        screen.wait_for(screen.words(after))
        person.waits.append(time.perf_counter() - begun)
    return person


def queue(count: int) -> tuple[list[Person], float]:
    """Return what each of *count* people cost, and the seconds until the first question stood."""
    with tempfile.TemporaryDirectory() as folder:
        cli = Cli(Path(folder))
        cli.set_up()
        begun = time.perf_counter()
        with Screen(cli, "daftar", "--berturut", size=(60, 24)) as screen:
            screen.wait_for(screen.words("ask.nik"))
            start = time.perf_counter() - begun
            people = [enrol(screen, talk_of(number), "ask.nik") for number in range(count)]
            screen.process.send(b"\r")
            screen.answer("in_a_row.finished", "")
            assert screen.end() == 0
        return people, start


def told(name: str, people: list[Person]) -> None:
    """Print what these people cost on average."""
    count = len(people)
    waits = sorted(wait for person in people for wait in person.waits)
    keys = sum(person.keys for person in people) / count
    digits = sum(person.digits for person in people) / count
    thoughts = sum(person.thoughts for person in people) / count
    print(f"{name}: {count} people")
    print(f"  keys a person {keys:.1f}, digits off a card among them {digits:.1f}")
    print(f"  answers a person {thoughts:.1f}")
    print(f"  waits a person {sum(waits) / count:.2f} s; longest {waits[-1] * 1000:.0f} ms")
    for label, digit in (("0.28", K), ("0.50", K_DIGIT)):
        seconds = [person.seconds(digit) for person in people]
        print(
            f"  seconds a person, digits at {label} s:"
            f" mean {sum(seconds) / count:.1f}, longest {max(seconds):.1f}"
        )


def main() -> None:
    """Print keys, thoughts, waits and seconds a person."""
    # Few: the script types faster than people and names one heir, and the guard asks about both.
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    people, start = queue(count)
    print(f"until the first question, once: {start:.2f} s")
    told("the first person of a market", people[:1])
    if count > 1:
        told("each later person", people[1:])
        total = sum(person.seconds() for person in people)
        print(f"all {count}: {total / 60:.1f} minutes")
    words = sum(len(sentence("id", key).split()) for key in READ_OUT)
    print(f"reading both texts aloud to one person: {words} words, {words / WORDS_A_SECOND:.0f} s")


if __name__ == "__main__":
    main()
