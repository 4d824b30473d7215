"""Show how a folder of files differs from the configuration."""

import difflib
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from bramka.app.artifacts import read_folder, read_instance
from bramka.app.entity import with_rest
from bramka.app.rest import Rest


@click.command()
@with_rest
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(rest: Rest, folder: Path) -> None:
    """Print what `bramka import FOLDER` would change; exit code 1 if anything."""
    wanted = read_folder(folder)
    there = rest.within(read_instance)
    lines = [
        line
        for path in sorted({*wanted, *there})
        for line in _lines(path, there, wanted)
    ]
    click.echo("\n".join(lines) if lines else "no difference")
    sys.exit(1 if lines else 0)


def _lines(
    path: str, there: dict[str, bytes], wanted: dict[str, bytes]
) -> Iterator[str]:
    before = there.get(path, b"").decode("utf-8", "replace").splitlines()
    after = wanted.get(path, b"").decode("utf-8", "replace").splitlines()
    yield from difflib.unified_diff(
        before,
        after,
        f"instance/{path}" if path in there else "/dev/null",
        f"folder/{path}" if path in wanted else "/dev/null",
        lineterm="",
    )
