"""What a change of the configuration makes stale in a plan."""

from dataclasses import dataclass, field

from bramka.domain.traffic.configuration import Configuration, Update


@dataclass
class Touched:
    """What a change makes stale."""

    whole: bool = False
    """There is nothing to take over."""
    everything: bool = False
    """All rows must be joined again."""
    table: bool = False
    """Paths or versions of APIs."""
    apis: set[str] = field(default_factory=set)
    """Ids of APIs whose rows must be joined again."""
    operations: dict[str, set[str]] = field(default_factory=dict)
    """API → operations that changed, with their policies."""
    subscriptions: set[str] = field(default_factory=set)


def touched_by(update: Update, old: Configuration, new: Configuration) -> Touched:
    """What of a Plan for `old` is to be made again once `update` has led to `new`."""
    touched = Touched()
    for change in update.changes:
        if change.table in ("apis", "versionSets"):
            touched.table = True
            touched.apis.add(change.key)
        elif change.table == "operations":
            api, _, operation = change.key.partition("/")
            touched.operations.setdefault(api, set()).add(operation)
        elif change.table in ("diagnostics", "loggers"):
            _touch_logged(touched, change.table, change.key, new)
        elif change.table == "policies":
            _touch_scope(touched, change.key, new)
        elif change.table == "products":
            _touch_product(touched, change.key, old, new)
        elif change.table == "subscriptions":
            touched.subscriptions.add(change.key)
        elif change.table == "users":
            _touch_subscriptions(touched, new, "owner_id", change.key)
    return touched


def _touch_product(
    touched: Touched, name: str, old: Configuration, new: Configuration
) -> None:
    for products in (old.products, new.products):
        if name in products:
            touched.apis.update(products[name].apis)
    _touch_subscriptions(touched, new, "scope", f"/products/{name}")


def _touch_logged(touched: Touched, table: str, key: str, new: Configuration) -> None:
    api = key.rpartition("/")[0]
    if table == "diagnostics" and api:
        touched.apis.add(api)
    elif table == "diagnostics" or any(
        one.logger_id == key for one in new.diagnostics.values()
    ):
        touched.everything = True


def _touch_scope(touched: Touched, scope: str, new: Configuration) -> None:
    kind, _, rest = scope.partition("/")
    if not scope:
        touched.everything = True
    elif kind == "products":
        product = new.products.get(rest)
        touched.apis.update(() if product is None else product.apis)
    else:
        api, _, operation = rest.partition("/operations/")
        if operation:
            touched.operations.setdefault(api, set()).add(operation)
        else:
            touched.apis.add(api)


def _touch_subscriptions(
    touched: Touched, new: Configuration, attribute: str, value: str
) -> None:
    touched.subscriptions.update(
        name
        for name, subscription in new.subscriptions.items()
        if getattr(subscription, attribute) == value
    )


def apis_in_need(touched: Touched, configuration: Configuration) -> list[str]:
    """Ids of the APIs to be made again."""
    if touched.everything:
        return list(configuration.apis)
    wanted = touched.apis | touched.operations.keys()
    if not wanted:
        return []
    # A revision without a policy of its own runs that of its API.
    return [
        name
        for name in configuration.apis
        if name in wanted or name.partition(";rev=")[0] in wanted
    ]
