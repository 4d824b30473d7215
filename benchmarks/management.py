"""How fast the management REST lists ten thousand subscriptions, page by page.

python -m benchmarks.management [--rows 10000] [--database URL]
"""

import argparse
import gc
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import anyio
import httpx2
from sqlalchemy import insert

from bramka.app.clock import SystemChance
from bramka.app.console.process import application
from bramka.app.database import open_store, open_usage
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.traffic.instance import ServiceInstance
from bramka.store import access_token, instance
from bramka.store.subscription import SUBSCRIPTIONS

PAGE = 100
VERSION = "2024-05-01"


class Page(NamedTuple):
    """What one page took, in milliseconds."""

    wall: float
    cpu: float
    """Of the whole process: loop and thread."""
    collecting: float
    """Of that in the garbage collector."""


class Collecting:
    """Time spent in the garbage collector since it was made."""

    def __init__(self) -> None:
        self.seconds, self._since = 0.0, 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _told: dict[str, int]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._since = now
        else:
            self.seconds += now - self._since


async def pages(
    client: httpx2.AsyncClient, base: str, rows: int, order: str = ""
) -> list[Page]:
    """What each page took."""
    collecting, taken = Collecting(), []
    for skip in range(0, rows, PAGE):
        query = {"api-version": VERSION, "$top": str(PAGE), "$skip": str(skip)}
        if order:
            query["$orderby"] = order
        before = (time.perf_counter(), time.process_time(), collecting.seconds)
        answer = await client.get(f"{base}/subscriptions", params=query)
        after = (time.perf_counter(), time.process_time(), collecting.seconds)
        spent = (end - start for start, end in zip(before, after, strict=True))
        taken.append(Page(*(one * 1000 for one in spent)))
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
    # As the console does when it starts.
    gc.collect()
    gc.freeze()
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
        for order in ("", "displayName desc"):
            print(f"in the order of {order or 'the key'}:")
            tell(anyio.run(pages, client, base, given.rows, order))


def tell(taken: list[Page]) -> None:
    """Print the middle one and the worst one, and where its time went."""
    for name in ("wall", "cpu"):
        each = [getattr(page, name) for page in taken]
        worst = max(taken, key=lambda page: getattr(page, name))
        print(
            f"  {len(taken)} pages of {PAGE}, {name}: median "
            f"{statistics.median(each):.1f} ms, worst {max(each):.1f} ms "
            f"(page {taken.index(worst)}; {worst.cpu:.1f} ms of CPU, "
            f"{worst.collecting:.1f} ms in the garbage collector)"
        )


if __name__ == "__main__":
    main()
