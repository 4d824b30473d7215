"""List, show, watch, cancel and retry batch jobs; print their logs."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
)
from rich.table import Column, Table

from bramka.app.database import opened_store
from bramka.app.flags import with_settings
from bramka.app.keeping.secrets import open_secrets
from bramka.app.settings import Settings
from bramka.domain.errors import Missing, Unavailable
from bramka.domain.learning.endpoint import gateway_proof
from bramka.domain.learning.job import JOB_LIFE, Job, JobState
from bramka.store.job import MOST_LISTED, Jobs, Sought
from bramka.store.service import endpoint_by_id

WIDTH = 80
LOOK_SECONDS = 0.2
OUTPUT = click.option(
    "--output",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Text for people, JSON for scripts.",
)


@click.group()
def command() -> None:
    """Look after batch jobs."""


@command.command("list")
@with_settings("database")
@click.option("--endpoint", help="Only jobs of the endpoint with this id.")
@click.option(
    "--state",
    type=click.Choice(list(JOB_LIFE)),
    multiple=True,
    metavar="STATE",
    help=f"Only {', '.join(JOB_LIFE)} ones; may be given several times.",
)
@click.option("--subscription", help="Only jobs of callers with this subscription.")
@click.option(
    "--since",
    type=click.DateTime(),
    metavar="TIME",
    help="Only jobs made since then: 2026-01-31, or 2026-01-31T12:00:00.",
)
@click.option(
    "--until",
    type=click.DateTime(),
    metavar="TIME",
    help="Only jobs made before then.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_LISTED),
    default=20,
    show_default=True,
    help="How many.",
)
@OUTPUT
def list_jobs(
    settings: Settings,
    endpoint: str | None,
    state: tuple[JobState, ...],
    output: str,
    since: datetime | None,
    until: datetime | None,
    **how: Any,
) -> None:
    """Print the newest jobs first."""
    sought = Sought(
        endpoint=endpoint,
        states=state,
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
        **how,
    )
    jobs, _ = _jobs(settings).newest(sought)
    if output == "json":
        click.echo(_json(jobs))
        return
    whole = Column("id", no_wrap=True, min_width=32)
    table = Table(whole, "state", "created", "chunks", "rows done", box=None)
    for job in jobs:
        progress = f"{job.chunks_done}/{job.chunks}" if job.chunks else ""
        created = _local(job.created).strftime("%m-%d %H:%M")
        table.add_row(job.id, job.state, created, progress, f"{job.rows_done:,}")
    Console(width=WIDTH).print(table)


@command.command()
@with_settings("database")
@click.argument("job_id")
@OUTPUT
def show(settings: Settings, job_id: str, output: str) -> None:
    """Print one job: its state, times, progress, and why it failed."""
    jobs = _jobs(settings)
    job = jobs.find(job_id)
    failures = jobs.failures(job_id)
    if output == "json":
        shown = {**msgspec.structs.asdict(job), "failures": failures}
        click.echo(_json(shown))
        return
    lines = {
        "id": job.id,
        "state": job.state,
        "workspace": job.workspace,
        "endpoint": job.endpoint,
        "package": job.package,
        "caller": job.subscription,
        "created": _moment(job.created),
        "started": _moment(job.started),
        "ended": _moment(job.ended),
        "chunks": f"{job.chunks_done} of {job.chunks}",
        "uncut": job.uncut or "",
        "rows": _rows(job),
        "set aside": f"{job.rows_set_aside:,}" if job.rows_set_aside else "",
        "waiting": job.waiting or "",
        "details": job.details or "",
    }
    for name, text in lines.items():
        click.echo(f"{name:<10}{text}".rstrip())
    for failure in failures:
        tries = f"{failure.attempts} tries, {failure.waits} waits"
        click.echo(f"chunk {failure.chunk}: {tries}: {failure.reason}")


@command.command("log")
@with_settings("database")
@click.argument("job_id")
@OUTPUT
def print_log(settings: Settings, job_id: str, output: str) -> None:
    """Print what happened to a job, the oldest line first."""
    jobs = _jobs(settings)
    events = jobs.log(jobs.find(job_id).id)
    if output == "json":
        click.echo(_json(events))
        return
    for event in events:
        click.echo(f"{_moment(event.at)}  {event.text}")


@command.command()
@with_settings("database")
@click.argument("job_id")
def watch(settings: Settings, job_id: str) -> None:
    """Show a job's progress until it ends; exit code 1 unless it finished."""
    jobs = _jobs(settings)
    console = Console(stderr=True)
    show = _show_bar if console.is_terminal else _show_lines
    job = show(jobs, job_id, console)
    click.echo(job.status)
    if job.details:
        click.echo(job.details)
    if job.state != "finished":
        raise click.exceptions.Exit(1)


def _show_bar(jobs: Jobs, job_id: str, console: Console) -> Job:
    """A line of the terminal that is drawn anew; the job as it ended."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]}"),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=console, expand=True) as progress:
        bar = progress.add_task("", rows="", left="")
        told = ""
        for job in _looks(jobs, job_id, progress.console):
            if job.uncut and job.uncut != told:
                told = job.uncut
                progress.console.print(told, highlight=False)
            now = jobs.clock.now()
            progress.update(
                bar,
                description=job.state,
                total=job.rows or job.chunks or None,
                completed=job.rows_done if job.rows else job.chunks_done,
                rows=_pace(job, now),
                left=_left(job, now),
            )
    return job


def _show_lines(jobs: Jobs, job_id: str, console: Console) -> Job:
    """A line for each state and each tenth of the rows, for logs and other programs."""
    last = ""
    for job in _looks(jobs, job_id, console):
        done, total = job.rows_done, job.rows or 0
        if not total:
            done, total = job.chunks_done, job.chunks
        tenth = f"{job.state} {10 * (10 * done // total) if total else 0} %"
        if tenth != last:
            last, now = tenth, jobs.clock.now()
            parts = (tenth, _pace(job, now), _left(job, now), job.uncut or "")
            click.echo(", ".join(filter(None, parts)), err=True)
    return job


def _looks(jobs: Jobs, job_id: str, console: Console) -> Iterator[Job]:
    """The job again and again, the last time after its end; losses are waited for."""
    away = False
    while True:
        try:
            job = jobs.find(job_id)
        except Unavailable as error:
            if not away:
                console.print(f"waiting: {error.message}", highlight=False)
            away = True
        else:
            away = False
            yield job
            if job.ended is not None:
                return
        time.sleep(LOOK_SECONDS)


def _changing(name: str, text: str, change: Callable[[Jobs, str], None]) -> None:
    @command.command(name, help=text)
    @with_settings("database")
    @click.argument("job_id")
    def run(settings: Settings, job_id: str) -> None:
        change(_jobs(settings), job_id)


_changing("cancel", "Cancel a job that has not ended.", Jobs.cancel)
_changing("retry", "Run a failed job again, from its beginning.", Jobs.retry)


@command.command()
@with_settings("database")
@click.argument("endpoint_id")
def proof(settings: Settings, endpoint_id: str) -> None:
    """Print what a gateway shows to be believed whose calls it forwards."""
    _check_folder(settings)
    with opened_store(settings) as store, store.reading() as transaction:
        known = endpoint_by_id(transaction, endpoint_id)
    click.echo(gateway_proof(open_secrets(settings.data).pepper, known.id))


def _jobs(settings: Settings) -> Jobs:
    _check_folder(settings)
    store = click.get_current_context().with_resource(opened_store(settings))
    return Jobs(store.engine, store.clock, store.vault.cipher)


def _check_folder(settings: Settings) -> None:
    if not settings.data.is_dir():
        raise Missing(f"There is no data folder {settings.data}; name it with --data.")


def _json(content: object) -> str:
    return msgspec.json.format(msgspec.json.encode(content)).decode()


def _rows(job: Job) -> str:
    total = "?" if job.rows is None else f"{job.rows:,}"
    return f"{job.rows_done:,} of {total}" if job.chunks else ""


def _pace(job: Job, now: float) -> str:
    if not job.chunks:
        return ""
    pace = job.pace(now)
    return f"{_rows(job)} rows" + ("" if pace is None else f", {pace:,.0f} rows/s")


def _left(job: Job, now: float) -> str:
    if job.waiting:
        return f"waits: {job.waiting}"
    end = job.expected_end(now)
    return "" if end is None else f"{max(0.0, end - now):,.0f} s left"


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return _local(seconds).strftime("%Y-%m-%d %H:%M:%S")


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()
