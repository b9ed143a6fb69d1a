"""``iuran pu``, ``jakon`` and ``pmi``: employees, construction, migrant workers."""

from __future__ import annotations
