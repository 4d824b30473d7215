"""`python -m bramka` and the `bramka` command."""

import errno
import io
import os
import sys

from bramka.cli.main import bramka

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main() -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal of ISO 8859-2 shows what it can, and a question mark for the rest.
        sys.stdout.reconfigure(errors="replace")
    try:
        bramka(prog_name="bramka")
    except OSError as error:
        if error.errno not in FULL:
            raise
        _drop_output()
        sys.exit(f"bramka: Nothing more can be written: {error.strerror}.")


def _drop_output() -> None:
    """Else Python tries at its end to write again what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


if __name__ == "__main__":
    main()
