"""The program as a user has it: a subprocess in a home of its own, and what came out of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perisai_cli.domain.errors import EXIT_BUG, EXIT_CODES

PROGRAM = Path(sys.executable).with_name("perisai")
PASSPHRASE = "kalimat sandi untuk pengujian saja"
PROFILE = ("--agent", "A-017", "--nama", "Made Uji", "--kantor", "W-03", "--wilayah", "5171")

ENVELOPE = {"perisai", "command", "status", "exit_code", "data", "errors"}
_STATUSES = {0: {"success"}, 3: {"partial"}}
_POINTER = re.compile(r"(/[^/]*)+")
_HANGS = 60

secrets: set[str] = set()
"""NIKs made up for tests; none may ever come out of the program unless a test says so."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one call of the program came to; ``envelope`` is None where no JSON was asked for."""

    code: int
    out: str
    err: str
    envelope: dict[str, Any] | None

    @property
    def data(self) -> Any:
        assert self.envelope is not None
        return self.envelope["data"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        assert self.envelope is not None
        return list(self.envelope["errors"])

    @property
    def codes(self) -> list[str]:
        return [error["code"] for error in self.errors]

    @property
    def warned(self) -> list[str]:
        return [warning["code"] for warning in self.data["warnings"]]

    @property
    def faults(self) -> set[tuple[str | None, str]]:
        return {(error.get("field"), error["code"]) for error in self.errors}


class Cli:
    """Calls the program in one home, and checks the contract of the envelope at every call."""

    program = PROGRAM

    def __init__(self, folder: Path, **environment: str):
        self.folder = folder
        self.home = folder / "home"
        self.passphrase_file = folder / "passphrase"
        self.passphrase_file.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.environment = safe_environment(folder) | {
            "PERISAI_HOME": str(self.home),
            "PERISAI_PASSPHRASE_FILE": str(self.passphrase_file),
        }
        self.environment |= environment

    @property
    def store(self) -> Path:
        return self.home / "perisai.db"

    def set_up(self, *more: str) -> Said:
        """Make the store."""
        said = self.run("siapkan", *PROFILE, *more)
        assert said.code == 0, said
        return said

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, **popen: Any
    ) -> subprocess.Popen[bytes]:
        """Start the program and leave it running."""
        return subprocess.Popen(
            [str(PROGRAM), *arguments],
            env=self.environment | dict(environment or {}),
            cwd=self.folder,
            **popen,
        )

    def run(
        self,
        *arguments: str,
        stdin: str | bytes = b"",
        as_json: bool = True,
        environment: Mapping[str, str] | None = None,
        unmasked: bool = False,
    ) -> Said:
        """Run the program to its end; with *as_json* the envelope is checked and parsed."""
        asked = [str(PROGRAM), *arguments, *(["--json"] if as_json else [])]
        done = subprocess.run(
            asked,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            env=self.environment | dict(environment or {}),
            cwd=self.folder,
            timeout=_HANGS,
            check=False,
        )
        out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
        told = f"{arguments} → {done.returncode}\n{out}\n{err}"
        assert done.returncode in EXIT_CODES, told
        assert done.returncode != EXIT_BUG, told
        assert "Traceback" not in err, told
        assert unmasked or not [nik for nik in secrets if nik in out + err], told
        envelope = checked_envelope(out, done.returncode) if as_json else None
        return Said(done.returncode, out, err, envelope)


def safe_environment(folder: Path) -> dict[str, str]:
    """Return an environment that holds nothing of the person who runs the tests."""
    names = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
    nowhere = {name: str(folder / "nowhere") for name in names}
    return nowhere | {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PERISAI_HOME": str(folder / "home"),
        "PERISAI_KEYRING": "off",
    }


def checked_envelope(out: str, code: int) -> dict[str, Any]:
    """Return the one JSON document on stdout once it keeps the contract."""
    envelope = json.loads(out, object_pairs_hook=_once)
    assert set(envelope) == ENVELOPE, out
    assert envelope["perisai"] == 1
    assert envelope["exit_code"] == code, out
    assert envelope["status"] in _STATUSES.get(code, {"partial", "error"}), out
    for error in envelope["errors"]:
        assert set(error) <= {"code", "message", "remedy", "field", "row", "id"}, error
        assert error["code"], error
        assert error["message"], error
        assert error["remedy"], error
        assert _POINTER.fullmatch(error.get("field", "/")), error
        assert error["code"] not in error["message"], f"no words for {error}"
        assert "{" not in error["message"].replace("{ ", ""), error
    return dict(envelope)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    assert len(whole) == len(pairs), "a key stands twice"
    return whole
