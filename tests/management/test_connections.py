"""Tokens of connections: renewed once, however many ask, wherever they ask."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.databases import KINDS, new_database, new_store

from bramka.domain.errors import Conflict, Forbidden, Unauthenticated, Unavailable
from bramka.domain.traffic.authorization_context import LentToken, WantedToken
from bramka.domain.traffic.credential import (
    AccessPolicy,
    Authorization,
    AuthorizationProvider,
    OAuth2Settings,
)
from bramka.domain.traffic.credential_access import principal
from bramka.management.connections import PAUSE_SECONDS, Lending
from bramka.store import instance
from bramka.store.connection import CONNECTION
from bramka.store.credential import (
    ACCESS_POLICIES,
    AUTHORIZATION_PROVIDERS,
    AUTHORIZATIONS,
)
from bramka.store.transaction import Store
from bramka.testing import FakeClock

MINE = WantedToken(provider="shop", authorization="own")
TOKEN = "https://tokens.test/token"


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An instance with a connection that the instance itself may use."""
    with (
        new_database(request.param, tmp_path, request, "demo") as url,
        new_store(url, FakeClock()) as store,
    ):
        client = {"clientId": "me", "clientSecret": "s3cret", "tokenUrl": TOKEN}
        settings = OAuth2Settings(grant_types={"clientCredentials": client})
        provider = AuthorizationProvider(id="shop", oauth2=settings)
        own = Authorization(
            provider_id="shop", id="own", oauth2grant_type="ClientCredentials"
        )
        with store.writing() as transaction:
            AUTHORIZATION_PROVIDERS.put(transaction, provider)
            AUTHORIZATIONS.put(transaction, own)
            itself = principal(instance.get(transaction).noun)
        allow(store, itself.object_id)
        yield store


def allow(store: Store, object_id: str, **more: Any) -> None:
    policy = AccessPolicy(
        provider_id="shop",
        authorization_id="own",
        id="who",
        object_id=object_id,
        **more,
    )
    with store.writing() as transaction:
        ACCESS_POLICIES.put(transaction, policy)


class Provider:
    """Gives numbered tokens, or what it was told to do instead."""

    def __init__(self, seconds: float | None = 600) -> None:
        self.seconds = seconds
        self.forms: list[dict[str, str]] = []
        self.refusal: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def ask(self, door: str, form: dict[str, str]) -> bytes:
        assert door == TOKEN
        self.open.wait(90)
        self.forms.append(form)
        if self.refusal is not None:
            raise self.refusal
        told: dict[str, object] = {"access_token": f"token-{len(self.forms)}"}
        if self.seconds is not None:
            told["expires_in"] = self.seconds
        return msgspec.json.encode({**told, "scope": "read"})


def lend(store: Store, provider: Provider, wanted: WantedToken = MINE) -> LentToken:
    return Lending(store, provider.ask, None).lend(wanted)


def clock_of(store: Store) -> FakeClock:
    assert isinstance(store.clock, FakeClock)
    return store.clock


def test_many_who_ask_at_once_make_one_question(store: Store) -> None:
    provider = Provider()
    provider.open.clear()
    # Each of them is a console of its own.
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(lend, store, provider) for _ in range(8)]
        provider.open.set()
        lent = [one.result(90) for one in asked]
    assert {one.access_token for one in lent} == {"token-1"}
    assert len(provider.forms) == 1
    assert provider.forms[0]["grant_type"] == "client_credentials"


def test_a_token_is_renewed_before_it_ends_and_not_sooner(store: Store) -> None:
    provider, clock = Provider(seconds=600), clock_of(store)
    first = lend(store, provider)
    assert (first.access_token, first.seconds) == ("token-1", 600)
    assert first.claims == {"expires_in": 600, "scope": "read"}
    clock.advance(299)
    assert lend(store, provider).access_token == "token-1"
    clock.advance(2)
    assert lend(store, provider).access_token == "token-2"
    provider.seconds = None
    clock.advance(400)
    assert lend(store, provider).seconds == 3600


def test_a_provider_that_is_away_is_not_asked_at_every_call(store: Store) -> None:
    provider, clock = Provider(), clock_of(store)
    lend(store, provider)
    provider.refusal = Unavailable("tokens.test does not answer: ConnectError.")
    clock.advance(400)
    assert lend(store, provider).access_token == "token-1", "it is still good"
    clock.advance(400)
    for _ in range(3):
        with pytest.raises(Unavailable, match="does not answer"):
            lend(store, provider)
    assert len(provider.forms) == 3
    provider.refusal = None
    clock.advance(PAUSE_SECONDS)
    assert lend(store, provider).access_token == "token-4"


def test_a_provider_that_refuses_puts_the_connection_in_error(store: Store) -> None:
    provider = Provider()
    provider.refusal = Unauthenticated("tokens.test refuses: 401.")
    for _ in range(2):
        with pytest.raises(Conflict, match=r"in error: tokens\.test refuses: 401"):
            lend(store, provider)
    assert len(provider.forms) == 1


def test_only_who_an_access_policy_names_gets_a_token(store: Store) -> None:
    provider = Provider()
    itself = principal(instance_of(store))
    allow(store, "somebody else")
    with pytest.raises(Forbidden, match=itself.object_id):
        lend(store, provider)
    allow(store, itself.object_id.upper(), tenant_id="another")
    with pytest.raises(Forbidden):
        lend(store, provider)
    allow(store, itself.object_id, tenant_id=itself.tenant_id)
    assert lend(store, provider).access_token == "token-1"
    assert len(provider.forms) == 1


def instance_of(store: Store) -> Any:
    with store.reading() as transaction:
        return instance.get(transaction).noun


def test_a_callers_own_token_counts_for_whom_it_speaks_of(store: Store) -> None:
    provider, now = Provider(seconds=600), clock_of(store).now()
    said = {"oid": "ann", "tid": "t", "azp": "shop", "exp": now + 60, "groups": ["g"]}
    wanted = msgspec.structs.replace(MINE, identity_type="jwt", identity="a.b.c")

    def read(token: str) -> dict[str, Any]:
        assert token == "a.b.c"
        return said

    lending = Lending(store, provider.ask, read)
    with pytest.raises(Forbidden, match="'ann'"):
        lending.lend(wanted)
    allow(store, "ann", tenant_id="t", app_ids=("shop",))
    assert lending.lend(wanted).seconds == 60, "no longer than their own is good"
    allow(store, "ann", app_ids=("another",))
    with pytest.raises(Forbidden):
        lending.lend(wanted)
    allow(store, "G")
    assert lending.lend(wanted).access_token == "token-1"
    with pytest.raises(Forbidden, match="oidc_issuer"):
        lend(store, provider, wanted)


def test_what_is_kept_of_a_token_is_sealed(store: Store) -> None:
    lend(store, Provider())
    with store.reading() as transaction:
        rows = transaction.connection.execute(CONNECTION.select()).all()
    assert len(rows) == 1
    assert b"token-1" not in rows[0].tokens
