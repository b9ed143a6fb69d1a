"""Puts a signed set of rules into a home, whole or not at all, and keeps the older ones.

A set gets a folder of its own, complete before it has its name; then ``active`` is replaced by one
rename. Whoever is killed in between leaves the set that was in use before in use.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from perisai_cli.domain.errors import DiskTrouble, StoreLocked, StoreUnusable
from perisai_cli.rules.installed import ENVELOPE, FOLDER, POINTER, Active, is_whole, read_active
from perisai_cli.rules.law import Edition

_PATIENCE = 10.0
_UNFINISHED = ".new-"


def install(
    home: Path, octets: bytes, files: Mapping[str, bytes], content_hash: str, edition: Edition
) -> bool:
    """Make a checked set the one in use; return False where one as new of the same key is already.

    Args:
        home: The home.
        octets: The signed set as it came; it stays beside the files, for a later check.
        files: The parameter files in it, by name.
        content_hash: The hash that was signed.
        edition: Its version, day and signer.

    Raises:
        DiskTrouble: the disk is full or fails; what was in use still is.
        StoreLocked: another update keeps the lock.
    """
    rules = home / FOLDER
    with _disk(), _locked(rules):
        if _is_as_new(home, edition):
            return False
        for stale in rules.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(stale) if stale.is_dir() else stale.unlink()
        texts = {f"{name}.toml": text for name, text in files.items()} | {ENVELOPE: octets}
        folder = _placed(rules, f"{edition.version}-{content_hash[:16]}", texts)
        sums = {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
        active = Active(folder, content_hash, edition, sums)
        unfinished = rules / f"{_UNFINISHED}{POINTER}"
        _write(unfinished, json.dumps(active.as_json()).encode("utf-8"))
        unfinished.replace(rules / POINTER)
        _sync_folder(rules)
    return True


def _is_as_new(home: Path, edition: Edition) -> bool:
    """Tell whether another update has put the same or a newer set of this key in use meanwhile."""
    try:
        active = read_active(home)
    except StoreUnusable:  # what is broken is to be replaced
        return False
    if active is None or active.edition.key != edition.key or not is_whole(home, active):
        return False
    return active.edition.version >= edition.version


def newest_known(home: Path) -> int:
    """Return the highest version that was ever installed, by the names of the folders; else 0."""
    rules = home / FOLDER
    names = [path.name for path in rules.iterdir()] if rules.is_dir() else []
    heads = [name.partition("-")[0] for name in names]
    return max((int(head) for head in heads if head.isascii() and head.isdigit()), default=0)


@contextlib.contextmanager
def _locked(rules: Path) -> Iterator[None]:
    rules.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rules.mkdir(mode=0o700, exist_ok=True)
    try:
        with FileLock(rules / ".lock", timeout=_PATIENCE, mode=0o600):
            yield
    except Timeout:
        raise StoreLocked from None


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = "disk.full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "disk.io"
        raise DiskTrouble(code, number=error.errno or 0) from None


def _placed(rules: Path, name: str, texts: Mapping[str, bytes]) -> str:
    """Return the name of a folder that holds exactly *texts*, made whole before it was named."""
    free, number = name, 1
    while (rules / free).exists():
        if _holds(rules / free, texts):
            return free
        number += 1
        free = f"{name}-{number}"
    unfinished = rules / f"{_UNFINISHED}{free}"
    try:
        unfinished.mkdir(mode=0o700)
        for file, text in texts.items():
            _write(unfinished / file, text)
        _sync_folder(unfinished)
        unfinished.rename(rules / free)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)  # room for others on a full disk
        raise
    _sync_folder(rules)
    return free


def _holds(folder: Path, texts: Mapping[str, bytes]) -> bool:
    paths = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    return set(paths) == set(texts) and all(
        paths[name].read_bytes() == text for name, text in texts.items()
    )


def _write(path: Path, octets: bytes) -> None:
    with path.open("wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows can't, and keeps them in its own journal."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
