"""Web services and their endpoints: who may call, how often, and which package."""

import base64
import hashlib
import hmac
import re
from typing import Literal

from msgspec import Struct

from bramka.domain.clock import Chance

DEFAULT_CONCURRENCY = 20
MOST_CONCURRENCY = 200
KEY_BYTES = 64
BATCH_ROWS = 32
MOST_BATCH_ROWS = 4096
MOST_BATCH_WAIT = 1000.0
"""Milliseconds."""

IDENTIFIER = re.compile(r"[0-9a-f]{32}")
"""Ids of workspaces, services, endpoints and jobs: a GUID without hyphens."""

TraceLevel = Literal["None", "Error", "All"]
ThrottleLevel = Literal["Low", "High"]
Batching = Literal["Off", "On", "Auto"]
"""Whether calls that arrive together are scored as one table; Auto: if that gains."""


class Keys(Struct, frozen=True, kw_only=True):
    """Two keys (or tokens) of equal right, so that one can be replaced in use."""

    primary: str
    secondary: str

    def __repr__(self) -> str:
        return "<Keys>"


class Digests(Struct, frozen=True, kw_only=True):
    """What is kept of two keys to recognise them."""

    primary: bytes
    secondary: bytes

    def admit(self, digest: bytes) -> bool:
        """Whether the key with this digest is one of the two."""
        # Both are compared, so that the time taken does not say which one fits.
        primary = hmac.compare_digest(digest, self.primary)
        return hmac.compare_digest(digest, self.secondary) | primary


class WebService(Struct, frozen=True, kw_only=True):
    """One published service of a workspace; it has a default endpoint."""

    id: str
    workspace_id: str
    name: str
    description: str = ""
    created: float = 0.0
    experiment_id: str | None = None
    """The experiment it is published from; publishing that again overwrites it."""
    default_endpoint_name: str = "default"


class Endpoint(Struct, frozen=True, kw_only=True):
    """One address of a web service, with digests of its keys, never the keys."""

    id: str
    service_id: str
    workspace_id: str
    service_name: str
    name: str = "default"
    description: str = ""
    created: float = 0.0
    updated: float = 0.0
    package: str
    """Folder name of the published package: the hash of its content."""
    digests: Digests
    max_concurrent_calls: int = DEFAULT_CONCURRENCY
    trace_level: TraceLevel = "None"
    throttle_level: ThrottleLevel = "High"
    prevent_update: bool = False
    sample_data_enabled: bool = True
    batching: Batching = "Off"
    max_batch_rows: int = BATCH_ROWS
    max_batch_wait: float = 0.0
    """Milliseconds that a call may wait for others while the model is free."""
    version: int = 1
    """How many packages the endpoint has had."""


def draw_key(chance: Chance) -> str:
    """A new service key: 88 characters of base64."""
    return base64.b64encode(bytes.fromhex(chance.hex(KEY_BYTES))).decode()


def gateway_proof(pepper: bytes, endpoint_id: str) -> str:
    """What a gateway shows to be believed whose call it forwards to an endpoint.

    It is not derived from the endpoint's keys, so who has those cannot make it.
    """
    text = f"gateway of endpoint {endpoint_id}".encode()
    return hmac.new(pepper, text, hashlib.sha256).hexdigest()
