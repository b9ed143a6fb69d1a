"""Times the delivery of 100 records over the link that figures are compared on.

    python tests/bench/link.py [records] [bits a second] [round trip, ms]

The device is known to the central and holds a token, as it does from its second sync of a day on.
The seconds of the pushes run from the first request's connection to the last answer's settlement.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "faults")]

from faults_field import HomeMaker, a_central, make_template
from people import people
from shaping import SLOW, Shape, ShapedLink

from perisai_cli.actions.enroll import enroll_many
from perisai_cli.actions.sync import SyncOptions, sync

GOAL_SECONDS = 5.0


class Silent:
    """Receipts that go nowhere."""

    def accepted(self, item: object, warnings: object) -> None:
        """Take a receipt."""

    def refused(self, problems: object) -> None:
        raise SystemExit(f"a made-up worker was refused: {problems}")


def measure(folder: Path, records: int, shape: Shape) -> None:
    (folder / "template").mkdir()
    a_home = HomeMaker(make_template(folder / "template"), folder)
    with a_central(folder / "central") as central, ShapedLink(central.address, shape) as link:
        home = a_home(link.address)
        sync(home.app, SyncOptions())
        enroll_many(home.app, list(enumerate(people(records), 1)), {}, Silent())
        moments: list[float] = []
        link.octets[:] = 0, 0
        begun = time.perf_counter()
        options = SyncOptions(
            max_seconds=600, progress=lambda _count, _first: moments.append(time.perf_counter())
        )
        data = sync(home.app, options).data
        whole = time.perf_counter() - begun
        up, down = link.octets
    assert data["sent"] == records
    pushes = moments[-1] - moments[0]
    print(
        f"link: {shape.bits / 1000:.0f} kbit/s, {shape.round_trip * 1000:.0f} ms, {records} records"
    )
    print(f"pushes: {pushes:.2f} s (goal {GOAL_SECONDS:.0f} s for 100 at 48 kbit/s, 600 ms)")
    print(f"whole sync with its pull: {whole:.2f} s, {data['requests']} requests")
    print(f"HTTP octets: {data['bytes_up']} up, {data['bytes_down']} down")
    print(
        f"octets a record, with the pull: {data['bytes_up'] / records:.1f} up, {data['bytes_down'] / records:.1f} down"
    )
    print(f"on the link, with TCP/IP: {up} up, {down} down")


def main() -> None:
    records, bits, milliseconds = (
        int(given)
        for given in (*sys.argv[1:], *("100", str(SLOW.bits), "600")[len(sys.argv) - 1 :])
    )
    os.environ["PERISAI_KEYRING"] = "off"
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), records, Shape(bits, milliseconds / 1000))


if __name__ == "__main__":
    main()
