"""Scenarios: one row of `make bench` each. A new row is a new Scenario here."""

from typing import Literal

from msgspec import Struct

Feature = Literal["plain", "transform", "jwt", "cache", "large", "tls"]


class Scenario(Struct, frozen=True, kw_only=True):
    """What the callers of one race ask for, and what the gateway must do for it.

    The limits never refuse a caller of the load, and yet they are the true work: the
    callers go round, and every call spends from a window and from a quota.
    """

    name: str
    title: str
    path: str = "/bench/scores"
    body: bytes
    """What the upstream answers."""
    feature: Feature = "plain"
    """What is done besides key, limit, quota and usage; rivals say what they can."""
    operations: int = 1
    """Of the API; where there are more, the callers are spread over them."""
    inbound: str = ""
    """Our policies for it."""
    outbound: str = ""
    callers: int = 1000
    calls: int = 12_000
    """Calls that one caller may make in any `period` seconds."""
    period: int = 60
    quota: int = 1_000_000_000
    quota_period: int = 604_800
    probe_calls: int = 5
    """Calls that pass for the two probing keys, to see limit and quota refuse."""

    @property
    def secure(self) -> bool:
        """Callers come over TLS."""
        return self.feature == "tls"

    @property
    def scheme(self) -> Literal["http", "https"]:
        """`http` or `https`."""
        return "https" if self.secure else "http"


SMALL = (
    b'{"Results":{"output1":{"type":"table","value":{"ColumnNames":['
    b'"Scored Labels","Scored Probabilities"],"ColumnTypes":["Numeric",'
    b'"Numeric"],"Values":[["1","0.730675041675568"]]}}},"id":"f0d1c2b3"}'
)
TRANSFORM_INBOUND = """
<set-variable name="tier"
  value='@(context.Subscription.Id.StartsWith("nobody") ? "free" : "gold")' />
<choose>
  <when condition='@(context.Variables.GetValueOrDefault<string>("tier") == "gold")'>
    <set-header name="X-Tier" exists-action="override">
      <value>@((string)context.Variables["tier"])</value>
    </set-header>
  </when>
  <otherwise>
    <return-response><set-status code="402" reason="Pay" /></return-response>
  </otherwise>
</choose>
<set-header name="X-Caller" exists-action="override">
  <value>@(context.Subscription.Id)</value>
</set-header>
<set-header name="X-Length" exists-action="override">
  <value>@(context.Request.OriginalUrl.Path.Length.ToString())</value>
</set-header>
<set-header name="User-Agent" exists-action="delete" />
<set-query-parameter name="version" exists-action="override">
  <value>2</value>
</set-query-parameter>
<rewrite-uri template="/v2/scores" />
"""
TRANSFORM_OUTBOUND = """
<set-header name="Server" exists-action="delete" />
<set-header name="X-Served" exists-action="override">
  <value>@(context.Api.Name + "/" + context.Operation.Name)</value>
</set-header>
"""
JWT_INBOUND = """
<validate-jwt header-name="Authorization" failed-validation-httpcode="401">
  <issuer-signing-keys>
    <key id="race" n="{modulus}" e="{exponent}" />
  </issuer-signing-keys>
  <audiences><audience>bench</audience></audiences>
  <issuers><issuer>race</issuer></issuers>
</validate-jwt>
"""

KEYED = Scenario(
    name="keyed", title="(a) key check + rate limit + quota + usage record", body=SMALL
)
TRANSFORM = Scenario(
    name="transform",
    title="(b) the same + ten policies with expressions",
    body=SMALL,
    feature="transform",
    inbound=TRANSFORM_INBOUND,
    outbound=TRANSFORM_OUTBOUND,
)
JWT = Scenario(
    name="jwt",
    title="(c) the same + validate-jwt, RS256",
    body=SMALL,
    feature="jwt",
    inbound=JWT_INBOUND,
)
CACHE = Scenario(
    name="cache",
    title="(d) the same + answers from the cache",
    body=SMALL,
    feature="cache",
    inbound='<cache-lookup vary-by-developer="false" '
    'vary-by-developer-groups="false" />',
    outbound='<cache-store duration="3600" />',
)
LARGE = Scenario(
    name="large",
    title="(e) the same with bodies of 1 MiB",
    body=SMALL * (1024 * 1024 // len(SMALL)),
    feature="large",
)
TLS = Scenario(name="tls", title="(f) the same over TLS", body=SMALL, feature="tls")

FEW = Scenario(name="few", title="the same, 5 operations", body=SMALL, operations=5)
MANY = Scenario(
    name="many", title="the same, 5,000 operations", body=SMALL, operations=5_000
)

SCENARIOS = {
    scenario.name: scenario for scenario in (KEYED, TRANSFORM, JWT, CACHE, LARGE, TLS)
}
