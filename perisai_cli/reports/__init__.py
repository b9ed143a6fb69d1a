"""Rows and totals for supervisors, and the formats they are written in."""
