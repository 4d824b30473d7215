"""Run batch jobs, alone or beside others that share the database."""

import click

from bramka.app.flags import with_settings
from bramka.app.keeping.key_lock import keys_in_use
from bramka.app.presence import present
from bramka.app.settings import Settings
from bramka.app.worker.process import run


@click.command()
@with_settings(
    *(
        "worker_processes",
        "chunk_rows",
        "job_days",
        "runner",
        "ray_address",
        "storage",
        "queue_seconds",
    ),
    *("database", "blobs_url", "outside_blobs"),
)
def command(settings: Settings) -> None:
    """Take chunks of batch jobs from the database and score them."""
    with keys_in_use(settings.data), present(settings, "worker"):
        run(settings)
