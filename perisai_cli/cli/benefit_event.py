"""``manfaat jkk`` and ``manfaat jkm``: accidents and death."""

from __future__ import annotations
