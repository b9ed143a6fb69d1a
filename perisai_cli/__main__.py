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
    try:
        return _run()
    except KeyboardInterrupt:  # outside ``run``, whose words are not there yet or said already
        return 130


def _run() -> int:
    """Run the command, and end deaf to Ctrl-C: Python would tell of one that comes as it ends."""
    import signal

    from perisai_cli.cli.main import run

    code = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


if __name__ == "__main__":
    sys.exit(main())
