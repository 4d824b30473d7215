"""Paths that name a revision: `apis/echo;rev=1` is `apis/echo` while 1 is current."""

from dataclasses import replace

from bramka.management.call import Call
from bramka.management.path import Target
from bramka.management.resource import Ids
from bramka.store.api import APIS


def settled(call: Call, target: Target) -> Target:
    """The target under the id that the revision is kept under."""
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
