"""Who may read the metrics of a process, and what they are sent as."""

import hmac
import ipaddress

from bramka.wire.message import Request

TYPE = b"text/plain; version=0.0.4; charset=utf-8"
"""The text format that Prometheus reads."""


def may_read(request: Request, token: str) -> bool:
    """Whether the caller holds the token, or there is none and it is near."""
    if not token:
        peer = request.peer.partition("%")[0]
        return not peer or ipaddress.ip_address(peer).is_loopback
    given = dict(request.headers).get(b"authorization", b"")
    return hmac.compare_digest(given, b"Bearer " + token.encode())
