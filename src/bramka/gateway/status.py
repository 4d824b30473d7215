"""What a gateway tells the console of itself."""

from bramka.domain.traffic.gateway_status import Circuit, GatewayStatus
from bramka.gateway.backends import Place
from bramka.gateway.gateway import Gateway
from bramka.gateway.health import troubles


def status_of(gateway: Gateway, name: str) -> GatewayStatus:
    """The version it serves, and its breakers as they are now."""
    plan, now = gateway.engine.plan, gateway.engine.monotonic()
    places = () if plan is None else plan.backends.values()
    circuits: dict[str, Circuit] = {}
    for one in places:
        if isinstance(one, Place) and one.breaker is not None:
            resting = one.breaker.state.value == "open" and one.wait(now) == 0.0
            # Its rest is over: the next call is on trial.
            circuits[one.id] = "trial" if resting else one.breaker.state.value
    version = 0 if plan is None else plan.version
    return GatewayStatus(
        gateway=name,
        version=version,
        circuits=circuits,
        troubles=tuple(troubles(gateway)),
    )
