"""The cloud's own client, and the inventory of what it can ask for."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from azure.core.credentials import AzureKeyCredential
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.apimanagement import ApiManagementClient
from tests.databases import DEMO
from tests.management.console import Console

Sdk = Any
"""The client; its generated types say that everything may be None."""


@contextmanager
def sdk_of(console: Console) -> Iterator[Sdk]:
    """A client of a console."""
    credential: Any = AzureKeyCredential(console.token)
    with ApiManagementClient(
        credential=credential,
        subscription_id=DEMO.subscription_id,
        base_url=console.url,
        # A token over plain HTTP: the client's own policy insists on TLS.
        authentication_policy=AzureKeyCredentialPolicy(
            credential, "Authorization", prefix="Bearer"
        ),
        polling_interval=0,
    ) as client:
        yield client


def operations(client: Sdk) -> dict[str, Any]:
    """`group.operation` → its method, for all but those of workspaces."""
    found: dict[str, Any] = {}
    for group, one in sorted(vars(client).items()):
        if group.startswith("_") or "workspace" in group:
            continue
        if not type(one).__name__.endswith("Operations"):
            continue
        for name, method in inspect.getmembers(one, inspect.ismethod):
            if not name.startswith("_"):
                found[f"{group}.{name}"] = method
    mixed_in = "begin_perform_connectivity_check_async"
    found[f"client.{mixed_in}"] = getattr(client, mixed_in)
    return found
