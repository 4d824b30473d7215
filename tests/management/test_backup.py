"""Backup and restore over the REST, into the blob endpoint and out of it."""

import io
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.apimanagement import models
from azure.storage.blob import ContainerClient
from tests.blobs.conftest import listening
from tests.databases import DEMO, KINDS, VAULT, new_database, new_store
from tests.management.console import BASE, VERSION, Console, Listener
from tests.management.sdk import sdk_of

from bramka.app.alone import hold_alone
from bramka.app.blobs import ACCOUNT
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.console.errands import PLACE, ConsoleErrands
from bramka.app.console.process import application
from bramka.app.database import open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.blobs.endpoint import make_app
from bramka.domain.traffic.errand import Errand, Kind
from bramka.management.errand import BackupPlace
from bramka.store import access_token, errand
from bramka.store.access_token import AccessToken
from bramka.store.change import newest_version
from bramka.store.configuration import update_since
from bramka.store.encryption import Cipher
from bramka.store.transaction import Store, Vault

AT = (DEMO.resource_group, DEMO.name)
Listening = tuple[str, Listener]


@dataclass
class Place:
    """A console, and a container of the blob endpoint beside it."""

    console: Console
    settings: Settings
    container: ContainerClient
    key: str

    def body(self, name: str = "one.tar", **more: object) -> dict[str, object]:
        return {
            "storageAccount": ACCOUNT,
            "containerName": "backups",
            "backupName": name,
            "accessKey": self.key,
        } | more

    def post(
        self, action: str, body: dict[str, object], token: str = ""
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {token or self.console.token}"}
        place = f"{BASE}/{action}"
        return self.console.client.post(
            place, params=VERSION, headers=headers, json=body
        )

    def wait(self, asked: httpx2.Response) -> dict[str, Any]:
        """What the status says at the end."""
        assert asked.status_code == 202, asked.text
        while True:
            told = self.console.client.get(asked.headers["Azure-AsyncOperation"])
            if told.json()["status"] != "InProgress":
                return dict(told.json())
            time.sleep(0.01)


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest, tmp_path: Path, listening_once: Listening
) -> Iterator[Place]:
    url, listener = listening_once
    secrets = open_secrets(tmp_path)
    accounts = {ACCOUNT: secrets.blob_account_key}
    blobs = make_app(tmp_path / "blobs", accounts, SystemClock(), SystemChance())
    with (
        new_database(request.param, tmp_path, request, "demo") as database,
        listening(blobs) as blobs_url,
        new_store(database, SystemClock()) as store,
        httpx2.Client(base_url=url, verify=False, timeout=90) as client,
    ):
        settings = Settings(data=tmp_path, database=database, blobs_url=blobs_url)
        with store.writing() as transaction:
            token = access_token.issue(
                transaction, SystemChance(), role="owner", name="test"
            )
        client.headers["Authorization"] = f"Bearer {token}"
        usage = open_usage(settings)
        listener.application = application(settings, secrets, store, usage)
        container = ContainerClient(
            f"{blobs_url}/{ACCOUNT}", "backups", secrets.blob_account_key
        )
        container.create_container()
        console = Console(url, store, token, secrets.gateway_token, client)
        yield Place(console, settings, container, secrets.blob_account_key)
        container.close()
        listener.close()
        usage.dispose()


def make_api(console: Console, name: str) -> None:
    more = {"displayName": name, "path": name, "protocols": ["https"]}
    assert console.call("PUT", f"/apis/{name}", more).status_code == 201


def test_the_clouds_client_backs_up_and_restores(place: Place) -> None:
    console = place.console
    make_api(console, "first")
    wanted = models.ApiManagementServiceBackupRestoreParameters(
        storage_account=ACCOUNT,
        container_name="backups",
        backup_name="one.tar",
        access_key=place.key,
    )
    with sdk_of(console) as sdk:
        saved = sdk.api_management_service.begin_backup(*AT, wanted).result()
        assert saved.name == DEMO.name
        sdk.api.begin_delete(*AT, "first", "*").result()
        make_api(console, "second")
        late = console.issue("owner")
        back = sdk.api_management_service.begin_restore(*AT, wanted).result()
        assert back.publisher_email == DEMO.publisher_email
        assert [one.name for one in sdk.api.list_by_service(*AT)] == ["first"]
    # The token that asked goes on working, and others of after the backup are gone.
    headers = {"Authorization": f"Bearer {late}"}
    answer = console.client.get(BASE, params=VERSION, headers=headers)
    assert answer.status_code == 401
    (entry,) = console.call("GET", "/audit", query={"$top": "1"}).json()["value"]
    assert entry["properties"]["path"] == "/restore"


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_the_blob_is_what_the_command_writes(place: Place) -> None:
    told = place.wait(place.post("backup", place.body()))
    assert told["status"] == "Succeeded"
    assert told["endTime"] >= told["startTime"]
    saved = place.container.download_blob("one.tar").readall()
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        manifest = archive.extractfile("./manifest.json")
        assert manifest is not None
        rows = msgspec.json.decode(manifest.read())["rows"]
    assert (rows["state/product"], rows["state/subscription"]) == (2, 1)


def test_gateways_get_the_whole_after_a_restore(place: Place) -> None:
    console = place.console
    place.wait(place.post("backup", place.body()))
    for name in ("first", "second"):
        make_api(console, name)
    with console.store.reading() as transaction:
        held = newest_version(transaction)
    assert place.wait(place.post("restore", place.body()))["status"] == "Succeeded"
    with console.store.reading() as transaction:
        update = update_since(transaction, held)
    assert update.version > held
    assert update.whole is not None
    # Versions go on from there, whichever were given before.
    make_api(console, "third")
    with console.store.reading() as transaction:
        assert newest_version(transaction) > update.version


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_only_an_owner_backs_up_and_restores(place: Place) -> None:
    for role in ("viewer", "editor"):
        token = place.console.issue(role)
        for action in ("backup", "restore"):
            assert place.post(action, place.body(), token).status_code == 403
    assert not list(place.container.list_blobs())


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_at_once(place: Place) -> None:
    for body, told in (
        ({"accessType": "SystemAssignedManagedIdentity"}, "no managed identities"),
        ({"accessKey": ""}, "'accessKey' is required"),
        ({"containerName": None}, "'containerName' is required"),
        ({"accessKey": "AAAA"}, "not the key of the account"),
        ({"accessKey": "A;BlobEndpoint=http://169.254.169.254/"}, "no semicolon"),
        ({"storageAccount": "Not An Account"}, "3 to 24"),
        ({"containerName": "../up"}, "container/name"),
    ):
        answer = place.post("backup", place.body(**body))
        assert answer.status_code == 400, body
        assert told in answer.text
        assert place.key not in answer.text
    unknown = "/subscriptions/{}/providers/Microsoft.ApiManagement/locations/x/{}/{}"
    for kind in ("operationStatuses", "operationResults"):
        path = unknown.format(DEMO.subscription_id, kind, "a" * 32)
        answer = place.console.client.get(path, params=VERSION)
        assert answer.status_code == 404


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_who_waits_is_told_why_it_failed(place: Place) -> None:
    for body in (place.body("other.tar"), place.body(containerName="nowhere")):
        asked = place.post("restore", body)
        told = place.wait(asked)
        assert (told["status"], told["error"]["code"]) == ("Failed", "ResourceNotFound")
        assert "NotFound." in told["error"]["message"]
        assert place.console.client.get(asked.headers["Location"]).status_code == 404
    place.container.upload_blob("bad.tar", b"no archive")
    told = place.wait(place.post("restore", place.body("bad.tar")))
    assert told["error"]["code"] == "ValidationError"
    wanted = models.ApiManagementServiceBackupRestoreParameters(
        storage_account=ACCOUNT,
        container_name="backups",
        backup_name="bad.tar",
        access_key=place.key,
    )
    with sdk_of(place.console) as sdk, pytest.raises(HttpResponseError):
        sdk.api_management_service.begin_restore(*AT, wanted).result()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_backup_under_other_keys_changes_nothing(place: Place) -> None:
    place.wait(place.post("backup", place.body()))
    make_api(place.console, "first")
    with new_store(place.settings.database, SystemClock()) as store:
        other = Vault(Cipher(b"o" * 32), VAULT.pepper)
        elsewhere = Store(store.engine, other, SystemClock())
        errands = ConsoleErrands(
            place.settings, open_secrets(place.settings.data), elsewhere
        )
        with elsewhere.writing() as transaction:
            begun = errands.begin(transaction, "restore", blob(place), caller())
        told = end_of(place, begun.id)
        errands.close()
    assert "with other keys" in told
    assert place.console.call("GET", "/apis/first").status_code == 200


def test_one_at_a_time_of_all_consoles(place: Place) -> None:
    store = place.console.store
    running = Errand(id="e" * 32, kind="backup", started=1.0)
    with store.writing() as transaction:
        errand.begin(transaction, running)
    elsewhere = hold_alone(store.engine, place.settings.data, PLACE)
    assert elsewhere is not None
    refused = place.post("backup", place.body())
    assert refused.status_code == 409
    assert f"operation {running.id}" in refused.text
    assert status(place, running.id)["status"] == "InProgress"
    elsewhere()
    # Whoever was at work is gone, and did not say how it ended.
    cut_off = status(place, running.id)
    assert (cut_off["status"], cut_off["error"]["code"]) == (
        "Failed",
        "ServiceUnavailable",
    )
    assert place.wait(place.post("backup", place.body()))["status"] == "Succeeded"


def test_another_console_and_one_started_again_tell_how_it_went(place: Place) -> None:
    secrets = open_secrets(place.settings.data)
    errands = ConsoleErrands(place.settings, secrets, place.console.store)
    ended = {}
    for kind in KINDS_OF_ERRAND:
        with place.console.store.writing() as transaction:
            begun = errands.begin(transaction, kind, blob(place), caller())
        ended[begun.id] = end_of(place, begun.id)
    errands.close()
    assert list(ended.values()) == ["", ""]
    # A restore forgets neither itself nor what was before it.
    assert [status(place, one)["status"] for one in ended] == ["Succeeded"] * 2


KINDS_OF_ERRAND: tuple[Kind, Kind] = ("backup", "restore")


def status(place: Place, errand_id: str) -> dict[str, Any]:
    provider = f"/subscriptions/{DEMO.subscription_id}/providers"
    path = f"{provider}/Microsoft.ApiManagement/locations/{DEMO.location}"
    answer = place.console.client.get(
        f"{path}/operationStatuses/{errand_id}", params=VERSION
    )
    return dict(answer.json())


def blob(place: Place) -> BackupPlace:
    return BackupPlace(ACCOUNT, place.key, "backups", "one.tar")


def caller() -> AccessToken:
    return AccessToken(id="a", role="owner", name="a", created=0.0, expires=None)


def end_of(place: Place, errand_id: str) -> str:
    """What the console says went wrong; empty if nothing did."""
    while (told := status(place, errand_id))["status"] == "InProgress":
        time.sleep(0.01)
    return str(told.get("error", {}).get("message", ""))
