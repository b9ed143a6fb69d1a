"""Every sentence that a person reads, in Bahasa Indonesia and English."""

from perisai_cli.i18n.catalogue import LANGUAGES, known, language, text, use_language

__all__ = ["LANGUAGES", "known", "language", "text", "use_language"]
