"""Tokens of connections: lent to gateways, renewed by one console at a time."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from bramka.domain.errors import (
    BramkaError,
    Conflict,
    Forbidden,
    Unauthenticated,
    Unavailable,
)
from bramka.domain.traffic.authorization_context import LentToken, WantedToken
from bramka.domain.traffic.credential import Authorization
from bramka.domain.traffic.credential_access import Asker, by_token, lets_in, principal
from bramka.domain.traffic.credential_grant import (
    Terms,
    Tokens,
    form_for_client,
    form_for_renewal,
    read_tokens,
    terms_of,
)
from bramka.store import connection, instance
from bramka.store.change import queue_for_change
from bramka.store.connection import Connected
from bramka.store.credential import (
    ACCESS_POLICIES,
    AUTHORIZATION_PROVIDERS,
    AUTHORIZATIONS,
)
from bramka.store.transaction import Store, Transaction

LOG = logging.getLogger(__name__)
AskProvider = Callable[[str, dict[str, str]], bytes]
"""POSTs a form to a provider: Unauthenticated if it refuses, Unavailable if away."""
ReadToken = Callable[[str], dict[str, Any]]
"""What a caller's own token says, once it was checked; Unauthenticated when wrong."""
CLAIM_SECONDS = 15.0
"""How long one may take to renew; then another tries."""
PAUSE_SECONDS = 10.0
"""After a failure nobody asks the provider again for so long."""
LOOK_SECONDS = 0.1
FOR_EVER = 3600.0
"""Seconds for which a token without an end is lent."""
AT_ONCE = 2
"""Connections that are tried out at a time."""


class Connections(Protocol):
    """What the REST knows of it."""

    def try_out(self, provider: str, one: str) -> None:
        """Get a first token soon, once what was written is there for all."""


class Lending:
    """The console's end of every connection."""

    def __init__(
        self,
        store: Store,
        ask: AskProvider,
        read: ReadToken | None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`read` checks tokens of callers; None where no issuer of theirs is known."""
        self._store, self._ask, self._read, self._pause = store, ask, read, pause
        self._pool = ThreadPoolExecutor(AT_ONCE, "connections")

    def __repr__(self) -> str:
        return "<Lending>"

    def close(self) -> None:
        """Try nothing out any more; what is going on may end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def lend(self, wanted: WantedToken) -> LentToken:
        """A token, for somebody whom the access policies let in."""
        asker = self._asker(wanted)
        ids = wanted.provider, wanted.authorization
        with self._store.reading() as transaction:
            _admit(transaction, ids, asker)
        tokens = self._fresh(ids)
        left = FOR_EVER
        now = self._store.clock.now()
        for end in (tokens.ends, asker.until):
            left = left if end is None else min(left, end - now)
        return LentToken(
            access_token=tokens.access_token,
            claims=tokens.claims,
            seconds=max(0.0, left),
        )

    def try_out(self, provider: str, one: str) -> None:
        self._pool.submit(self._first, (provider, one))

    def _first(self, ids: tuple[str, str]) -> None:
        # Who asked may not have ended their transaction yet: this waits for it.
        with self._store.writing() as transaction:
            queue_for_change(transaction)
            if AUTHORIZATIONS.find(transaction, *ids) is None:
                return
        try:
            self._fresh(ids)
        except BramkaError as error:
            LOG.info("the connection %s/%s gives no token: %s", *ids, error.message)
        except Exception as error:  # the edge of the thread
            LOG.error("the connection %s/%s was not tried", *ids, exc_info=error)

    def _asker(self, wanted: WantedToken) -> Asker:
        if wanted.identity_type == "jwt":
            if self._read is None:
                raise Forbidden(
                    "Tokens of callers cannot be checked here: set oidc_issuer to who "
                    "makes them, or use identity-type managed."
                )
            try:
                return by_token(self._read(wanted.identity))
            except Unauthenticated as error:
                raise Forbidden(error.message) from None
        with self._store.reading() as transaction:
            return principal(instance.get(transaction).noun)

    def _fresh(self, ids: tuple[str, str]) -> Tokens:
        """Tokens that need not be renewed; renewed now, or by who is at it."""
        until = self._store.clock.monotonic() + CLAIM_SECONDS
        while True:
            with self._store.reading() as transaction:
                held = connection.find(transaction, *ids)
                now = transaction.now
            if held.tokens is not None and held.tokens.is_fresh(now):
                return held.tokens
            with self._store.writing() as transaction:
                mine = connection.claim(transaction, *ids, CLAIM_SECONDS)
            if mine:
                return self._renewed(ids)
            # One that is still good is better than to wait for the next.
            if held.tokens is not None and held.tokens.is_good(now):
                return held.tokens
            if held.code:
                raise _failure(held.code, held.message)
            if self._store.clock.monotonic() >= until:
                raise Unavailable("The connection is being renewed; ask again.")
            self._pause(LOOK_SECONDS)

    def _renewed(self, ids: tuple[str, str]) -> Tokens:
        with self._store.reading() as transaction:
            held = connection.find(transaction, *ids)
            now = transaction.now
        if held.tokens is not None and held.tokens.is_fresh(now):
            with self._store.writing() as transaction:
                connection.keep(transaction, *ids, held.tokens)
            return held.tokens
        try:
            tokens, terms = self._asked(ids, held)
        except BramkaError as error:
            with self._store.writing() as transaction:
                connection.note_failure(transaction, *ids, error, PAUSE_SECONDS)
            if held.tokens is not None and held.tokens.is_good(self._store.clock.now()):
                return held.tokens
            raise _failure(error.code, error.message) from None
        with self._store.writing() as transaction:
            # What was changed or deleted meanwhile has no use for them.
            if _terms(transaction, ids)[1] == terms:
                connection.keep(transaction, *ids, tokens)
        return tokens

    def _asked(self, ids: tuple[str, str], held: Connected) -> tuple[Tokens, Terms]:
        """What the provider gives now."""
        with self._store.reading() as transaction:
            found, terms = _terms(transaction, ids)
        now = self._store.clock.now
        if found.oauth2grant_type == "ClientCredentials":
            told = self._ask(terms.token, form_for_client(terms))
            return read_tokens(told, now(), asks_anew=True), terms
        if held.tokens is None:
            raise Unauthenticated(NOBODY)
        if held.tokens.refresh_token is None:
            raise Unauthenticated(ENDED)
        form = form_for_renewal(terms, held.tokens.refresh_token)
        told = self._ask(terms.refresh, form)
        return read_tokens(told, now(), before=held.tokens), terms


NOBODY = "Nobody has logged in to this connection yet; follow a link of getLoginLinks."
ENDED = (
    "The token has ended and cannot be renewed; log in anew with a link of "
    "getLoginLinks."
)


def _admit(transaction: Transaction, ids: tuple[str, str], asker: Asker) -> None:
    """Missing where there is no such connection, Forbidden where it is not theirs."""
    AUTHORIZATION_PROVIDERS.get(transaction, ids[0])
    AUTHORIZATIONS.get(transaction, *ids)
    column = ACCESS_POLICIES.column
    records = ACCESS_POLICIES.all(
        transaction, column.provider_id == ids[0], column.authorization_id == ids[1]
    )
    if not any(lets_in(record.noun, asker) for record in records):
        raise Forbidden(
            f"No access policy of the connection '{ids[0]}/{ids[1]}' names the "
            f"objectId '{asker.object_id}'; add one for whom it shall serve."
        )


def _failure(code: str, message: str) -> BramkaError:
    """Why there is no token: Unavailable where asking again may help."""
    if code == Unavailable.code:
        return Unavailable(message)
    return Conflict(f"The connection is in error: {message}")


def _terms(
    transaction: Transaction, ids: tuple[str, str]
) -> tuple[Authorization, Terms]:
    provider = AUTHORIZATION_PROVIDERS.get(transaction, ids[0]).noun
    found = AUTHORIZATIONS.get(transaction, *ids).noun
    return found, terms_of(provider, found)
