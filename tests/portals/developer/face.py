"""A developer face on a real socket, its readers and its publisher."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import msgspec
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from tests.databases import new_store
from tests.gateway.serving import Serving
from tests.management.console import BASE, VERSION, Listener

from bramka.app.clock import SystemChance
from bramka.app.console.developer import developer_place, face_of_developers
from bramka.app.console.process import application
from bramka.app.database import open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.usage import Batch, Row
from bramka.domain.traffic.user import User
from bramka.portals.developer.reader import Reader
from bramka.store import access_token, group, user
from bramka.store.configuration import read_configuration
from bramka.store.database import writing
from bramka.store.mail_queue import newest
from bramka.store.transaction import Store, Transaction
from bramka.store.usage import ingest
from bramka.testing import FakeClock

NOW = 1_800_000_000.0


@dataclass
class Face:
    """A running face; `publish` speaks to the management REST."""

    url: str
    store: Store
    usage: Engine
    clock: FakeClock
    settings: Settings
    client: httpx2.Client
    publisher: httpx2.Client
    batches: int = 0

    def call(
        self, method: str, path: str, reader: str = "", body: object = None, **how: Any
    ) -> httpx2.Response:
        """One call of a reader; "" is a guest."""
        headers = {"X-Reader": reader, **how.pop("headers", {})}
        given: dict[str, Any] = how if body is None else {**how, "json": body}
        return self.client.request(
            method, f"/developer{path}", headers=headers, **given
        )

    def get(self, path: str, reader: str = "", **query: str) -> Any:
        answer = self.call("GET", path, reader, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ids(self, path: str, reader: str = "", **query: str) -> list[str]:
        return [one["id"] for one in self.get(path, reader, **query)["value"]]

    def publish(
        self, path: str, properties: dict[str, Any] | None = None, method: str = "PUT"
    ) -> Any:
        """Have the publisher write something."""
        body = None if properties is None else {"properties": properties}
        answer = self.publisher.request(
            method, BASE + path, params=VERSION, json=body, headers={"If-Match": "*"}
        )
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def join(self, name: str, *groups: str) -> str:
        """A user of these groups; their id."""
        with self.store.writing() as transaction:
            for one in groups:
                if group.GROUPS.find(transaction, one) is None:
                    group.GROUPS.insert(transaction, Group(id=one, display_name=one))
            user.put(
                transaction,
                User(
                    id=name,
                    first_name=name.title(),
                    last_name="Tester",
                    email=f"{name}@example.com",
                    groups=groups or ("developers",),
                ),
            )
        return name

    def publish_api(self, name: str, *products: str, **more: object) -> None:
        self.publish(f"/apis/{name}", {"displayName": name, "path": name, **more})
        for product in products:
            self.publish(f"/products/{product}/apis/{name}")

    def publish_backed(self, name: str, port: int, *products: str) -> None:
        """An API in front of a backend here; it takes everything at any path."""
        address = f"http://127.0.0.1:{port}"
        self.publish_api(name, *products, serviceUrl=address, protocols=["http"])
        for method in ("GET", "POST", "TRACE"):
            given = {"displayName": method, "method": method, "urlTemplate": "/*"}
            self.publish(f"/apis/{name}/operations/{method.lower()}", given)

    def publish_product(self, name: str, *groups: str, **more: object) -> None:
        given = {"displayName": name, "state": "published", **more}
        self.publish(f"/products/{name}", given)
        for one in groups:
            self.publish(f"/products/{name}/groups/{one}")

    def count(self, *rows: Row) -> None:
        """Have a gateway bring what it counted."""
        self.batches += 1
        batch = Batch(gateway="g", batch=str(self.batches), rows=rows)
        with writing(self.usage) as connection:
            assert ingest(connection, batch, self.clock.now())

    def recipients(self) -> list[str]:
        """To whom mails wait to be sent."""
        with self.store.reading() as transaction:
            mails, _ = newest(transaction, 0, 100)
        return sorted(one.recipient for one in mails)

    def subscribe(self, reader: str, product: str, **more: object) -> dict[str, Any]:
        wanted = {"productId": product, **more}
        answer = self.call("POST", "/subscriptions", reader, wanted)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


def serve(serving: Serving, face: Face) -> None:
    """Have the gateway serve what is published now."""
    with face.store.reading() as transaction:
        configuration = read_configuration(transaction)
    serving.do(lambda: serving.gateway.take(configuration))


def named_reader(transaction: Transaction, request: Request) -> Reader:
    """Whoever the header names: these tests are not about signing in."""
    name = request.headers.get("x-reader", "")
    if not name:
        return Reader()
    noun = user.USERS.get(transaction, name).noun
    role = request.headers.get("x-role")
    language = request.headers.get("x-language", "en")
    known = {"user_id": noun.id, "groups": noun.groups, "role": role}
    return msgspec.convert({**known, "language": language}, Reader)


@contextmanager
def running_face(
    database: str, folder: Path, listening: tuple[str, Listener], **more: str
) -> Iterator[Face]:
    """A face on a database with a new instance in it; `more` are settings."""
    url, listener = listening
    given = {"data": folder, "usage_database": database, **more}
    settings = msgspec.convert(given, Settings)
    secrets, clock = open_secrets(folder), FakeClock(NOW)
    with new_store(database, clock) as store:
        with store.writing() as transaction:
            token = access_token.issue(
                transaction, SystemChance(), role="owner", name="test"
            )
        usage = open_usage(settings)
        console = application(settings, secrets, store, usage)
        place = developer_place(settings, store, usage, named_reader, lambda: None)
        # The first that fits answers: readers here are named, not signed in.
        routes = [*face_of_developers(place, settings, secrets), *console.routes]
        listener.application = Starlette(routes=routes)
        owner = {"Authorization": f"Bearer {token}"}
        with (
            httpx2.Client(base_url=url, verify=False) as client,
            httpx2.Client(base_url=url, headers=owner, verify=False) as publisher,
        ):
            yield Face(url, store, usage, clock, settings, client, publisher)
        console.state.close()
        usage.dispose()


def calls_of(
    subscription: str, minute: int, *statuses: int, api: str = "", product: str = ""
) -> Row:
    """Calls with these answers, each of 1,000 bytes and 2 ms."""
    row = Row(minute=minute, subscription=subscription, api=api, product=product)
    for status in statuses:
        row.add(status, 2000, 1000)
    return row
