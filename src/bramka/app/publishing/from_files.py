"""Publishes a model of somebody's own from files of this machine."""

from pathlib import Path

from bramka.app.clock import SystemChance
from bramka.app.database import opened_store
from bramka.app.settings import Settings
from bramka.app.shared import new_scorer, open_packages
from bramka.domain.errors import Missing
from bramka.domain.learning.delimited import delimited_for, read_delimited
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.file_format import format_of, read_file
from bramka.domain.learning.table import Table
from bramka.store.service import (
    Publication,
    Published,
    endpoint_by_name,
    list_services,
    publish_service,
)
from bramka.store.service_api import follow_definition
from bramka.store.transaction import Transaction
from bramka.store.workspace import list_workspaces
from bramka.studio.mlflow_source import MLMODEL
from bramka.studio.model_package import Offer, prepare_model


def publish(
    path: Path,
    settings: Settings,
    offer: Offer,
    *,
    workspace: str = "",
    sample: Path | None = None,
) -> Published:
    """Make a service of a model file or an MLflow folder; one of that name is renewed.

    `workspace` is a name or an id, and may be left out where there is only one.
    """
    rows = _sample(sample) if sample else None
    package = prepare_model(files_of(path), offer, new_scorer, rows)
    kept = open_packages(settings).keep(package)
    with opened_store(settings) as store, store.writing() as transaction:
        home = _workspace(transaction, workspace)
        before = [
            each.id
            for each in list_services(transaction, home)
            if each.name == offer.name and each.experiment_id is None
        ]
        publication = Publication(
            workspace_id=home,
            name=offer.name,
            package=kept,
            description=offer.description,
            service_id=before[0] if before else None,
        )
        done = publish_service(transaction, SystemChance(), publication)
        follow_definition(
            transaction, done.endpoint, lambda: package.contents.definition
        )
        return done


def endpoint_named(
    transaction: Transaction, workspace: str, service: str, endpoint: str
) -> Endpoint:
    """An endpoint of a service with this name or id; Missing if that is not one."""
    known = list_services(transaction, _workspace(transaction, workspace))
    found = [each.id for each in known if service in (each.id, each.name)]
    if len(found) != 1:
        names = ", ".join(f"'{each.name}' ({each.id})" for each in known) or "none"
        raise Missing(
            f"Name one web service, by its id if need be; there is {names}.",
            target="service",
        )
    return endpoint_by_name(transaction, found[0], endpoint)


def files_of(path: Path) -> dict[str, bytes]:
    """A file by its name, or the files of an MLflow folder."""
    if path.is_dir() and (path / MLMODEL).is_file():
        # Somebody may have made the folder: links in it must not lead out of it.
        home = path.resolve()
        return {
            each.relative_to(path).as_posix(): each.read_bytes()
            for each in path.rglob("*")
            if each.is_file() and each.resolve().is_relative_to(home)
        }
    if not path.is_file():
        raise Missing(f"There is no model file or MLflow folder {path}.")
    return {path.name: path.read_bytes()}


def _sample(path: Path) -> Table:
    kind = delimited_for(path.name)
    if kind is not None:
        return read_delimited(path.read_bytes(), kind)
    return read_file(path.read_bytes(), format_of(path.name))


def _workspace(transaction: Transaction, wanted: str) -> str:
    """By id or name; the only one where none is named."""
    known = list_workspaces(transaction)
    found = [
        each.id
        for each in known
        if wanted in (each.id, each.friendly_name) or (not wanted and len(known) == 1)
    ]
    if len(found) != 1:
        names = ", ".join(f"'{each.friendly_name}'" for each in known) or "none"
        raise Missing(
            f"Name the workspace to publish in; there is {names}.", target="workspace"
        )
    return found[0]
