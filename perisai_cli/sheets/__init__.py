"""Spreadsheets of people: read whatever an association sends, and hand back what needs mending."""
