"""``manfaat jht``, ``jp`` and ``jkp``: savings, pension, job loss."""

from __future__ import annotations
