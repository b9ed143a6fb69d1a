"""Nothing of a planted person is seen on a terminal, in the central's log or beside them (I12).

The sync runs on a pseudo-terminal, with its progress drawn, against a served central that is asked
all the things that make it answer with errors.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import proxy
from faults_field import PATIENCE, Home, HomeMaker
from link_faults import bad_gateway, refusal, stranger
from planted import NAME, NIK, person, traces_below, traces_in
from proxy import Fault, Proxy

from perisai_cli.actions.enroll import enroll_one
from perisai_cli.actions.queue import queue_fix

PUSH = "/v1/sync/push"

MEETINGS: dict[str, tuple[Fault, ...]] = {
    "nothing": (),
    "a lost answer": (proxy.lost_answer,),
    "a cut request": (proxy.cut_request,),
    "an error after the commit": (proxy.error_after_commit,),
    "a login page": (proxy.login_page,),
    "a busy central": (refusal(429, "busy", retryable=True, after="0"),),
    "a refused batch": (refusal(422, "request.invalid"),),
    "a stranger": (stranger(403),),
    "a bad gateway": (bad_gateway,) * 3,
}


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[Home, str]]:
    """Yield a served central's home and address; its log is in the file ``log`` beside it."""
    office = Home(folder)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "perisai_cli",
                "central",
                "serve",
                "--port",
                "0",
                "--data",
                "books",
            ],
            env=office.environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        heard = process.stderr.readline().decode()
        (folder / "heard").write_text(heard)
        try:
            yield office, heard[heard.index("http://") :].split()[0].rstrip(".,;")
        finally:
            process.terminate()
            (folder / "heard").write_text(heard + process.stderr.read().decode())
            process.stderr.close()
            assert process.wait(PATIENCE) == 0


def on_a_terminal(home: Home, *arguments: str) -> tuple[int, str]:
    """Run a command on a terminal of its own; return its code and all that was drawn."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "perisai_cli", *arguments],
        env=home.environment(TERM="xterm", COLUMNS="100"),
        cwd=home.folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    drawn = b""
    with contextlib.suppress(OSError):  # Linux's way to say that the other end is closed
        while select.select([master], [], [], PATIENCE)[0]:
            drawn += os.read(master, 4096)
    os.close(master)
    return process.wait(PATIENCE), drawn.decode("utf-8", "replace")


def test_a_sync_on_a_terminal_draws_nobody_whatever_it_meets(
    a_home: HomeMaker, tmp_path: Path
) -> None:
    with served(tmp_path / "office") as (office, address), Proxy(address) as link:
        home = a_home(link.address)
        home.enroll(range(2, 5))
        record = enroll_one(home.app, person(), {}).data["id"]
        for income, (met, faults) in enumerate(MEETINGS.items(), 20):
            queue_fix(home.app, record, {"income": income * 100_000})
            link.next(PUSH, *faults)
            code, drawn = on_a_terminal(home, "sync", "--max-time", "1")
            assert code in (0, 1, 2, 3, 5, 6, 7), (met, drawn)
            assert drawn.strip()
            assert traces_in(drawn) == []
            assert "Traceback" not in drawn
            link.forget()
        assert traces_below(home.folder) == {}
    assert traces_in((office.folder / "heard").read_text()) == []
    assert traces_below(office.folder, but=(office.folder / "books",)) == {}


def test_a_central_that_is_asked_nonsense_logs_nobody(a_home: HomeMaker, tmp_path: Path) -> None:
    with served(tmp_path / "office") as (office, address), Proxy(address) as link:
        home = a_home(link.address)
        assert home.run("enroll", "--file", "-", given=json.dumps(person())).code == 0
        assert home.run("sync").code == 0
        kept = [each for each in link.requests if PUSH.encode() in each.split(b"\r\n", 1)[0]]
        for request in kept:
            head, _, body = request.partition(b"\r\n\r\n")
            for wrong in (
                request.replace(b"gzip", b"zstd"),
                request.replace(b"POST /v1/sync/push", f"POST /v1/{NIK}".encode()),
                request.replace(b"POST /v1/sync/push", f"POST /v1/sync/push?nik={NIK}".encode()),
                request.replace(b"Perisai-Protocol", b"Perisai-Protokol"),
                head + b"\r\n\r\n" + body[::-1],
                f"GET /v1/sync/pull?cursor={NIK} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
                f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {NIK}\r\n\r\n".encode(),
                f"GET / HTTP/1.1\r\nHost: {NAME.replace(' ', '-')}\r\n\r\n".encode(),
                f"{NIK} / HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
            ):
                answer = link.deliver(wrong)
                assert traces_in(answer.decode("utf-8", "replace")) == []
    assert traces_in((office.folder / "heard").read_text()) == []
    assert traces_below(office.folder, but=(office.folder / "books",)) == {}
