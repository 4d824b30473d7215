"""Gateways that are run apart from the console."""

from datetime import UTC, datetime

from msgspec import structs

from bramka.domain.duration import seconds_of
from bramka.domain.errors import Missing
from bramka.domain.traffic.self_hosted import MANAGED, Authority, Hostname, SelfHosted
from bramka.domain.traffic.trace import (
    LONGEST_LIFE as LONGEST_LIFE_OF_DEBUGGING,
)
from bramka.domain.traffic.trace import MOST_KEPT, DebugCredentials
from bramka.management.call import Call, Properties
from bramka.management.filter import Field
from bramka.management.gateway_token import sign
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.shape import Shape, read_date, wrong
from bramka.management.trace import shown
from bramka.store import debug_recall, self_hosted, trace
from bramka.store.api import APIS
from bramka.store.certificate import CERTIFICATES
from bramka.store.collection import Record
from bramka.store.database import reading

LONGEST_LIFE = 30 * 86400
_OWN = SelfHosted(id=MANAGED, description="The gateway of the instance.")


class Gateways(Resource[SelfHosted]):
    """Each serves the APIs assigned to it; `managed` is the instance's own."""

    segment = "gateways"
    words = (MANAGED,)
    type = "gateways"
    collection = self_hosted.SELF_HOSTED
    shape = Shape(
        noun=SelfHosted, hidden=frozenset(("id", "primaryKey", "secondaryKey"))
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "description": Field(column.description),
            "region": Field(column.location_data["name"].as_string()),
        }

    def find(self, call: Call, ids: Ids) -> Record[SelfHosted] | None:
        if ids[-1] == MANAGED:
            return Record(_OWN, 1, 0.0, 0.0)
        return super().find(call, ids)

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "listKeys": Action(_keys),
            "regenerateKey": Action(_regenerate),
            "generateToken": Action(_token),
            "listDebugCredentials": Action(_debug_credentials, writes=False),
            "invalidateDebugCredentials": Action(_call_back),
            "listTrace": Action(_trace, writes=False),
        }

    def accept(self, call: Call, sent: Sent[SelfHosted]) -> SelfHosted:
        if sent.ids[-1] == MANAGED:
            raise wrong("gatewayId", f"'{MANAGED}' is the gateway of the instance")
        noun = super().accept(call, sent)
        if sent.old is not None:
            return noun
        draw = call.site.chance.hex
        return structs.replace(noun, primary_key=draw(32), secondary_key=draw(32))

    def remove(self, call: Call, record: Record[SelfHosted]) -> None:
        self_hosted.delete(call.transaction, record.noun.id)


class Hostnames(Resource[Hostname]):
    """Names under which the gateway above answers."""

    segment = "hostnameConfigurations"
    type = "gateways/hostnameConfigurations"
    collection = self_hosted.HOSTNAMES
    verbs = "LHGPD"
    shape = Shape(noun=Hostname, hidden=frozenset(("id", "gatewayId")))
    filtered = ("name", "hostname")

    def show(self, call: Call, noun: Hostname) -> Properties:
        shown = super().show(call, noun)
        if noun.certificate_id:
            path = f"{call.base}/certificates/{noun.certificate_id}"
            shown["certificateId"] = path
        return shown

    def check(self, call: Call, given: Properties) -> Properties:
        if "certificateId" in given:
            name = call.name_in(str(given["certificateId"]), "certificates")
            CERTIFICATES.get(call.transaction, name)
            given["certificateId"] = name
        return given


class Authorities(Resource[Authority]):
    """Certificates that the gateway above trusts; the id is the certificate's."""

    segment = "certificateAuthorities"
    type = "gateways/certificateAuthorities"
    collection = self_hosted.AUTHORITIES
    verbs = "LHGPD"
    shape = Shape(noun=Authority, hidden=frozenset(("id", "gatewayId")))
    filtered = ("name",)

    def accept(self, call: Call, sent: Sent[Authority]) -> Authority:
        CERTIFICATES.get(call.transaction, sent.ids[-1])
        CERTIFICATES.touch(call.transaction, sent.ids[-1])
        return super().accept(call, sent)

    def remove(self, call: Call, record: Record[Authority]) -> None:
        CERTIFICATES.touch(call.transaction, record.noun.id)
        super().remove(call, record)


def _keys(call: Call, ids: Ids) -> object:
    noun = self_hosted.SELF_HOSTED.get(call.transaction, ids[-1]).noun
    return {"primary": noun.primary_key, "secondary": noun.secondary_key}


def _regenerate(call: Call, ids: Ids) -> None:
    noun = self_hosted.SELF_HOSTED.get(call.transaction, ids[-1]).noun
    fresh = call.site.chance.hex(32)
    if _key_type(call) == "primary":
        noun = structs.replace(noun, primary_key=fresh)
    else:
        noun = structs.replace(noun, secondary_key=fresh)
    self_hosted.SELF_HOSTED.replace(call.transaction, noun)


def _token(call: Call, ids: Ids) -> object:
    noun = self_hosted.SELF_HOSTED.get(call.transaction, ids[-1]).noun
    given = call.json()
    until = read_date("expiry", given.get("expiry"))
    if not call.transaction.now < until <= call.transaction.now + LONGEST_LIFE:
        raise wrong("expiry", "lies in the past or more than 30 days ahead")
    key = noun.primary_key if _key_type(call) == "primary" else noun.secondary_key
    return {"value": sign(noun, key, datetime.fromtimestamp(until, UTC))}


def _debug_credentials(call: Call, ids: Ids) -> object:
    """A token with which calls of one API are traced."""
    given = call.json()
    purposes = given.get("purposes", ["tracing"])
    if purposes != ["tracing"]:
        raise wrong("purposes", 'must be ["tracing"]')
    api = call.name_in(str(given.get("apiId", "")), "apis").partition(";rev=")[0]
    APIS.get(call.transaction, api)
    text = str(given.get("credentialsExpireAfter") or "PT1H")
    try:
        life = seconds_of(text)
    except ValueError as error:
        raise wrong("credentialsExpireAfter", str(error)) from None
    if not 0 < life <= LONGEST_LIFE_OF_DEBUGGING:
        raise wrong("credentialsExpireAfter", f"'{text}' is not up to PT1H")
    gateway = _gateway_id(call, ids)
    credentials = DebugCredentials(
        api=api,
        gateway=gateway,
        until=int(call.transaction.now + life),
        epoch=debug_recall.epoch_of(call.transaction, gateway),
    )
    return {"token": credentials.token(call.transaction.vault.pepper)}


def _call_back(call: Call, ids: Ids) -> None:
    """End the debug credentials that were given out so far."""
    debug_recall.call_back(call.transaction, _gateway_id(call, ids))


def _trace(call: Call, ids: Ids) -> object:
    """The trace of one call, while it is kept."""
    wanted = str(call.json().get("traceId", "")).replace("-", "").lower()
    gateway, now = _gateway_id(call, ids), call.transaction.now
    with reading(call.site.usage) as connection:
        found = trace.find(connection, gateway, wanted, now)
    if found is None:
        raise Missing(
            f"There is no trace '{wanted[:40]}' of the gateway '{gateway}'; it comes a "
            f"moment after the call, and the last {MOST_KEPT} are kept for 24 hours.",
            target="traceId",
        )
    return {"serviceName": call.instance.name, **shown(found)}


def _gateway_id(call: Call, ids: Ids) -> str:
    """The gateway in the path, which must be one."""
    if ids[-1] == MANAGED:
        return MANAGED
    return self_hosted.SELF_HOSTED.get(call.transaction, ids[-1]).noun.id


def _key_type(call: Call) -> str:
    kind = call.json().get("keyType", "primary")
    if kind not in ("primary", "secondary"):
        raise wrong("keyType", f"'{kind}' is not primary or secondary")
    return str(kind)
