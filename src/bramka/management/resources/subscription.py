"""Subscriptions and their keys."""

import dataclasses

from sqlalchemy import case, func

from bramka.domain.errors import Conflict
from bramka.domain.traffic.subscription import ALL_ACCESS, Subscription, dated
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.resource import Action, Identifier, Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store import notice, product, subscription
from bramka.store.api import APIS
from bramka.store.collection import Record
from bramka.store.subscribing import refuse_over_limit
from bramka.store.subscription import KeyName, Keys, draw_keys, keys_of
from bramka.store.user import USERS, of_user

_DATES = ("createdDate", "startDate", "endDate", "expirationDate", "notificationDate")
_KEYS = ("primaryKey", "secondaryKey")
LONGEST_KEY = 256


class Subscriptions(Resource[Subscription]):
    """Rights to call; keys are only shown when asked for by POST."""

    segment = "subscriptions"
    type = "subscriptions"
    collection = subscription.SUBSCRIPTIONS
    identifier = Identifier(256)
    shape = Shape(
        noun=Subscription,
        hidden=frozenset(("id", "primaryDigest", "secondaryDigest")),
        read_only=frozenset(_DATES) - {"expirationDate"},
        write_only=frozenset(_KEYS),
        dates=frozenset(_DATES),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        prefix = "/products/"
        product_id = case(
            (
                column.scope.startswith(prefix),
                func.substr(column.scope, len(prefix) + 1),
            ),
            else_=None,
        )
        return {
            "name": Field(column.id),
            "displayName": Field(column.display_name),
            "stateComment": Field(column.state_comment),
            "ownerId": Field(column.owner_id, "id"),
            "userId": Field(column.owner_id, "id"),
            "user": Field(column.owner_id, "id"),
            "scope": Field(column.scope, "path"),
            "productId": Field(product_id, "id"),
            "state": Field(column.state, "word"),
            "createdDate": Field(column.created_date, "date"),
            "expirationDate": Field(column.expiration_date, "date"),
            **{
                f"user/{name}": Field(of_user(column.owner_id, value))
                for name, value in _USER.items()
            },
        }

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "listSecrets": Action(_secrets),
            "regeneratePrimaryKey": Action(_regenerate_primary),
            "regenerateSecondaryKey": Action(_regenerate_secondary),
        }

    def show(self, call: Call, noun: Subscription) -> Properties:
        shown = super().show(call, noun)
        shown["scope"] = f"{call.base}{noun.scope}"
        if noun.owner_id is not None:
            shown["ownerId"] = f"{call.base}/users/{noun.owner_id}"
        return shown

    def check(self, call: Call, given: Properties) -> Properties:
        for name in _KEYS:
            key = given.get(name, "key")
            if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
                raise wrong(name, f"a key has 1 to {LONGEST_KEY} characters")
        if "scope" in given:
            given["scope"] = _scope(call, str(given["scope"]))
        if "ownerId" in given:
            owner = call.name_in(str(given["ownerId"]), "users")
            USERS.get(call.transaction, owner)
            given["ownerId"] = owner
        return given

    def accept(self, call: Call, sent: Sent[Subscription]) -> Subscription:
        given = sent.given
        if sent.old is None and "displayName" not in given:
            raise wrong("displayName", "'displayName' is required")
        if sent.old is not None and not sent.patch:
            # A PUT without a state leaves the life of the subscription alone.
            given = {"state": sent.old.state} | given
        elif sent.old is None:
            given = {"state": "submitted"} | given
        noun = super().accept(call, dataclasses.replace(sent, given=given))
        if (
            noun.id == ALL_ACCESS
            and sent.old is not None
            and noun.scope != sent.old.scope
        ):
            raise wrong("scope", "the all-access subscription keeps its scope")
        refuse_over_limit(call.transaction, noun, sent.old)
        return dated(noun, sent.old, call.transaction.now)

    def save(
        self, call: Call, noun: Subscription, sent: Sent[Subscription]
    ) -> Record[Subscription]:
        keys = (
            draw_keys(call.site.chance)
            if sent.found is None
            else keys_of(call.transaction, noun.id)
        )
        chosen = Keys(
            str(sent.given.get("primaryKey") or keys.primary_key),
            str(sent.given.get("secondaryKey") or keys.secondary_key),
        )
        record = subscription.put(call.transaction, noun, chosen)
        before = None if sent.found is None else sent.found.noun
        if _notified(call, new=sent.found is None):
            portal = call.site.addresses.console
            notice.subscription_changed(call.transaction, portal, noun, before)
        return record

    def remove(self, call: Call, record: Record[Subscription]) -> None:
        if record.noun.id == ALL_ACCESS:
            raise Conflict(
                "The built-in all-access subscription cannot be deleted; cancel it or "
                "regenerate its keys.",
                target="sid",
            )
        super().remove(call, record)


_USER = {
    "firstName": USERS.column.first_name,
    "lastName": USERS.column.last_name,
    "email": USERS.column.email,
}


def _notified(call: Call, *, new: bool) -> bool:
    """Whether people are told: of changes unless `notify=false`, of new ones if true.

    Scripts that make subscriptions by the hundred would else write to everybody.
    """
    return call.flag("notify") if "notify" in call.query else not new


def _scope(call: Call, text: str) -> str:
    """The scope as we keep it; it must exist."""
    if text == "/" or text.rstrip("/").lower() == call.base.lower():
        return "/"
    scope = call.short(text)
    if scope in ("/apis", "/apis/"):
        return "/apis"
    if scope.startswith("/apis/"):
        APIS.get(call.transaction, call.name_in(scope, "apis"))
        return scope
    product.PRODUCTS.get(call.transaction, call.name_in(scope, "products"))
    return scope


def _secrets(call: Call, ids: Ids) -> object:
    return keys_of(call.transaction, ids[-1])


def _regenerate_primary(call: Call, ids: Ids) -> None:
    _regenerate(call, ids, "primary")


def _regenerate_secondary(call: Call, ids: Ids) -> None:
    _regenerate(call, ids, "secondary")


def _regenerate(call: Call, ids: Ids, name: KeyName) -> None:
    subscription.regenerate(call.transaction, ids[-1], name, call.site.chance)
