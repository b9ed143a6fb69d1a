"""perisai: enrol, quote and sync self-employed workers, offline first."""

__version__ = "0.1.0"
