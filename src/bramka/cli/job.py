"""List, show, watch, cancel and retry batch jobs."""

import time
from collections.abc import Callable
from datetime import datetime

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column, Table

from bramka.app.database import open_store
from bramka.app.flags import with_settings
from bramka.app.settings import Settings
from bramka.domain.errors import Missing
from bramka.domain.learning.job import JOB_LIFE, Job, JobState
from bramka.store.job import MOST_LISTED, Jobs

WIDTH = 80
LOOK_SECONDS = 0.2
OUTPUT = click.option("--output", type=click.Choice(["text", "json"]), default="text")


@click.group()
def command() -> None:
    """Look after batch jobs."""


@command.command("list")
@with_settings("database")
@click.option("--endpoint", help="Only jobs of the endpoint with this id.")
@click.option("--state", type=click.Choice(list(JOB_LIFE)), multiple=True)
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=20)
@OUTPUT
def list_jobs(
    settings: Settings,
    endpoint: str | None,
    state: tuple[JobState, ...],
    limit: int,
    output: str,
) -> None:
    """Print the newest jobs first."""
    jobs = _jobs(settings).newest(endpoint=endpoint, states=state, limit=limit)
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
    job = _jobs(settings).find(job_id)
    if output == "json":
        click.echo(_json(job))
        return
    lines = {
        "id": job.id,
        "state": job.state,
        "workspace": job.workspace,
        "endpoint": job.endpoint,
        "package": job.package,
        "created": _moment(job.created),
        "started": _moment(job.started),
        "ended": _moment(job.ended),
        "chunks": f"{job.chunks_done} of {job.chunks}",
        "rows": _rows(job),
        "details": job.details or "",
    }
    for name, text in lines.items():
        click.echo(f"{name:<10}{text}".rstrip())


@command.command()
@with_settings("database")
@click.argument("job_id")
def watch(settings: Settings, job_id: str) -> None:
    """Show a job's progress until it ends; exit code 1 unless it finished."""
    jobs = _jobs(settings)
    job = jobs.find(job_id)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]} rows"),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(job.state, rows="")
        while True:
            progress.update(
                bar,
                description=job.state,
                total=job.chunks or None,
                completed=job.chunks_done,
                rows=_rows(job),
            )
            if job.ended is not None:
                break
            time.sleep(LOOK_SECONDS)
            job = jobs.find(job_id)
    click.echo(job.status)
    if job.details:
        click.echo(job.details)
    if job.state != "finished":
        raise click.exceptions.Exit(1)


def _changing(name: str, text: str, change: Callable[[Jobs, str], None]) -> None:
    @command.command(name, help=text)
    @with_settings("database")
    @click.argument("job_id")
    def run(settings: Settings, job_id: str) -> None:
        change(_jobs(settings), job_id)


_changing("cancel", "Cancel a job that has not ended.", Jobs.cancel)
_changing("retry", "Run a failed job again, from its beginning.", Jobs.retry)


def _jobs(settings: Settings) -> Jobs:
    if not settings.data.is_dir():
        raise Missing(f"There is no data folder {settings.data}; name it with --data.")
    store = open_store(settings)
    return Jobs(store.engine, store.clock, store.vault.cipher)


def _json(content: object) -> str:
    return msgspec.json.format(msgspec.json.encode(content)).decode()


def _rows(job: Job) -> str:
    total = "?" if job.rows is None else f"{job.rows:,}"
    return f"{job.rows_done:,} of {total}" if job.chunks else ""


def _moment(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return _local(seconds).strftime("%Y-%m-%d %H:%M:%S")


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()
