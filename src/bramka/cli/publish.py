"""Publish a model, a function or an MLflow folder."""

from pathlib import Path
from typing import Any

import click

from bramka.app.flags import with_settings
from bramka.app.publishing.from_files import publish
from bramka.app.running import services_address
from bramka.app.settings import Settings
from bramka.studio.model_package import Offer


@click.command()
@with_settings("database")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The service's name [default: the file's].")
@click.option("--workspace", default="", help="Its name or id, if there are several.")
@click.option("--function", default="", help="Which function of a file.")
@click.option(
    "--sample",
    type=click.Path(path_type=Path),
    help="A table (CSV, TSV, ARFF, Parquet) with columns as the model takes them.",
)
@click.option("--description", default="", help="What callers are told.")
@click.option(
    "--allow-code", is_flag=True, help="Functions and pickles run code: you trust it."
)
@click.option(
    "--together", is_flag=True, help="A function's calls do not depend on each other."
)
def command(
    settings: Settings, path: Path, workspace: str, sample: Path | None, **said: Any
) -> None:
    """Publish PATH: .py, .skops, .onnx, .pkl, .joblib or an MLflow model's folder."""
    said["name"] = said["name"] or path.stem
    offer = Offer(**said)
    done = publish(path, settings, offer, workspace=workspace, sample=sample)
    place = f"workspaces/{done.service.workspace_id}/services/{done.endpoint.id}"
    click.echo(f"{'Renewed' if done.overwritten else 'Published'} {done.service.name}")
    click.echo(f"  address  {services_address(settings)}/{place}")
    click.echo(f"  key      {done.keys.primary}")
