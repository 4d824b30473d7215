"""Paths that name a revision: `apis/echo;rev=1` is `apis/echo` while 1 is current."""

from dataclasses import replace

from bramka.management.call import Call
from bramka.management.path import Target
from bramka.management.resource import Ids
from bramka.store.api import APIS


def settled(call: Call, target: Target) -> Target:
    """The target under the ids, and the revision, that it is kept under."""
    return _current(call, _spelled(call, target))


def _spelled(call: Call, target: Target) -> Target:
    """The target under its ids in the spelling in which they were made."""
    chain = list(target.parents[1:])
    if target.action is None and not target.is_list and target.ids:
        chain.append((target.resource, target.ids))
    ids: Ids = ()
    for resource, given in chain:
        ids = (*ids, resource.spelling(call, (*ids, given[-1])))
    if ids == target.ids:
        return target
    path = "".join(
        f"/{one[0].segment}/{name}" for one, name in zip(chain, ids, strict=True)
    )
    if target.is_list:
        path += f"/{target.resource.segment}"
    parents = tuple((one, ids[: len(own)]) for one, own in target.parents)
    return replace(target, path=path, ids=ids, parents=parents)


def _current(call: Call, target: Target) -> Target:
    if not target.path.startswith("/apis/"):
        return target
    root, mark, number = target.path.split("/")[2].partition(";rev=")
    if not mark:
        return target
    current = APIS.find(call.transaction, root)
    if current is None or current.noun.api_revision != number:
        return target
    parents = tuple((one, _at(ids, root)) for one, ids in target.parents)
    return replace(target, ids=_at(target.ids, root), parents=parents)


def _at(ids: Ids, root: str) -> Ids:
    return (root, *ids[1:])[: len(ids)]
