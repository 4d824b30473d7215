"""What ails a gateway that serves all the same: told to whoever watches it."""

from bramka.gateway.gateway import Gateway


def troubles(gateway: Gateway) -> list[str]:
    """A line for each trouble, with what it means for calls; none when all is well."""
    found: list[str] = []
    plan, store = gateway.engine.plan, gateway.workshop.store
    served = "nothing is served" if plan is None else f"{plan.version} is served"
    if gateway.console.is_away:
        silent = int(gateway.console.seconds_away)
        found.append(f"console has not answered for {silent} s: configuration {served}")
    elif plan is None:
        found.append("no configuration came yet: nothing is served")
    if store is not None and store.is_away:
        found.append(
            "the store of limits is away: limits are shared or refused, as policies say"
        )
    if gateway.descriptors.are_spent:
        found.append("no file can be opened: new connections are cut")
    return found
