"""The console script: answers ``--version`` before anything is imported, else starts the CLI."""

import gc
import sys

from perisai_cli import __version__


def main() -> int:
    """Run one command and return its exit code (the table is in docs)."""
    if sys.argv[1:] in (["--version"], ["--versi"], ["-V"]):
        sys.stdout.write(f"perisai {__version__}\n")
        return 0
    # Nothing that start-up makes is garbage; the command turns the collector on (``framework``).
    gc.disable()
    from perisai_cli.cli.main import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
