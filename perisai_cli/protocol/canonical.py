"""Canonical JSON (RFC 8785) and the hashes made of it.

Bodies hold text, whole numbers, booleans, lists and objects with ASCII keys only. For these the
standard encoder with sorted keys gives exactly the canonical form; a float is refused, since its
canonical form would differ and money is never one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from typing import Any

_MAX_INTEGER = 2**53 - 1  # beyond it JSON's numbers are not exact (RFC 8785, I-JSON)

_ALWAYS_FIT = frozenset((str, bool, type(None)))
"""Types of nearly all that a body holds: there is nothing to check of them."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def canonical(value: Any) -> bytes:
    """Return the canonical form of *value* as UTF-8.

    Raises:
        ValueError: it holds a float, or a key that is not ASCII text.
    """
    _check(value)
    return _ENCODER.encode(value).encode("utf-8")


def _check(value: Any) -> None:
    if isinstance(value, dict):
        _check_members(value)
    elif isinstance(value, list | tuple):
        for inner in value:
            if type(inner) not in _ALWAYS_FIT:
                _check(inner)
    elif isinstance(value, float):
        raise ValueError("float")  # noqa: TRY004 - one kind of error for what has no form here
    elif isinstance(value, int) and abs(value) > _MAX_INTEGER:
        raise ValueError("integer")


def _check_members(members: dict[Any, Any]) -> None:
    try:
        fit = "".join(members).isascii()
    except TypeError:
        fit = False
    if not fit:
        raise ValueError("key")
    for inner in members.values():
        if type(inner) not in _ALWAYS_FIT:
            _check(inner)


def body_hash(body: dict[str, Any]) -> str:
    """Return the SHA-256 of a body's canonical form, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(body)).hexdigest()


def receipt_digest(receipts: Iterable[tuple[str, int, str]]) -> str:
    """Return one digest over (id, rev, hash) of every answered item, in the order of the answer.

    The central computes the hashes from the bodies that reached it, so an equal digest proves that
    it holds what was sent.
    """
    return hashlib.sha256(canonical([list(receipt) for receipt in receipts])).hexdigest()


def content_digest(content: bytes) -> str:
    """Return the ``Content-Digest`` header (RFC 9530) of *content*."""
    encoded = base64.b64encode(hashlib.sha256(content).digest()).decode("ascii")
    return f"sha-256=:{encoded}:"
