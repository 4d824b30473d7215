"""Which operation a call asks for, and the permission it needs."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from starlette.responses import Response

from bramka.blobs import on_batch, on_blob, on_block, on_container
from bramka.blobs.call import Call
from bramka.blobs.exchange import Exchange
from bramka.blobs.fault import Fault
from bramka.blobs.sas import Grant

SERVICE, CONTAINER, BLOB = "service", "container", "blob"
PARTS = "parts"
"""The level of an operation whose parts prove themselves, each on its own."""


class Operation(Struct, frozen=True):
    """An operation, and the letters of permission of which one is needed."""

    run: Callable[[Exchange], Awaitable[Response]]
    any_of: str
    level: str

    def check(self, grant: Grant) -> None:
        """Refuse a caller whose signature does not grant this."""
        if self.level == PARTS or grant.owner:
            return
        if self.level not in grant.levels:
            raise Fault("AuthorizationResourceTypeMismatch")
        if not grant.allows(self.any_of, self.level):
            raise Fault("AuthorizationPermissionMismatch")


OPERATIONS = {
    (SERVICE, "", "GET", "list"): Operation(on_container.list_all, "l", SERVICE),
    (SERVICE, "account", "GET", "properties"): Operation(
        on_container.show_account, "rwdlacup", SERVICE
    ),
    (SERVICE, "account", "HEAD", "properties"): Operation(
        on_container.show_account, "rwdlacup", SERVICE
    ),
    (CONTAINER, CONTAINER, "PUT", ""): Operation(on_container.create, "cw", CONTAINER),
    (CONTAINER, CONTAINER, "GET", ""): Operation(on_container.show, "r", CONTAINER),
    (CONTAINER, CONTAINER, "HEAD", ""): Operation(on_container.show, "r", CONTAINER),
    (CONTAINER, CONTAINER, "GET", "metadata"): Operation(
        on_container.show, "r", CONTAINER
    ),
    (CONTAINER, CONTAINER, "HEAD", "metadata"): Operation(
        on_container.show, "r", CONTAINER
    ),
    (CONTAINER, CONTAINER, "PUT", "metadata"): Operation(
        on_container.change_metadata, "w", CONTAINER
    ),
    (CONTAINER, CONTAINER, "DELETE", ""): Operation(
        on_container.delete, "d", CONTAINER
    ),
    # An empty letter set: for the account's key alone.
    (CONTAINER, CONTAINER, "GET", "acl"): Operation(
        on_container.show_access, "", CONTAINER
    ),
    (CONTAINER, CONTAINER, "GET", "list"): Operation(
        on_container.list_contents, "l", "listing"
    ),
    (SERVICE, "", "POST", "batch"): Operation(on_batch.run, "", PARTS),
    (CONTAINER, CONTAINER, "POST", "batch"): Operation(on_batch.run, "", PARTS),
    (BLOB, "", "PUT", ""): Operation(on_blob.put, "cw", BLOB),
    (BLOB, "", "GET", ""): Operation(on_blob.get, "r", BLOB),
    (BLOB, "", "HEAD", ""): Operation(on_blob.show, "r", BLOB),
    (BLOB, "", "DELETE", ""): Operation(on_blob.delete, "d", BLOB),
    (BLOB, "", "GET", "metadata"): Operation(on_blob.show, "r", BLOB),
    (BLOB, "", "HEAD", "metadata"): Operation(on_blob.show, "r", BLOB),
    (BLOB, "", "PUT", "metadata"): Operation(on_blob.change_metadata, "w", BLOB),
    (BLOB, "", "PUT", "properties"): Operation(on_blob.change_headers, "w", BLOB),
    (BLOB, "", "PUT", "block"): Operation(on_block.put_block, "cw", BLOB),
    (BLOB, "", "PUT", "blocklist"): Operation(on_block.put_block_list, "cw", BLOB),
    (BLOB, "", "GET", "blocklist"): Operation(on_block.get_block_list, "r", BLOB),
}
"""Level of the address, `restype`, method and `comp` → operation."""


def operation_of(call: Call) -> Operation:
    """The operation a call asks for."""
    kind, comp = call.query.get("restype", ""), call.query.get("comp", "")
    found = OPERATIONS.get((call.level, kind, call.method, comp))
    if found is not None:
        return found
    if any(key[:2] == (call.level, kind) and key[3] == comp for key in OPERATIONS):
        raise Fault("UnsupportedHttpVerb", f"{call.method} is not supported here.")
    if comp or kind:
        raise Fault(
            "UnsupportedQueryParameter", f"Found restype={kind!r}, comp={comp!r}."
        )
    raise Fault("InvalidUri")
