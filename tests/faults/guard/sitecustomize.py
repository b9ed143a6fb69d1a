"""Watches for internet sockets: notes each touch, and ends the process at it unless it is allowed.

Python imports this by itself from PYTHONPATH. PERISAI_GUARD_NOTES names the file of notes;
PERISAI_GUARD_ALLOW lets the process go on.
"""

import os
import socket
import sys
from pathlib import Path

_NOTES = os.environ.get("PERISAI_GUARD_NOTES", "")
_ALLOW = os.environ.get("PERISAI_GUARD_ALLOW", "")
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_OF_A_SOCKET = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg")
_OF_NAMES = (
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.getnameinfo",
)
EXIT = 97


def _touches(event: str, facts: tuple[object, ...]) -> bool:
    if event in _OF_NAMES:
        return True
    if event == "socket.__new__":
        return facts[1] in _INTERNET
    return event in _OF_A_SOCKET and getattr(facts[0], "family", None) in _INTERNET


def _guard(event: str, facts: tuple[object, ...]) -> None:
    if event.startswith("socket.") and _touches(event, facts):
        with Path(_NOTES).open("a", encoding="utf-8") as notes:
            notes.write(event + "\n")
        if not _ALLOW:
            os._exit(EXIT)


if _NOTES:
    sys.addaudithook(_guard)
