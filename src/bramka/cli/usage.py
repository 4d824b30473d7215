"""Show how often what was called, how fast and with which success."""

import re
from datetime import UTC, datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table

from bramka.app.calling.entity import OUTPUT, TOKEN, URL
from bramka.app.calling.rest import Rest
from bramka.app.clock import SystemClock
from bramka.app.database import opened_store, opened_usage
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.domain.errors import Invalid, Missing
from bramka.management.resources.report import END_OF_TIME, make_records
from bramka.reports.report import Record
from bramka.store.database import reading
from bramka.store.usage import Span

SUBJECTS = ("api", "operation", "product", "subscription")
_SECONDS = {"m": 60, "h": 3600, "d": 86400}
WIDTH = 80


@click.command()
@with_settings("database", "usage_database")
@click.option("--by", type=click.Choice(SUBJECTS), help="One table; all if not given.")
@click.option("--since", default="", help="How far back: 30m, 12h, 7d. All if empty.")
@OUTPUT
@URL
@TOKEN
def command(
    settings: Settings, by: str | None, since: str, output: str, url: str, token: str
) -> None:
    """Print the calls of every API, operation, product and subscription.

    Blocked are 401, 403 and 429; failed are 400 and 500 to 599; p50 and p95 are the
    times that half and 95 % of the calls did not exceed, in milliseconds.
    """
    subjects = (by,) if by else SUBJECTS
    start = _start(since)
    if url:
        rest = Rest(settings, url, token)
        found = {subject: _ask(rest, subject, start) for subject in subjects}
    else:
        found = _read(settings, subjects, start)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    console = Console(width=WIDTH)
    for subject, records in found.items():
        console.print(_table(subject, records))


def _start(since: str) -> int:
    """The first minute that counts."""
    if not since:
        return 0
    found = re.fullmatch(r"(\d{1,6})([mhd])", since)
    if found is None:
        raise Invalid(f"--since is '{since}'; write 30m, 12h or 7d.")
    seconds = int(found[1]) * _SECONDS[found[2]]
    return max(0, int(SystemClock().now() - seconds) // 60)


def _kind(subject: str) -> str:
    return f"by{subject.capitalize()}"


def _read(
    settings: Settings, subjects: tuple[str, ...], start: int
) -> dict[str, list[Record]]:
    if not settings.data.is_dir():
        raise Missing(f"There is no data folder {settings.data}; name it with --data.")
    span = Span(start, END_OF_TIME)
    with (
        opened_store(settings) as store,
        opened_usage(settings) as usage,
        store.reading() as transaction,
        reading(usage) as connection,
    ):
        return {
            subject: make_records(transaction, connection, _kind(subject), span)
            for subject in subjects
        }


def _ask(rest: Rest, subject: str, start: int) -> list[Record]:
    moment = datetime.fromtimestamp(start * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = {"$filter": f"timestamp ge datetime'{moment}'"}
    told = rest.call("GET", f"/reports/{_kind(subject)}", query=query)
    return msgspec.convert(told["value"], list[Record])


def _table(subject: str, records: list[Record]) -> Table:
    table = Table(title=f"By {subject}", title_justify="left", box=None, expand=True)
    table.add_column("name", overflow="ellipsis", no_wrap=True, ratio=1)
    for heading in (
        "calls",
        "success",
        "blocked",
        "failed",
        "p50 ms",
        "p95 ms",
        "size",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for record in records:
        table.add_row(
            _name(subject, record),
            str(record.call_count_total),
            str(record.call_count_success),
            str(record.call_count_blocked),
            str(record.call_count_failed),
            _milliseconds(record.api_time_p50),
            _milliseconds(record.api_time_p95),
            _size(record.bandwidth),
        )
    if not records:
        table.add_row("nothing was called", *[""] * 7)
    return table


def _name(subject: str, record: Record) -> str:
    if subject == "operation" and record.operation_id:
        # Operations of several APIs share names; their ids below the API do not.
        return record.operation_id.removeprefix("/apis/").replace("/operations/", "/")
    return record.name or "(none)"


def _milliseconds(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _size(count: int) -> str:
    """Bytes in at most five characters and a unit."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"
