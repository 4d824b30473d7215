"""Make the configuration what a folder of files says."""

import os
from pathlib import Path

import click
import yaml

from bramka.app.calling.entity import with_rest
from bramka.app.calling.rest import Rest
from bramka.app.keeping.artifact_import import prune_instance, write_instance
from bramka.app.keeping.artifacts import read_folder
from bramka.domain.errors import Invalid
from bramka.domain.traffic.artifact import artifacts_in
from bramka.domain.traffic.artifact_secret import with_values


@click.command()
@with_rest
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--prune", is_flag=True, help="Delete what FOLDER does not name.")
@click.option(
    "--values",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML with secrets and what else differs here, as APIOps writes it.",
)
def command(rest: Rest, folder: Path, prune: bool, values: Path | None) -> None:
    """Write what differs between FOLDER and the instance; twice is as once.

    FOLDER is laid out as `bramka export` and Azure's APIOps do it. What it does not
    name stays, unless --prune is given. Secrets that neither FOLDER nor --values hold
    stay as the instance has them.
    """
    files = read_folder(folder)
    if prune and not any(artifacts_in(files)):
        raise Invalid(
            f"{folder} holds nothing that `bramka export` writes; --prune would delete "
            "the whole configuration."
        )
    if values is not None:
        files = with_values(files, _read(values), os.environ)
    written = rest.within(lambda calls: write_instance(calls, files))
    for path in written:
        click.echo(f"wrote {path}")
    gone = rest.within(lambda calls: prune_instance(calls, files)) if prune else []
    for path in gone:
        click.echo(f"deleted {path}")
    click.echo(f"{len(written)} written, {len(gone)} deleted")


def _read(path: Path) -> object:
    try:
        return yaml.safe_load(path.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} is not YAML: {error}") from None
