"""Carrying the outbox to the central and its answers back."""
