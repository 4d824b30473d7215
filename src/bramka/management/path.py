"""What a path below a service instance means: walks the tree of resources."""

from dataclasses import dataclass

from bramka.domain.errors import Missing
from bramka.management.resource import Action, AnyResource, Ids


@dataclass(frozen=True)
class Target:
    """A list of things, one thing, or something to do with one."""

    path: str
    """Below the instance, in the spelling of the resources: `/products/starter`."""
    resource: AnyResource
    ids: Ids
    """Of the thing; of its parents when this is a list."""
    is_list: bool
    parents: tuple[tuple[AnyResource, Ids], ...]
    """What must exist for this to exist, outermost first."""
    action: Action | None = None


def find_target(root: AnyResource, parts: list[str]) -> Target:
    """What `parts` of a path mean; Missing names the part nobody knows."""
    resource, path = root, ""
    ids: Ids = ()
    parents: list[tuple[AnyResource, Ids]] = []
    left = list(parts)
    while left:
        part = left.pop(0)
        child = _child(resource, part)
        if child is None:
            action = _action(resource, "/".join((part, *left)))
            if action is None:
                raise Missing(f"There is no '{part}' under '{path or '/'}'.")
            parents.append((resource, ids))
            return Target(path, resource, ids, False, tuple(parents), action)
        parents.append((resource, ids))
        resource, path = child, f"{path}/{child.segment}"
        if not left:
            return Target(path, resource, ids, True, tuple(parents))
        name = left.pop(0)
        ids, path = (*ids, name), f"{path}/{name}"
    return Target(path, resource, ids, False, tuple(parents))


def _child(resource: AnyResource, part: str) -> AnyResource | None:
    # ARM compares the fixed parts of a path without regard to case.
    wanted = part.lower()
    return next((c for c in resource.children if c.segment.lower() == wanted), None)


def _action(resource: AnyResource, part: str) -> Action | None:
    wanted = part.lower()
    for name, action in resource.actions.items():
        if name.lower() == wanted:
            return action
    return None
