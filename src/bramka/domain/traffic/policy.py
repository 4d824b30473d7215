"""Policies: documents at four scopes, and how `<base/>` joins them."""

from enum import StrEnum
from typing import Literal

from msgspec import Struct


class Scope(StrEnum):
    """Where a document stands, widest first."""

    GLOBAL = "global"
    PRODUCT = "product"
    API = "api"
    OPERATION = "operation"


class Section(StrEnum):
    """The four rows of a document."""

    INBOUND = "inbound"
    BACKEND = "backend"
    OUTBOUND = "outbound"
    ON_ERROR = "on-error"


class PolicyDocument(Struct, frozen=True, rename="camel", kw_only=True):
    """The author's text at one scope.

    `scope` is "" (global), `products/{id}`, `apis/{id}` or
    `apis/{id}/operations/{id}`. `escaped` tells that the text was given in format
    `xml`, where expressions are entity-escaped.
    """

    scope: str
    text: str
    escaped: bool = False


class Fragment(Struct, frozen=True, rename="camel", kw_only=True):
    """A piece of policy that documents include by id."""

    id: str
    text: str
    description: str | None = None
    escaped: bool = False


GLOBAL_DEFAULT = """\
<policies>
  <inbound />
  <backend>
    <forward-request />
  </backend>
  <outbound />
  <on-error />
</policies>
"""
"""What an instance without a global policy does: forward the request."""

INHERIT = """\
<policies>
  <inbound>
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
"""What a scope without a document does: inherit everything."""


def scope_of(path: str) -> Scope:
    """The scope that a scope path stands for."""
    if not path:
        return Scope.GLOBAL
    if path.startswith("products/"):
        return Scope.PRODUCT
    return Scope.OPERATION if "/operations/" in path else Scope.API


class Restriction(Struct, frozen=True, rename="camel", kw_only=True):
    """What documents below a scope have to keep."""

    id: str
    scope: str = ""
    """Short path of a policy, such as `/products/starter/policies/policy`."""
    require_base: Literal["true", "false"] = "false"
    """Whether each section has to hold `<base />`."""
