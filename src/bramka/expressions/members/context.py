"""`context` and what hangs on it: request, response, nouns."""

from typing import Any
from uuid import UUID

from bramka.domain.traffic.exchange import Body, Exchange, Request
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import key_digest
from bramka.domain.traffic.user import User
from bramka.expressions.compiler.table import (
    Around,
    Family,
    Fixed,
    Inline,
)
from bramka.expressions.members.bodies import BODY, FORM
from bramka.expressions.members.variables import VARIABLES
from bramka.expressions.surroundings import Surroundings
from bramka.expressions.values.calendar import SECOND
from bramka.expressions.values.dates import DateTime, TimeSpan, from_seconds
from bramka.expressions.values.plain import Array
from bramka.expressions.values.web import url_of

# --- nouns ----------------------------------------------------------------------


def groups_of(around: Surroundings, holder: User | Product) -> list[Group]:
    return [around.groups[key] for key in holder.groups if key in around.groups]


def apis_of(around: Surroundings, product: Product) -> list[Any]:
    return [around.apis[key] for key in product.apis if key in around.apis]


def _date(seconds: float | None) -> DateTime | None:
    return None if seconds is None else from_seconds(seconds)


def subscription_of(exchange: Exchange) -> Exchange | None:
    """The exchange stands for its subscription: it also knows the key."""
    return exchange if exchange.subscription is not None else None


def elapsed(around: Surroundings, exchange: Exchange) -> TimeSpan:
    return TimeSpan(round((around.clock.monotonic() - exchange.started) * SECOND))


def section_name(error: Any) -> str | None:
    return str(error.section) if error.section is not None else None


def scope_name(error: Any) -> str | None:
    return str(error.scope) if error.scope is not None else None


def trace(exchange: Exchange, message: Any) -> None:
    """`context.Trace(…)`: into the trace of the call, if it is traced."""
    if exchange.trace is not None:
        exchange.trace("expression", {"message": message})


def sent_body(request: Request) -> Body | None:
    """`Request.Body`: null if the request has none."""
    return None if request.body.content == b"" else request.body


def _nothing(_: object) -> None:
    """What only a cloud has: null, as where the cloud has none."""


def primary_key(around: Surroundings, held: Exchange) -> str | None:
    """The key of the call when it is the primary one; gateways know digests else."""
    return _key_with(around, held, "primary_digest")


def secondary_key(around: Surroundings, held: Exchange) -> str | None:
    return _key_with(around, held, "secondary_digest")


def _key_with(around: Surroundings, held: Exchange, digest: str) -> str | None:
    key = held.subscription_key
    if key is None:
        return None
    same = key_digest(key.encode("latin-1", "replace"), around.pepper)
    return key if same == getattr(held.subscription, digest) else None


def backend_type(around: Surroundings, exchange: Exchange) -> str:
    return "Pool" if exchange.backend_id in around.pools else "Single"


def plain_id(api: Any) -> str:
    """The id without the revision behind it."""
    return str(api.id.partition(";rev=")[0])


API: Family = {
    "Id -> string": plain_id,
    "Name -> string": Inline("$0.display_name"),
    "Path -> string": Inline("$0.path"),
    "Revision -> string": Inline("$0.api_revision"),
    "Version -> string": Inline("$0.api_version"),
    "IsCurrentRevision -> bool": Inline("$0.is_current"),
    "Protocols -> IEnumerable<string>": lambda api: Array(api.protocols),
    "ServiceUrl -> IUrl": lambda api: (
        url_of(api.service_url) if api.service_url else None
    ),
    "SubscriptionKeyParameterNames -> IKeyNames": Inline(
        "$0.subscription_key_parameter_names"
    ),
}
CONTEXT: Family = {
    "Request -> IRequest": Inline("$0.request"),
    "Response -> IResponse": Inline("$0.response"),
    "Variables -> IVariables": Inline("$0.variables"),
    "Api -> IApi": Inline("$0.api"),
    "Operation -> IOperation": Inline("$0.operation"),
    "Product -> IProduct": Inline("$0.product"),
    "Subscription -> ISubscription": subscription_of,
    "User -> IUser": Inline("$0.user"),
    "LastError -> ILastError": Inline("$0.last_error"),
    "Deployment -> IDeployment": Around(lambda around, exchange: around),
    "Backend -> IBackend": lambda exchange: exchange if exchange.backend_id else None,
    "RequestId -> Guid": lambda exchange: UUID(exchange.request_id),
    "Timestamp -> DateTime": lambda exchange: from_seconds(exchange.timestamp),
    "Elapsed -> TimeSpan": Around(elapsed),
    "Tracing -> bool": Inline("$0.trace is not None"),
    "Trace(object message) -> void": trace,
    "Workspace -> IWorkspace": _nothing,
    "GraphQL -> IGraphQL": _nothing,
}
FAMILIES: dict[str, Family] = {
    "IContext": CONTEXT,
    "IVariables": VARIABLES,
    "IMessageBody": BODY,
    "IDictionary<string, IList<string>>": FORM,
    "IRequest": {
        "Method -> string": Inline("$0.method"),
        "Url -> IUrl": Inline("$0.url"),
        "OriginalUrl -> IUrl": Inline("$0.original_url"),
        "Headers -> IHeaders": Inline("$0.headers"),
        "Body -> IMessageBody": sent_body,
        "IpAddress -> string": Inline("$0.ip_address"),
        "MatchedParameters -> IReadOnlyDictionary<string, string>": Inline(
            "$0.matched_parameters"
        ),
        "Certificate -> X509Certificate2": Inline("$0.certificate"),
        "PrivateEndpointConnection -> IPrivateEndpointConnection": _nothing,
        "Foundry -> IFoundry": _nothing,
    },
    "IResponse": {
        "StatusCode -> int": Inline("$0.status"),
        "StatusReason -> string": Inline("$0.reason"),
        "Headers -> IHeaders": Inline("$0.headers"),
        "Body -> IMessageBody": Inline("$0.body"),
    },
    "IApi": API,
    "IKeyNames": {
        "Header -> string": Inline("$0.header"),
        "Query -> string": Inline("$0.query"),
    },
    "IOperation": {
        "Id -> string": Inline("$0.id"),
        "Name -> string": Inline("$0.display_name"),
        "Method -> string": Inline("$0.method"),
        "UrlTemplate -> string": Inline("$0.url_template"),
    },
    "IProduct": {
        "Id -> string": Inline("$0.id"),
        "Name -> string": Inline("$0.display_name"),
        "ApprovalRequired -> bool": Inline("$0.approval_required"),
        "SubscriptionRequired -> bool": Inline("$0.subscription_required"),
        "SubscriptionsLimit -> int?": Inline("$0.subscriptions_limit"),
        "SubscriptionLimit -> int?": Inline("$0.subscriptions_limit"),
        "State -> string": lambda product: (
            product.state[:1].upper() + product.state[1:]
        ),
        "Groups -> IEnumerable<IGroup>": Around(groups_of),
        "Apis -> IEnumerable<IApi>": Around(apis_of),
    },
    "ProductState": {
        "static NotPublished -> string": Fixed("NotPublished"),
        "static Published -> string": Fixed("Published"),
    },
    "IGroup": {
        "Id -> string": Inline("$0.id"),
        "Name -> string": Inline("$0.display_name"),
    },
    "ISubscription": {
        "Id -> string": Inline("$0.subscription.id"),
        "Name -> string": Inline("$0.subscription.display_name"),
        "Key -> string": Inline("$0.subscription_key"),
        "PrimaryKey -> string": Around(primary_key),
        "SecondaryKey -> string": Around(secondary_key),
        "CreatedDate -> DateTime": lambda held: _date(held.subscription.created_date),
        "StartDate -> DateTime?": lambda held: _date(held.subscription.start_date),
        "EndDate -> DateTime?": lambda held: _date(held.subscription.end_date),
    },
    "IUser": {
        "Id -> string": Inline("$0.id"),
        "Email -> string": Inline("$0.email"),
        "FirstName -> string": Inline("$0.first_name"),
        "LastName -> string": Inline("$0.last_name"),
        "Note -> string": Inline("$0.note"),
        "RegistrationDate -> DateTime": lambda user: _date(user.registration_date or 0),
        "Groups -> IEnumerable<IGroup>": Around(groups_of),
        "Identities -> IEnumerable<IUserIdentity>": lambda user: list(user.identities),
    },
    "IUserIdentity": {
        "Id -> string": Inline("$0.id"),
        "Provider -> string": Inline("$0.provider"),
    },
    "ILastError": {
        "Source -> string": Inline("$0.source"),
        "Reason -> string": Inline("$0.reason"),
        "Message -> string": Inline("$0.message"),
        "Scope -> string": scope_name,
        "Section -> string": section_name,
        "Path -> string": Inline("$0.path"),
        "PolicyId -> string": Inline("$0.policy_id"),
    },
    "IDeployment": {
        "ServiceId -> string": Inline("$0.service_id"),
        "ServiceName -> string": Inline("$0.service_name"),
        "Region -> string": Inline("$0.region"),
        "GatewayId -> string": Inline("$0.gateway_id"),
        "Gateway -> IGateway": Inline("$0"),
        "Certificates -> IReadOnlyDictionary<string, X509Certificate2>": Inline(
            "$0.certificates"
        ),
        "SustainabilityInfo -> ISustainabilityInfo": _nothing,
    },
    "IGateway": {
        "Id -> string": Inline("$0.gateway_id"),
        "InstanceId -> string": Inline("$0.gateway_instance_id"),
        "IsManaged -> bool": lambda around: around.gateway_id == "managed",
    },
    "IBackend": {
        "Id -> string": Inline("$0.backend_id"),
        "Type -> string": Around(backend_type),
        "AzureRegion -> string": _nothing,
    },
    "IWorkspace": {"Id -> string": _nothing, "Name -> string": _nothing},
    "IGraphQL": {
        "Arguments -> IReadOnlyDictionary<string, object>": _nothing,
        "Parent -> object": _nothing,
    },
    "ISustainabilityInfo": {"CurrentCarbonIntensity -> string": _nothing},
    "IPrivateEndpointConnection": {
        "Name -> string": _nothing,
        "GroupId -> string": _nothing,
        "MemberName -> string": _nothing,
    },
    "IFoundry": {"Deployment -> string": _nothing},
}
