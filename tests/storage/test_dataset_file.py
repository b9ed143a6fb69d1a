"""A dataset's file is made whole, whatever an earlier try left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.storage.dataset import CENTRAL, MERGED, dataset
from perisai_cli.storage.vault import Vault

VAULT = Vault(bytes(32))


def test_what_a_killed_process_of_the_same_number_left_is_in_nobodys_way(tmp_path: Path) -> None:
    folder = tmp_path / "datasets"
    folder.mkdir()
    for left in (f".new-central-{os.getpid()}.db", ".new-central-7.db", ".new-central-7.db-wal"):
        (folder / left).write_bytes(b"half a file")
    (folder / ".new-merged-7.db").write_bytes(b"perhaps another's, who is at it")
    dataset(tmp_path, CENTRAL, VAULT, create=True).close()
    assert {each.name for each in folder.iterdir()} == {"central.db", ".new-merged-7.db"}
    dataset(tmp_path, MERGED, VAULT, create=True).close()
    assert {each.name for each in folder.iterdir()} == {"central.db", "merged.db"}


def test_a_dataset_is_made_only_where_it_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"dataset\.none"):
        dataset(tmp_path, CENTRAL, VAULT)
    assert list(tmp_path.iterdir()) == []
