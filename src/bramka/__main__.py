"""`python -m bramka` and the `bramka` command."""

import io
import sys

from bramka.cli.main import bramka


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal of ISO 8859-2 shows what it can, and a question mark for the rest.
        sys.stdout.reconfigure(errors="replace")
    bramka(prog_name="bramka")


if __name__ == "__main__":
    main()
