"""The demo's workspace and web service: the article's experiment, run and published."""

from msgspec import Struct

from bramka.app.settings import Settings
from bramka.app.shared import open_packages
from bramka.domain.clock import Chance
from bramka.domain.learning.endpoint import Endpoint
from bramka.domain.learning.snapshot import Snapshot
from bramka.store.saved import list_saved
from bramka.store.service import (
    Publication,
    endpoint_by_name,
    endpoint_keys,
    list_services,
    publish_service,
)
from bramka.store.transaction import Store, Transaction
from bramka.store.workspace import create_workspace, list_workspaces

WORKSPACE = "Demo"
OWNER = "developer@demoazureml.example"
EXPERIMENT = "SimpleFeatureHashingExperiment"
DATASETS = 5
"""So many the demo brings."""
DESCRIPTION = (
    "Hashes a text into 8 columns. Trained on nothing: feature hashing needs no data, "
    "only the dataset's columns."
)


class DemoService(Struct, frozen=True):
    """Where the published service is, and the key that opens it."""

    workspace: str
    endpoint: str
    api_key: str

    def __repr__(self) -> str:
        return f"<DemoService: {self.workspace}/{self.endpoint}>"


def set_up_service(store: Store, chance: Chance, settings: Settings) -> DemoService:
    """The published service; what is missing of it and its studio is made."""
    packages = open_packages(settings)
    with store.reading() as transaction:
        endpoint = _find(transaction)
        if endpoint is not None and packages.folder_of(endpoint.package).exists():
            workspace = endpoint.workspace_id
            if len(list_saved(transaction, workspace, "dataset")) >= DATASETS:
                return _told(transaction, endpoint)
    # Studio and its tables take as long to import as all else: only when needed.
    from bramka.app.demo.studio import DemoStudio  # noqa: PLC0415

    workspace = _set_up_workspace(store, chance)
    studio = DemoStudio(store, chance, settings, workspace, OWNER)
    reviews = studio.make_datasets()
    snapshot, package = studio.make_experiment(reviews, DESCRIPTION)
    with store.writing() as transaction:
        _publish(transaction, chance, snapshot, package)
        published = _find(transaction)
        assert published is not None
        return _told(transaction, published)


def _find(transaction: Transaction) -> Endpoint | None:
    workspace = _workspace_id(transaction)
    services = list_services(transaction, workspace) if workspace else []
    for service in services:
        if service.name == EXPERIMENT:
            name = service.default_endpoint_name
            return endpoint_by_name(transaction, service.id, name)
    return None


def _workspace_id(transaction: Transaction) -> str | None:
    for workspace in list_workspaces(transaction):
        if workspace.friendly_name == WORKSPACE:
            return workspace.id
    return None


def _told(transaction: Transaction, endpoint: Endpoint) -> DemoService:
    key = endpoint_keys(transaction, endpoint.id).primary
    return DemoService(endpoint.workspace_id, endpoint.id, key)


def _set_up_workspace(store: Store, chance: Chance) -> str:
    with store.writing() as transaction:
        known = _workspace_id(transaction)
        if known is not None:
            return known
        made = create_workspace(
            transaction, chance, friendly_name=WORKSPACE, owner=OWNER
        )
        return made.id


def _publish(
    transaction: Transaction, chance: Chance, snapshot: Snapshot, package: str
) -> None:
    before = _find(transaction)
    publication = Publication(
        workspace_id=snapshot.workspace_id,
        name=EXPERIMENT,
        package=package,
        description=DESCRIPTION,
        experiment_id=f"{snapshot.workspace_id}.f-id.{snapshot.family}",
        service_id=before.service_id if before else None,
    )
    publish_service(transaction, chance, publication)
