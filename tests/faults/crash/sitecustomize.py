"""Makes perisai fail by a mistake of its own, with a NIK in the message, at the N-th connection.

Python imports this by itself from PYTHONPATH. PERISAI_CRASH_AT says at which event of the audit
hook; PERISAI_CRASH_SAYS what the error's message holds.
"""

import os
import sys

_EVENT = os.environ.get("PERISAI_CRASH_AT", "")
_SAYS = os.environ.get("PERISAI_CRASH_SAYS", "")


def _crash(event: str, facts: tuple[object, ...]) -> None:
    if event == _EVENT:
        raise ValueError(_SAYS)


if _EVENT:
    sys.addaudithook(_crash)
