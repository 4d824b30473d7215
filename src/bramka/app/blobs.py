"""The blobs process: the embedded Blob endpoint over the data folder."""

from contextlib import suppress

from bramka.app.asgi import Server
from bramka.app.clock import SystemChance, SystemClock
from bramka.app.keeping.secrets import open_secrets
from bramka.app.log import set_up_logging
from bramka.app.settings import Settings
from bramka.blobs.call import Place
from bramka.blobs.containers import create_container
from bramka.blobs.depot import Depot
from bramka.blobs.endpoint import make_app
from bramka.blobs.fault import Fault
from bramka.scoring.diagnostics import CONTAINER as DIAGNOSTICS

ACCOUNT = "bramka"
"""The account every installation has; its key is made at first use."""

GRACE_SECONDS = 5
"""How long uploads and downloads may go on when told to end."""
RESULTS = "experimentoutput"
GIGABYTE = 1_000_000_000


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    set_up_logging("blobs", settings.log_level)
    accounts = {ACCOUNT: open_secrets(settings.data).blob_account_key}
    folder, clock, chance = settings.data / "blobs", SystemClock(), SystemChance()
    make_own_containers(Depot(folder, clock, chance))
    quota = int(settings.blobs_gigabytes * GIGABYTE) or None
    app = make_app(folder, accounts, clock, chance, quota=quota)
    host, port = settings.host, settings.blobs_port
    Server(app, host, port, grace_seconds=GRACE_SECONDS).run()


def make_own_containers(depot: Depot) -> None:
    """For results of batch jobs whose callers name no place, and for traced calls."""
    for name in (RESULTS, DIAGNOSTICS):
        with suppress(Fault):  # It is there from the last time.
            create_container(depot, Place(ACCOUNT, name), {})
    depot.close()
