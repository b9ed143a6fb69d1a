"""Makes perisai fail by a mistake of its own, with a NIK in the message.

Python imports this by itself from PYTHONPATH. PERISAI_CRASH_AT names the event of the audit hook at
which it happens; PERISAI_CRASH_SAYS is the error's message.
"""

import os
import sys

_EVENT = os.environ.get("PERISAI_CRASH_AT", "")
_SAYS = os.environ.get("PERISAI_CRASH_SAYS", "")


def _crash(event: str, _facts: tuple[object, ...]) -> None:
    if event == _EVENT:
        raise ValueError(_SAYS)


if _EVENT:
    sys.addaudithook(_crash)
