"""Show how a folder of files differs from the configuration."""

import sys
from pathlib import Path

import click

from bramka.app.calling.entity import with_rest
from bramka.app.calling.rest import Rest
from bramka.app.keeping.artifacts import read_folder, read_instance
from bramka.domain.traffic.artifact_change import changes_between


@click.command()
@with_rest
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def command(rest: Rest, folder: Path) -> None:
    """Print what `bramka import FOLDER` would change; exit code 1 if anything."""
    wanted = read_folder(folder)
    there = rest.within(read_instance)
    lines = [line for change in changes_between(there, wanted) for line in change.lines]
    click.echo("\n".join(lines) if lines else "no difference")
    sys.exit(1 if lines else 0)
