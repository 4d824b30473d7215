"""A running Studio REST, as clients see it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from tests.databases import DEMO, new_store
from tests.management.console import Listener

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.console.process import application
from bramka.app.database import open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.store import instance
from bramka.store.schema import prepare
from bramka.store.transaction import Store
from bramka.store.workspace import create_workspace, workspace_tokens

TOKEN = "x-ms-metaanalytics-authorizationtoken"


@dataclass
class Studio:
    """One workspace of a console."""

    url: str
    settings: Settings
    store: Store
    workspace: str
    token: str
    client: httpx2.Client
    password: str = ""
    """Of the administrator."""

    @property
    def base(self) -> str:
        return f"/api/workspaces/{self.workspace}"

    def call(
        self, method: str, path: str, body: object = None, **more: Any
    ) -> httpx2.Response:
        """One call below the workspace."""
        if body is not None:
            more["json"] = body
        return self.client.request(method, self.base + path, **more)

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.call("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object = None) -> Any:
        answer = self.call("POST", path, body if body is not None else {})
        assert answer.is_success, answer.text
        return answer.json()

    def upload(
        self, content: bytes, data_type: str = "GenericCSV", **said: object
    ) -> httpx2.Response:
        """Upload as R does: the whole body at once, then the entry."""
        begun = self.client.post(
            f"/api/resourceuploads/workspaces/{self.workspace}/",
            params={"userStorage": "true", "dataTypeId": data_type},
            content=content,
            headers={"Content-Type": "text/plain"},
        )
        assert begun.status_code == 200, begun.text
        source = {"DataTypeId": data_type, "SourceOrigin": "FromResourceUpload", **said}
        body = {"DataSource": source, "UploadId": begun.json()["Id"]}
        return self.call("POST", "/datasources", body)

    def dataset(
        self, content: bytes, name: str, data_type: str = "GenericCSV", **said: object
    ) -> str:
        """The id of a new dataset."""
        answer = self.upload(content, data_type, Name=name, **said)
        assert answer.status_code == 200, answer.text
        return str(answer.json())

    @contextmanager
    def other(self) -> Iterator["Studio"]:
        """Another workspace of the same console."""
        made, token = new_workspace(self.store)
        with httpx2.Client(
            base_url=self.url, headers={TOKEN: token}, verify=False
        ) as client:
            yield Studio(self.url, self.settings, self.store, made, token, client)


def new_workspace(store: Store) -> tuple[str, str]:
    with store.writing() as transaction:
        made = create_workspace(
            transaction, SystemChance(), friendly_name="Tests", owner="ada@example.com"
        )
        return made.id, workspace_tokens(transaction, made.id).primary


@contextmanager
def running_studio(
    folder: Path, listening: tuple[str, Listener], **said: Any
) -> Iterator[Studio]:
    url, listener = listening
    database = f"sqlite:///{folder / 'state.db'}"
    settings = Settings(
        data=folder,
        database=database,
        usage_database=f"sqlite:///{folder / 'usage.db'}",
        console_url=url,
        **said,
    )
    secrets = open_secrets(folder)
    with new_store(database, SystemClock()) as store:
        prepare(store.engine)
        with store.writing() as transaction:
            created = instance.create(transaction, SystemChance(), DEMO)
        workspace, token = new_workspace(store)
        usage = open_usage(settings)
        listener.application = application(settings, secrets, store, usage)
        with httpx2.Client(
            base_url=url, headers={TOKEN: token}, timeout=60, verify=False
        ) as client:
            yield Studio(
                url, settings, store, workspace, token, client, created.password
            )
        listener.application.state.close()
        usage.dispose()


def columns_of(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(column["Name"], column["Type"]) for column in entry["Columns"]]
