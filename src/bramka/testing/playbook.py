"""Trying policies as a story: calls, what came of them, time that passes.

    play("<rate-limit calls='1' renewal-period='60'/>") \\
        .call().passes().call().refused(429).after(60).call().passes()

The gateway is the real one; backends, time and chance are fakes.
"""

import asyncio
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any, Self

from cryptography import x509
from msgspec.structs import replace

from bramka.domain.errors import Invalid
from bramka.domain.traffic.authorization_context import Lend
from bramka.domain.traffic.cache import Caches, RemoteCache
from bramka.domain.traffic.certificate import ShownCertificate
from bramka.domain.traffic.configuration import Configuration, Instance
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument, Scope, Section
from bramka.domain.traffic.subscription import Subscription, key_digest
from bramka.expressions.freezing import freeze, thaw
from bramka.expressions.sources import expression_compiler
from bramka.expressions.surroundings import Surroundings
from bramka.gateway.gateway import Gateway
from bramka.gateway.memory_cache import MemoryCache
from bramka.testing.backends import Answer, Call, FakeBackends, Reply, connect
from bramka.testing.caller import Caller, written_request
from bramka.testing.clock import FakeChance, FakeClock
from bramka.testing.document import document_of, known_policies
from bramka.testing.loop import FakeLoop
from bramka.testing.nouns import API, BACKEND, KEY, OPERATIONS, PLACES, PRODUCT, USER
from bramka.wire.connection import Connection

LONGEST_CALL = 3600.0
"""Seconds of the fake clock after which a call counts as hung."""


@dataclass(kw_only=True, repr=False)
class Playbook:
    """One gateway with one API at `/`, a product and a subscription.

    The document stands at `scope`. `tables` replaces tables of the configuration,
    such as `{"fragments": {...}}`.
    """

    document: str
    scope: Scope = Scope.API
    open_api: bool = False
    """Whether the API is also served without a key."""
    region: str = "local"
    """What `context.Deployment.Region` tells."""
    operations: Sequence[Operation] = ()
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    backends: FakeBackends = field(default_factory=FakeBackends)
    clock: FakeClock = field(default_factory=FakeClock)
    identity: Identity | None = None
    lend: Lend | None = None
    cache: RemoteCache | None = None
    """The external cache."""
    certificate: x509.Certificate | None = None
    """What the caller shows of itself."""
    trusts: bool = True
    """Whether that leads to a certificate which the gateway trusts."""
    answer: Reply = field(init=False)
    """What the last call was answered."""
    answers: list[Reply] = field(init=False)
    """What the last calls were answered, when they were made together."""

    def __post_init__(self) -> None:
        self.backends.hosts.setdefault(BACKEND, Reply(200, b"from the backend"))
        self.loop = FakeLoop(self.clock)
        self.folder = Path(tempfile.mkdtemp(prefix="bramka-playbook-"))
        self.gateway = self.loop.run(self._open())
        # The finalizer must not hold the playbook itself.
        self._closed = weakref.finalize(self, _close, self.gateway, self.folder)
        self.gateway.take(self._configuration())

    async def _open(self) -> Gateway:
        chance = FakeChance()
        around = Surroundings(self.clock, chance)
        return Gateway(
            name="playbook",
            folder=self.folder,
            shelf=known_policies(),
            expressions=expression_compiler(around),
            served=around.settle,
            dial=self.backends,
            clock=self.clock,
            chance=chance,
            identity=self.identity,
            lend=self.lend,
            caches=Caches(MemoryCache(self.clock), self.cache, freeze, thaw),
        )

    def _configuration(self) -> Configuration:
        now = self.clock.now()
        usual: dict[str, Any] = {
            "apis": {"tried": replace(API, subscription_required=not self.open_api)},
            "operations": {one.id: one for one in self.operations or OPERATIONS},
            "products": {"starter": PRODUCT},
            "users": {"ada": USER},
            "subscriptions": {
                "first": Subscription(
                    id="first",
                    scope="/products/starter",
                    owner_id="ada",
                    created_date=now,
                    primary_digest=key_digest(KEY.encode(), b""),
                )
            },
            "policies": {
                self.scope.value: PolicyDocument(
                    scope=PLACES[self.scope], text=self.document
                )
            },
        }
        documents = {
            **{one.scope: one for one in usual["policies"].values()},
            **self.tables.get("policies", {}),
        }
        tables = {**usual, **self.tables, "policies": documents}
        instance = Instance(name="playbook", region=self.region)
        return Configuration(version=1, instance=instance, **tables)

    # --- what happens ---

    def call(
        self,
        method: str = "GET",
        path: str = "/",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        key: str | None = KEY,
    ) -> Self:
        """One call, with the subscription key unless it is None."""
        request = written_request(method, path, body, headers or {}, key)
        self.answer = self._exchanged([request])[0]
        return self

    def together(self, number: int, method: str = "GET", path: str = "/") -> Self:
        """Several calls at the same moment."""
        request = written_request(method, path, b"", {}, KEY)
        self.answers = self._exchanged([request] * number)
        return self

    def after(self, seconds: float) -> Self:
        """Time passes."""
        self.clock.advance(seconds)
        self.loop.settle()
        return self

    # --- what came of it ---

    def passes(self) -> Self:
        """The last call was answered well."""
        assert self.answer.status < 400, f"was not let through: {_shown(self.answer)}"
        return self

    def refused(self, status: int, message: str = "") -> Self:
        """The last call was answered with this error status."""
        assert self.answer.status == status, (
            f"expected {status}, got {_shown(self.answer)}"
        )
        assert message in self.answer.text, (
            f"expected '{message}', got {_shown(self.answer)}"
        )
        return self

    def answered(self, text: str, status: int = 200) -> Self:
        """The last call was answered with exactly this body."""
        found = (self.answer.status, self.answer.text)
        assert found == (status, text), (
            f"expected {status} '{text}', got {_shown(self.answer)}"
        )
        return self

    @property
    def sent(self) -> Call:
        """The last request that reached a backend."""
        assert self.backends.calls, "no call reached a backend"
        return self.backends.calls[-1]

    def reached(self, number: int) -> Self:
        """So many requests reached backends since the playbook began."""
        found = len(self.backends.calls)
        assert found == number, f"expected {number} calls of backends, got {found}"
        return self

    def __repr__(self) -> str:
        return f"<Playbook: {self.gateway!r}>"

    # --- how it is done ---

    def _exchanged(self, requests: list[bytes]) -> list[Reply]:
        self.gateway.engine.tick()

        async def all_of_them() -> list[Reply]:
            return await asyncio.gather(*map(self._exchange, requests))

        replies = self.loop.run(all_of_them())
        self.loop.settle()
        return replies

    async def _exchange(self, request: bytes) -> Reply:
        bodiless = request.startswith(b"HEAD ")
        caller = Caller(self.loop.create_future(), bodiless=bodiless)
        scheme = "http" if self.certificate is None else "https"
        connection = Connection(self.gateway.server, scheme)
        if self.certificate is not None:
            shown = ShownCertificate(self.certificate, is_trusted=self.trusts)
            connection.certificate = lambda: shown
            # As where there is TLS, which always looks at the host.
            self.gateway.server.refuses_host = lambda _host: 0
        connect(self.loop, caller, connection)
        caller.pipe.write(request)
        try:
            return await asyncio.wait_for(caller.done, LONGEST_CALL)
        except TimeoutError:
            raise AssertionError("the call was never answered") from None
        finally:
            caller.pipe.close()


def play(  # noqa: PLR0913 the sections of a document, and what surrounds it
    policy: str = "",
    *,
    inbound: str = "",
    backend: str = "",
    outbound: str = "",
    on_error: str = "",
    scope: Scope | str | None = None,
    open_api: bool = False,
    region: str = "local",
    operations: Sequence[Operation] = (),
    tables: Mapping[str, Mapping[str, Any]] | None = None,
    answers: Reply | Answer | None = None,
    hosts: Mapping[str, Reply | Answer] | None = None,
    clock: FakeClock | None = None,
    identity: Identity | None = None,
    lend: Lend | None = None,
    cache: RemoteCache | None = None,
) -> Playbook:
    """A playbook for one policy, for sections of policies, or for a whole document.

    A single policy is put where it may stand. `answers` is how the API's backend
    answers, `hosts` how others do.
    """
    sections = {
        Section.INBOUND: inbound,
        Section.BACKEND: backend,
        Section.OUTBOUND: outbound,
        Section.ON_ERROR: on_error,
    }
    wanted = None if scope is None else Scope(scope)
    text, usual = document_of(policy, sections, wanted)
    known = dict(hosts or {})
    if answers is not None:
        known[BACKEND] = answers
    return Playbook(
        document=text,
        scope=usual,
        open_api=open_api,
        region=region,
        operations=operations,
        tables=tables or {},
        backends=FakeBackends(known),
        clock=clock or FakeClock(),
        identity=identity,
        lend=lend,
        cache=cache,
    )


def refusal_of(policy: str = "", **how: Any) -> str:
    """Why `play` cannot compile this; AssertionError when it can."""
    try:
        play(policy, **how)
    except Invalid as refusal:
        return "; ".join(one.message for one in refusal.details) or refusal.message
    raise AssertionError(f"it compiles: {policy or how}")


def _shown(answer: Reply) -> str:
    return f"{answer.status} {answer.reason}: {answer.body[:300]!r}"


def _close(gateway: Gateway, folder: Path) -> None:
    gateway.allowances.close()
    gateway.log_files.close()
    rmtree(folder, ignore_errors=True)
