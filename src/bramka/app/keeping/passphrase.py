"""The passphrase of a backup: from a file or a variable, never from a flag."""

import os
from pathlib import Path

import click

from bramka.domain.errors import Invalid

VARIABLE = "BRAMKA_PASSPHRASE"
PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"File with the passphrase of the secrets; else the variable {VARIABLE}.",
)


def read_passphrase(file: Path | None) -> str:
    """The passphrase that was given; "" if none was."""
    if file is None:
        return os.environ.get(VARIABLE, "")
    try:
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{file} cannot be read: {error}") from None
    if not text:
        raise Invalid(f"{file} is empty; write the passphrase into it.")
    return text
