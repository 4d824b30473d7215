"""Who may call what: the table of subscriptions, products and open APIs."""

from bramka.domain.traffic.exchange import Headers, LastError, Response
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import ALL_ACCESS, Subscription
from bramka.domain.traffic.user import User

JSON = [(b"Content-Type", b"application/json")]

MISSING_KEY = (
    "Access denied due to missing subscription key. Make sure to include "
    "subscription key when making requests to an API."
)
INVALID_KEY = (
    "Access denied due to invalid subscription key. Make sure to provide a valid key "
    "for an active subscription."
)


class Grant:
    """A subscription with its owner and product: what one key opens."""

    __slots__ = (
        "apis",
        "everything",
        "product",
        "subscription",
        "usage",
        "user",
        "valid",
    )

    def __init__(
        self,
        subscription: Subscription,
        product: Product | None,
        user: User | None,
        apis: frozenset[str],
    ) -> None:
        self.subscription = subscription
        self.product = product
        self.user = user
        self.apis = apis
        """Ids of the APIs it opens, revisions left out."""
        self.everything = subscription.id == ALL_ACCESS or subscription.scope in (
            "/",
            "/apis",
        )
        self.usage = (
            "" if product is None else product.id,
            subscription.id,
            "" if user is None else user.id,
        )
        """What the journal notes of it."""
        # Whether the product is published does not matter: its keys keep working.
        self.valid = subscription.state == "active" and (
            subscription.owner_id is None or (user is not None and user.may_call)
        )

    def opens(self, api: str) -> bool:
        return self.valid and (self.everything or api in self.apis)


def gateway_body(status: int, message: str) -> bytes:
    """The JSON body of the gateway's own answers, spaced as clients know it."""
    return f'{{ "statusCode": {status}, "message": "{message}" }}'.encode()


def denied(message: str, reason: str, challenge: bytes) -> Response:
    """A 401 for a key that is missing or does not open the API."""
    headers = Headers([*JSON, (b"WWW-Authenticate", challenge)])
    error = LastError("authorization", reason, message)
    body = gateway_body(401, message)
    return Response(401, "Access Denied", headers, body, error)


def not_found() -> Response:
    """A 404 for a URL that no operation serves."""
    error = LastError(
        "configuration",
        "OperationNotFound",
        "Unable to match incoming request to an operation.",
    )
    body = gateway_body(404, "Resource not found")
    return Response(404, "Resource Not Found", Headers([*JSON]), body, error)


def misdirected() -> Response:
    """A 421 for a host that this connection did not show the way to."""
    message = "This host is not served over this connection. Connect to it anew."
    body = gateway_body(421, message)
    return Response(421, "Misdirected Request", Headers([*JSON]), body)


def internal_error(activity: str, error: LastError, status: int = 500) -> Response:
    """A 500 for what nobody foresaw, or for a backend that cannot be reached."""
    body = (
        f'{{ "statusCode": {status}, "message": "Internal server error", '
        f'"activityId": "{activity}" }}'
    ).encode()
    return Response(status, "Internal Server Error", Headers([*JSON]), body, error)
