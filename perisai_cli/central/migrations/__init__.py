"""The steps from each version of the central's tables to the next, run by Alembic.

A revision's name is the ``SCHEMA_VERSION`` that it leads to. Revisions are never edited once they
were released, and there is no way back: an older perisai refuses a newer database untouched.
"""
