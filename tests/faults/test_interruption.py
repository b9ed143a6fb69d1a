"""Ctrl-C in the middle of many workers: what has its receipt is kept, and stdout stays one document."""

from __future__ import annotations

import os
import signal

from faults_field import Home, ended, is_sound, json_lines

from perisai_cli.actions.enroll import GROUP
from perisai_cli.actions.queue import queue_list


def test_ctrl_c_among_many_workers_closes_the_document(home: Home) -> None:
    process = home.start("enroll", "--file", "-", "--json")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json_lines(range(1, 2 * GROUP + 50)))
    process.stdin.flush()
    seen = b""
    while seen.count(b'"row"') < 2 * GROUP:
        octets = os.read(process.stdout.fileno(), 65536)
        assert octets, "it ended before the groups were committed"
        seen += octets
    process.send_signal(signal.SIGINT)
    rest = ended(process)
    whole = type(rest)(rest.code, seen.decode() + rest.out, rest.err)
    assert whole.document["exit_code"] == rest.code == 130, rest.err
    assert (whole.document["status"], whole.codes) == ("error", ["interrupted"])
    assert whole.data["accepted"] == len(whole.data["items"]) == 2 * GROUP
    kept = {item["id"] for item in queue_list(home.app, ()).data["items"]}
    assert kept == set(whole.receipts)
    with home.store() as store:
        assert is_sound(store.connection)
