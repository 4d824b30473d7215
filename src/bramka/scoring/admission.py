"""Which blobs of the embedded endpoint callers may name without showing its key."""

import re

from msgspec import Struct

from bramka.blobs.connection_string import parse_connection_string
from bramka.blobs.locator import parse_location
from bramka.blobs.refusal import invalid_connection
from bramka.domain.blob import BlobReference
from bramka.jobs.uploads import CONTAINER, FOLDER
from bramka.scoring.diagnostics import CONTAINER as DIAGNOSTICS

UPLOAD = re.compile(rf"{FOLDER}/\d{{4}}-\d\d-\d\d/[0-9a-f]{{32}}/[^/]+")
"""The name of an uploaded file; who knows it was told the secret in it."""


class DevelopmentStorage(Struct, frozen=True):
    """What `UseDevelopmentStorage=true` reaches when a caller says it."""

    containers: tuple[str, ...] = ()
    """Names, or beginnings of names with `*` behind them."""

    @classmethod
    def of(cls, listed: str) -> "DevelopmentStorage":
        """From a list with commas between."""
        return cls(tuple(filter(None, (name.strip() for name in listed.split(",")))))

    def check(self, reference: BlobReference, *, writing: bool) -> None:
        """Refuse a blob that others own; any other kind of reference shows a proof."""
        if not reference.connection_string:
            return
        if not parse_connection_string(reference.connection_string).development:
            return
        container, name = parse_location(reference.relative_location)
        if container == CONTAINER:
            # Results and uploads of everybody: no setting opens it.
            if not writing and UPLOAD.fullmatch(name):
                return
        elif container != DIAGNOSTICS and any(
            _fits(container, pattern) for pattern in self.containers
        ):
            return
        raise invalid_connection(
            f"UseDevelopmentStorage=true does not reach {container}/{name[:80]} here. "
            "Give the account's connection string, or BaseLocation and SasBlobToken; "
            "or have the operator add the container to development_containers."
        )


def _fits(container: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return container.startswith(pattern[:-1])
    return container == pattern
