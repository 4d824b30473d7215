"""A product: a bundle of APIs that developers subscribe to."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

STARTER_POLICY = """\
<policies>
  <inbound>
    <rate-limit calls="5" renewal-period="60" />
    <quota calls="100" renewal-period="604800" />
    <base />
  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
  </outbound>
  <on-error>
    <base />
  </on-error>
</policies>
"""


class Product(Struct, frozen=True, rename="camel", kw_only=True):
    """One product; `apis` and `groups` are ids of what it bundles and who sees it."""

    id: str
    display_name: Annotated[str, Meta(min_length=1, max_length=300)]
    description: Annotated[str, Meta(max_length=1000)] | None = None
    terms: str | None = None
    subscription_required: bool = True
    approval_required: bool = False
    subscriptions_limit: Annotated[int, Meta(ge=0)] | None = None
    state: Literal["notPublished", "published"] = "notPublished"
    apis: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
