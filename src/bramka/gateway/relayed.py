"""Calls through the test console: the address of whoever makes them counts."""

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.relayed import HEADER, caller_in
from bramka.gateway.plan import Plan
from bramka.wire.fields import Fields

_NAME = HEADER.lower().encode()


def take_caller(exchange: Exchange, fields: Fields, plan: Plan) -> None:
    """Let a call that the console passed on come from whoever the console names."""
    for field in fields:
        if field.lower == _NAME:
            token = field.value.decode("latin-1")
            pepper = plan.configuration.instance.pepper
            address = caller_in(token, exchange.timestamp, pepper)
            if address is not None:
                exchange.request.ip_address = address
