"""What processes that take or do batch jobs have in common."""

from bramka.app.blobs import ACCOUNT
from bramka.app.keeping.secrets import Secrets
from bramka.app.settings import Settings
from bramka.blobs.frontier import Frontier
from bramka.blobs.locator import Locator
from bramka.domain.clock import Clock


def open_locator(settings: Settings, secrets: Secrets, clock: Clock) -> Locator:
    """Finds blobs of the embedded endpoint, and elsewhere as the settings allow."""
    frontier = Frontier(
        public=settings.outside_blobs != "none",
        private=settings.outside_blobs == "any",
    )
    accounts = {ACCOUNT: secrets.blob_account_key}
    return Locator(settings.blobs_url, accounts, clock, frontier)
