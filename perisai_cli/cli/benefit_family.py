"""``manfaat simulasi``: what a family would get, in plain words."""

from __future__ import annotations
