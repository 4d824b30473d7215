"""How fast the management REST lists ten thousand subscriptions, page by page.

python -m benchmarks.management [--rows 10000]
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import anyio
import httpx2
from sqlalchemy import insert

from bramka.app.clock import SystemChance
from bramka.app.console import application, open_usage
from bramka.app.database import open_store
from bramka.app.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.traffic.instance import ServiceInstance
from bramka.store import access_token, instance
from bramka.store.subscription import SUBSCRIPTIONS

PAGE = 100
VERSION = "2024-05-01"


async def pages(client: httpx2.AsyncClient, base: str, rows: int) -> list[float]:
    """Milliseconds that each page took."""
    taken = []
    for skip in range(0, rows, PAGE):
        query = {"api-version": VERSION, "$top": str(PAGE), "$skip": str(skip)}
        started = time.perf_counter()
        answer = await client.get(f"{base}/subscriptions", params=query)
        taken.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
        assert len(answer.json()["value"]) == PAGE, "every page is full"
    return taken


def fill(settings: Settings, rows: int) -> tuple[httpx2.AsyncClient, str]:
    """A console with so many subscriptions, and the path of its instance."""
    store, secrets = open_store(settings), open_secrets(settings.data)
    own = ServiceInstance(name="bench", publisher_name="B", publisher_email="a@b.pl")
    with store.writing() as transaction:
        instance.create(transaction, SystemChance(), own)
        token = access_token.issue(
            transaction, SystemChance(), role="viewer", name="bench"
        )
        found = transaction.connection.execute(SUBSCRIPTIONS.table.select())
        first = dict(found.mappings().one())
        many = [
            first
            | {
                "id": f"s{number:06}",
                "scope": "/products/starter",
                "display_name": f"Subscription {number}",
                "primary_digest": b"p%015d" % number,
                "secondary_digest": b"s%015d" % number,
            }
            for number in range(rows)
        ]
        transaction.connection.execute(insert(SUBSCRIPTIONS.table), many)
    here = application(settings, secrets, store, open_usage(settings))
    base = (
        f"/subscriptions/{own.subscription_id}/resourceGroups/{own.resource_group}"
        f"/providers/Microsoft.ApiManagement/service/{own.name}"
    )
    client = httpx2.AsyncClient(
        base_url="http://bramka",
        headers={"Authorization": f"Bearer {token}"},
        transport=httpx2.ASGITransport(here),
    )
    return client, base


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--database", default="")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), database=given.database)
        client, base = fill(settings, given.rows)
        taken = anyio.run(pages, client, base, given.rows)
    worst = max(taken)
    middle = statistics.median(taken)
    print(f"{len(taken)} pages of {PAGE}: median {middle:.1f} ms, worst {worst:.1f} ms")


if __name__ == "__main__":
    main()
