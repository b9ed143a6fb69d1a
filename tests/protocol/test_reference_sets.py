"""A signed set of reference data is taken whole and genuine, or not at all."""

from __future__ import annotations

import gzip
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from signed_rules import NEWER, Signer, dearer, rules_with

from perisai_cli.actions.rules_update import UpdateOptions, rules_update
from perisai_cli.domain.errors import PerisaiError, SomethingInTheWay
from perisai_cli.protocol.reference import MAX_BYTES, ReferenceSet, opened_set, signed_octets
from perisai_cli.protocol.reference_content import rules_files
from perisai_cli.rules.installed import installed_law, read_active
from perisai_cli.rules.law import VERSION, Edition
from perisai_cli.storage.rulebook import install
from perisai_cli.wiring import throwaway_app

OFFICE, STRANGER = Signer(), Signer()
GENUINE = OFFICE.rules(jkm=dearer())
FIRST = OFFICE.rules(NEWER - 5, jkm=dearer(7000))


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file of a folder with its content and mode."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in found
    }


def take(home: Path, octets: bytes, key: str = OFFICE.key) -> Any:
    app = throwaway_app(home, "", "")
    return rules_update(app, UpdateOptions(key=key, octets=octets)).data


def refused(home: Path, octets: bytes, key: str = OFFICE.key) -> str:
    """Return the code with which a set is refused; nothing in the home may have changed."""
    before = tree(home)
    with pytest.raises(PerisaiError) as told:
        take(home, octets, key)
    assert tree(home) == before
    return told.value.code


@pytest.fixture(scope="module")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a set installed."""
    home = tmp_path_factory.mktemp("rules-home") / "home"
    assert take(home, FIRST)["updated"]
    before = tree(home)
    yield home
    assert tree(home) == before


def changed(**members: Any) -> bytes:
    return json.dumps(
        json.loads(GENUINE) | members, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    ).encode()


def test_a_genuine_set_is_opened() -> None:
    found = opened_set(GENUINE, "rules", OFFICE.key)
    assert (found.name, found.version) == ("rules", NEWER)
    assert found.octets() == GENUINE


def test_what_is_signed_is_set_apart_from_all_else_that_is_signed() -> None:
    assert signed_octets("rules", 2, "2026-11-22", "ab") == (
        b"perisai-reference\nrules\n2\n2026-11-22\nab"
    )


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(GENUINE) - 1), octet=st.integers(1, 255))
def test_no_octet_of_a_set_can_be_another(first_home: Path, at: int, octet: int) -> None:
    flipped = bytearray(GENUINE)
    flipped[at] ^= octet
    with pytest.raises(SomethingInTheWay) as told:
        take(first_home, bytes(flipped))
    assert told.value.exit_code == 7
    active = read_active(first_home)
    assert active is not None
    assert active.edition.version == NEWER - 5


HEAD_AND_TAIL = [*range(40), *range(len(GENUINE) - 420, len(GENUINE))]


def test_no_octet_around_the_content_can_be_any_other() -> None:
    """The members beside the content are short, so each of their octets is tried."""
    for at in HEAD_AND_TAIL:
        for octet in (1, 0x20):
            flipped = bytearray(GENUINE)
            flipped[at] ^= octet
            with pytest.raises(SomethingInTheWay):
                opened_set(bytes(flipped), "rules", OFFICE.key)


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, len(GENUINE) - 1))
def test_a_set_that_is_cut_short_is_refused(first_home: Path, length: int) -> None:
    with pytest.raises(SomethingInTheWay) as told:
        take(first_home, GENUINE[:length])
    assert told.value.code == "reference.malformed"


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_is_refused(first_home: Path, noise: bytes) -> None:
    assert refused(first_home, noise) == "reference.malformed"


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(STRANGER.rules(), "reference.other_key", id="another key"),
        pytest.param(changed(key=STRANGER.key), "reference.other_key", id="another key's name"),
        pytest.param(changed(version=NEWER + 1), "reference.signature", id="a higher number"),
        pytest.param(changed(valid_from="2026-01-01"), "reference.signature", id="another day"),
        pytest.param(changed(name="regions"), "reference.other_name", id="another name"),
        pytest.param(changed(hash="0" * 64), "reference.hash", id="another hash"),
        pytest.param(changed(content={"files": {}}), "reference.hash", id="another content"),
        pytest.param(changed(signature="A" * 86 + "=="), "reference.signature", id="no signature"),
        pytest.param(changed(signature="!" * 88), "reference.signature", id="not base64"),
        pytest.param(changed(signature=""), "reference.malformed", id="an empty signature"),
        pytest.param(changed(more=1), "reference.malformed", id="a member more"),
        pytest.param(changed(version="9"), "reference.malformed", id="a number as text"),
        pytest.param(changed(version=1.5), "reference.malformed", id="half a version"),
        pytest.param(changed(version=True), "reference.malformed", id="true"),
        pytest.param(GENUINE + b"\n", "reference.malformed", id="a line end more"),
        pytest.param(b" " + GENUINE, "reference.malformed", id="a space more"),
        pytest.param(b"[" * 100_000, "reference.malformed", id="deep"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", "reference.malformed", id="a long number"),
        pytest.param(b"\xff\xfe" + GENUINE, "reference.malformed", id="not UTF-8"),
        pytest.param(gzip.compress(GENUINE), "reference.malformed", id="compressed"),
        pytest.param(b" " * (MAX_BYTES + 1), "reference.too_big", id="huge"),
        pytest.param(
            OFFICE.sign({"files": {}}).octets(), "reference.unfit", id="signed, without rules"
        ),
        pytest.param(
            OFFICE.sign({"regions": []}).octets(), "reference.unfit", id="signed, other content"
        ),
        pytest.param(
            OFFICE.rules(jkm=dearer().replace('"law-text"', '"recollection"')),
            "reference.unfit",
            id="signed, on a recollection",
        ),
        pytest.param(
            OFFICE.sign(rules_with(), valid_from="2999-01-01").octets(),
            "reference.not_yet",
            id="signed, for a later day",
        ),
        pytest.param(OFFICE.rules(NEWER - 6), "reference.rollback", id="an older version"),
        pytest.param(
            OFFICE.rules(NEWER - 5, jkm=dearer(7001)), "reference.forked", id="the same, otherwise"
        ),
    ],
)
def test_what_is_not_genuine_newer_and_fit_changes_nothing(
    first_home: Path, octets: bytes, code: str
) -> None:
    assert refused(first_home, octets) == code


def test_a_signature_over_other_words_of_the_same_key_is_none() -> None:
    held = json.loads(GENUINE)
    other = OFFICE.sign(held["content"], NEWER + 1).signature
    with pytest.raises(SomethingInTheWay):
        opened_set(changed(signature=other), "rules", OFFICE.key)


def test_spare_bits_of_the_signature_can_not_be_set() -> None:
    found = ReferenceSet.model_validate_json(GENUINE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet.index(found.signature[85])
    spare = found.signature[:85] + alphabet[last ^ 1] + "=="
    with pytest.raises(SomethingInTheWay) as told:
        opened_set(changed(signature=spare), "rules", OFFICE.key)
    assert told.value.code == "reference.signature"


def test_a_key_that_is_none_is_refused(first_home: Path) -> None:
    for key in ("", "abc", OFFICE.key[:-1], OFFICE.key + "=", "A" * 44):
        assert refused(first_home, GENUINE, key) == "rules.key"


def test_older_versions_stay_and_the_newest_is_in_use(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for version, price in ((NEWER, 7000), (NEWER + 3, 7100)):
        assert take(home, OFFICE.rules(version, jkm=dearer(price)))["updated"]
    folders = {path.name.split("-")[0] for path in (home / "rules").iterdir() if path.is_dir()}
    assert folders == {str(NEWER), str(NEWER + 3)}
    again = take(home, OFFICE.rules(NEWER + 3, jkm=dearer(7100)))
    assert (again["newer"], again["rules"]["version"]) == (False, NEWER + 3)
    assert not [path for path in (home / "rules").iterdir() if path.name.startswith(".new-")]
    assert os.name == "nt" or stat.S_IMODE((home / "rules").stat().st_mode) == 0o700


def test_rules_older_than_the_package_s_are_not_needed(tmp_path: Path) -> None:
    data = take(tmp_path / "home", OFFICE.rules(VERSION - 1, jkm=dearer()))
    assert (data["newer"], data["rules"]["source"]) == (False, "package")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("version", "used"), [(VERSION, False), (VERSION + 1, True)])
def test_what_is_installed_computes_only_while_it_is_newer_than_the_package_s_own(
    tmp_path: Path, version: int, used: bool
) -> None:
    octets = OFFICE.rules(version, jkm=dearer())
    found = opened_set(octets, "rules", OFFICE.key)
    edition = Edition(version, found.valid_from, OFFICE.key)
    assert install(tmp_path, octets, rules_files(found.content), found.hash, edition)
    assert (installed_law(tmp_path) is not None) is used


def test_who_works_for_another_central_now_takes_its_rules_whatever_their_number(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    take(home, OFFICE.rules(NEWER + 9, jkm=dearer(7000)))
    data = take(home, STRANGER.rules(NEWER, jkm=dearer(7100)), STRANGER.key)
    assert (data["updated"], data["previous"]) == (True, NEWER + 9)
    assert data["changes"][0]["old"] == 7000
    assert data["changes"][0]["new"] == 7100
