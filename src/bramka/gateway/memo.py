"""What a request head led to, kept for the next time the same head comes.

A client that calls an operation again mostly sends the very same head. Where it leads,
whether its key opens it, and how it is written to the backend follow from the head and
the plan alone; so they are worked out once, and looked up until the plan changes.
What a call spends, and what its policies do, is never kept.
"""

from bramka.domain.traffic.exchange import Exchange, Request
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User
from bramka.gateway.plan import ApiPlan, Plan, Rows
from bramka.gateway.target import Target
from bramka.wire.connection import Connection
from bramka.wire.fields import Field, Fields


class Memo:
    """One head under one plan."""

    __slots__ = (
        "api",
        "forwarded",
        "forwarded_for",
        "host",
        "key_field",
        "key_query",
        "method",
        "operation",
        "parameters",
        "path",
        "plan",
        "product",
        "query",
        "rest",
        "rows",
        "sent",
        "subscription",
        "subscription_key",
        "target",
        "user",
        "what",
        "who",
        "written",
    )

    host: str
    method: str
    path: str
    query: str
    rest: str
    key_query: str

    def __init__(self, plan: Plan, api: ApiPlan, rows: Rows) -> None:
        self.plan = plan
        self.api = api
        self.rows = rows
        self.operation: Operation | None = None
        self.product: Product | None = None
        self.subscription: Subscription | None = None
        self.subscription_key: str | None = None
        self.user: User | None = None
        self.parameters: dict[str, str] = {}
        self.key_field: Field | None = None
        self.forwarded_for = b""
        self.what = ("", "")
        self.who = ("", "", "")
        self.target: Target | None = None
        """The backend, once a call went there that no policy had changed."""
        self.written = b""
        """What was written to it: the request line and the fields of the caller."""
        self.forwarded = b""
        """The X-Forwarded fields of the connection that such a call came on last."""
        self.sent = b""
        """The whole head, as it was sent for that one."""

    def learn(self, exchange: Exchange) -> None:
        """Take over what was found out about a call."""
        request = exchange.request
        self.operation = exchange.operation
        self.product = exchange.product
        self.subscription = exchange.subscription
        self.subscription_key = exchange.subscription_key
        self.user = exchange.user
        self.method, self.host = request.method, request.host
        self.path, self.query = request.path, request.query
        self.rest, self.key_query = request.rest, request.key_query
        self.parameters = dict(request.matched_parameters)

    def request(self, fields: Fields, connection: Connection) -> Request:
        """The request of the next call with this head."""
        request = Request(
            self.method,
            connection.scheme,
            self.host,
            self.path,
            self.query,
            fields,
            connection.peer,
        )
        request.base = self.api.target
        request.rest = self.rest
        if connection.certificate is not None:
            request.shown_certificate = connection.certificate
        if self.parameters:
            request.matched_parameters = self.parameters
        if self.key_query:
            request.key_query = self.key_query
        return request


def is_untouched(exchange: Exchange, method: str) -> bool:
    """Whether no policy has changed what goes to the backend."""
    request = exchange.request
    return (
        request.made_headers is None
        and request.made_url is None
        and request.made_body is None
        and exchange.backend_url is None
        and exchange.backend_id is None
        and exchange.dialling is None
        and request.host_override is None
        and request.method == method
    )
