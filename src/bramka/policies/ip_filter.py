"""Let in, or keep out, callers by their IP address.

    <ip-filter action="allow">
      <address>203.0.113.7</address>
      <address-range from="10.0.0.0" to="10.0.0.255" />
    </ip-filter>

The address is that of the connection; X-Forwarded-For is not believed, because anyone
can write it. With `allow`, who is not listed is refused.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import Choice, needs, refusal

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"address": {}, "address-range": {}}

Address = IPv4Address | IPv6Address


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<ip-filter>`."""

    action: Annotated[
        Source, Meta(description="What to do to those listed: allow or forbid.")
    ]


class AddressSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """`<address>` has no attributes."""


class RangeSettings(
    Struct,
    rename={"start": "from", "end": "to"},
    forbid_unknown_fields=True,
    frozen=True,
):
    """Attributes of `<address-range>`."""

    start: Annotated[Source, Meta(description="First address of the range.")]
    end: Annotated[Source, Meta(description="Last address of the range.")]


class _Range:
    """Addresses from one to another, both included."""

    def __init__(self, site: Site, start: Source, end: Source) -> None:
        self.sources = (start, end)
        known = [_constant(site, source) for source in self.sources]
        self._known = None if None in known else (known[0], known[1])
        first, last = known
        if first is not None and last is not None and not _in_order(first, last):
            site.refuse(f"the range from {first} to {last} is empty", start.place)

    def holds(self, address: Address, exchange: Exchange) -> bool:
        first, last = self._known or [
            _parsed(source.text(exchange)) for source in self.sources
        ]
        return (
            first is not None
            and last is not None
            and first.version == last.version == address.version
            and int(first) <= int(address) <= int(last)
        )


def _in_order(first: Address, last: Address) -> bool:
    return first.version == last.version and int(first) <= int(last)


def _constant(site: Site, source: Source) -> Address | None:
    """The address as written; None when it is an expression."""
    if source.constant is None:
        return None
    address = _parsed(source.constant)
    if address is None:
        what = f"'{source.constant}' is not an IP address"
        site.refuse(what + _as_range(source.constant), source.place)
    return address


def _as_range(text: str) -> str:
    """How a network in `text` is written here."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return ""
    first, last = network[0], network[-1]
    return f'; a network is written <address-range from="{first}" to="{last}" />'


def _parsed(text: str) -> Address | None:
    """The address in `text`; IPv4 written as IPv6 is IPv4."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    action = Choice(site, "action", settings.action, ("allow", "forbid"))
    ranges = tuple(_range(site, child) for child in site.element.children)
    if not ranges:
        site.refuse("needs an <address> or an <address-range>")

    def run(exchange: Exchange) -> Response | None:
        text = exchange.request.ip_address
        address = _parsed(text)
        if address is None:
            message = "Failed to establish IP address for the caller. Access denied."
            return _forbidden("FailedToParseCallerIP", message)
        listed = any(one.holds(address, exchange) for one in ranges)
        if action.of(exchange) == "allow":
            if listed:
                return None
            message = f"Caller IP address {text} is not allowed. Access denied."
            return _forbidden("CallerIpNotAllowed", message)
        if not listed:
            return None
        message = "Caller IP address is blocked. Access denied."
        return _forbidden("CallerIpBlocked", message)

    read = (settings.action, *(source for one in ranges for source in one.sources))
    return Step(run, **needs(*read))


def _range(site: Site, child: Element) -> _Range:
    if child.name == "address":
        site.settings(child, AddressSettings)
        source = site.source(child.text)
        return _Range(site, source, source)
    settings = site.settings(child, RangeSettings)
    return _Range(site, settings.start, settings.end)


def _forbidden(reason: str, message: str) -> Response:
    return refusal(403, "Forbidden", LastError("ip-filter", reason, message))
