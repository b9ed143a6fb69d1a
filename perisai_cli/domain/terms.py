"""The codes that the tool's JSON, its options and its parameters share."""

from __future__ import annotations

PROGRAMS = ("jkk", "jkm", "jht")
SECTORS = ("other", "transport")
SEGMENTS = ("bpu", "pu", "labour-intensive", "jakon", "pmi")
"""Whose contributions a relief may touch; an employer's may be of more than one of these."""
PAYERS = ("self", "sponsor", "apbn", "apbd-province", "apbd-regency", "village", "dbhcht")
RELATIONSHIPS = (
    "spouse",
    "child",
    "parent",
    "sibling",
    "grandparent",
    "grandchild",
    "in_law",
    "other",
)
CONSENT_METHODS = ("signature", "thumbprint", "spoken", "digital")
WITHDRAWAL_REASONS = ("entered_twice", "changed_mind", "wrong_person", "other")
DECISION_REASONS = ("not_working", "ill_before", "wrong_person", "other")
"""Why an agent takes a record back, and why an officer refuses one."""
MAX_MONTHS = 60

ATTESTATION_TEXT = "attestation-1"
CONSENT_TEXT = "consent-1"
ATTESTATION_LIST_TEXT = "attestation-list-1"
CONSENT_LIST_TEXT = "consent-list-1"
"""Versions of the sentences that are read to a worker, or that many signed on a list.

The sentences stand in ``i18n``.
"""
