"""The management REST: admits the caller and does the call in one transaction."""

from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden, Invalid, Missing
from bramka.domain.traffic.instance import ServiceInstance
from bramka.management.audit import noted
from bramka.management.call import Call, Site
from bramka.management.caller import Presented, caller_of, presented, vouched
from bramka.management.directory import below_provider, tell
from bramka.management.door import read_body
from bramka.management.linked import follow_link
from bramka.management.path import Target, find_target
from bramka.management.refusal import refuse
from bramka.management.resource import AnyResource
from bramka.management.shape import write_date
from bramka.management.verbs import answer, as_json
from bramka.store import instance
from bramka.store.access_token import AccessToken, Role
from bramka.store.change import queue_for_change
from bramka.store.transaction import Transaction

OLDEST, NEWEST = "2021-08-01", "2024-05-01"
READS = ("GET", "HEAD")


class Management:
    """Answers every call under `/subscriptions` and `/providers`."""

    def __init__(self, site: Site, root: AnyResource, wake: Callable[[], None]) -> None:
        """`root` is the service instance; `wake` is called after each change."""
        self._site, self._root, self._wake = site, root, wake

    async def answer(self, request: Request) -> Response:
        try:
            shown = presented(request, self._site)
            asked = Asked(request, await read_body(request))
            response = await anyio.to_thread.run_sync(self._answer, asked, shown)
        except Exception as error:
            # The edge: every error has one shape.
            return refuse(error)
        # A browser that kept it would ask with its tag, and show others what it kept.
        response.headers.setdefault("Cache-Control", "no-store")
        if request.method not in READS:
            self._wake()
        return response

    def _answer(self, asked: "Asked", shown: Presented) -> Response:
        store = self._site.store
        shown = vouched(self._site, shown)
        with store.reading() as transaction:
            caller = caller_of(transaction, shown)
            role = caller.role
            asked.check_version()
            own = instance.get(transaction).noun
            above = below_provider(own, asked.parts)
            if above is not None:
                call = self._call(asked, transaction, own, caller)
                told = tell(asked.method, call, self._root, above)
                return told if isinstance(told, Response) else as_json(told)
            target = find_target(self._root, _below(own, asked.parts))
            self._refuse_deleted(own, asked.method, target)
            if asked.method in READS or not _writes(target):
                _admit(role, asked.method, target)
                call = self._call(asked, transaction, own, caller)
                return answer(asked.method, call, target)
        _admit(role, asked.method, target)
        # Before the transaction: others would wait while somebody's server is slow.
        asked.body = follow_link(asked.body, self._site.fetch)
        with store.writing() as transaction:
            queue_for_change(transaction)
            own = instance.get(transaction).noun
            self._refuse_deleted(own, asked.method, target)
            call = self._call(asked, transaction, own, caller)
            return noted(caller, asked.method, call, target)

    def _refuse_deleted(
        self, own: ServiceInstance, method: str, target: Target
    ) -> None:
        """Missing for all of a deleted instance but bringing it back."""
        restoring = target.resource is self._root and method in ("PUT", "DELETE")
        if own.deleted_at is not None and not (restoring and target.action is None):
            raise Missing(
                f"The instance '{own.name}' was deleted on "
                f"{write_date(own.deleted_at)}; an owner brings it back by a PUT of "
                '{"properties": {"restore": true}}, or by `bramka undelete`.',
                target="serviceName",
            )

    def _call(
        self,
        asked: "Asked",
        transaction: Transaction,
        own: ServiceInstance,
        caller: AccessToken,
    ) -> Call:
        return Call(
            site=self._site,
            transaction=transaction,
            instance=own,
            url=asked.url,
            query=asked.query,
            if_match=asked.if_match,
            if_none_match=asked.if_none_match,
            body=asked.body,
            accept=asked.accept,
            role=caller.role,
            caller=caller,
        )


class Asked:
    """A request as a thread can use it."""

    def __init__(self, request: Request, body: bytes) -> None:
        self.method = request.method
        self.query = dict(request.query_params)
        self.if_match = request.headers.get("if-match")
        self.if_none_match = request.headers.get("if-none-match")
        self.accept = request.headers.get("accept", "")
        self.url = str(request.url.replace(query=""))
        self.body = body
        # Split before decoding: an encoded slash is part of an id.
        path = request.scope["raw_path"].decode("ascii", errors="replace")
        self.parts = [unquote(part) for part in path.strip("/").split("/")]

    def check_version(self) -> None:
        """Invalid unless the call names an api-version that we speak."""
        version = self.query.get("api-version", "")
        plain = version.removesuffix("-preview")
        if not (_is_date(plain) and OLDEST <= plain <= NEWEST):
            missing = "is missing" if not version else f"'{version}' is not spoken here"
            refusal = Invalid(
                f"The query parameter api-version {missing}; give one between "
                f"{OLDEST} and {NEWEST}.",
                target="api-version",
            )
            kind = "Invalid" if version else "Missing"
            refusal.code = f"{kind}ApiVersionParameter"
            raise refusal


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _writes(target: Target) -> bool:
    return target.action is None or target.action.writes


def _admit(role: Role, method: str, target: Target) -> None:
    if method in READS:
        return
    if role == "viewer":
        raise Forbidden("A viewer only reads; this takes an editor or owner.")
    if role == "editor" and target.resource.owner_only:
        raise Forbidden("An editor does not change this; it takes an owner.")


def _below(own: ServiceInstance, parts: list[str]) -> list[str]:
    """The parts below the instance; Missing when the path is of another one."""
    wanted = (
        *("subscriptions", own.subscription_id),
        *("resourceGroups", own.resource_group),
        *("providers", "Microsoft.ApiManagement"),
        *("service", own.name),
    )
    given = parts[: len(wanted)]
    same = [a.lower() == b.lower() for a, b in zip(wanted, given, strict=False)]
    if len(given) < len(wanted) or not all(same):
        raise Missing(
            f"There is no such resource here; the instance is at /{'/'.join(wanted)}.",
            target="id",
        )
    return parts[len(wanted) :]
