"""Make the configuration what a folder of files says."""

from pathlib import Path

import click

from bramka.app.artifacts import prune_instance, read_folder, write_instance
from bramka.app.entity import with_rest
from bramka.app.rest import Rest


@click.command()
@with_rest
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--prune", is_flag=True, help="Delete what FOLDER does not name.")
def command(rest: Rest, folder: Path, prune: bool) -> None:
    """Write what differs between FOLDER and the instance; twice is as once.

    FOLDER is laid out as `bramka export` and Azure's APIOps do it. What it does not
    name stays, unless --prune is given.
    """
    files = read_folder(folder)
    written = rest.within(lambda calls: write_instance(calls, files))
    for path in written:
        click.echo(f"wrote {path}")
    gone = rest.within(lambda calls: prune_instance(calls, files)) if prune else []
    for path in gone:
        click.echo(f"deleted {path}")
    click.echo(f"{len(written)} written, {len(gone)} deleted")
