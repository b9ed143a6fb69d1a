"""A console script that does nothing: the least that pip's own wrapper costs."""


def main() -> int:
    """Do nothing."""
    return 0
