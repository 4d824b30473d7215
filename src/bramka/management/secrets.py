"""Telling secrets, which is only done by POST."""

import msgspec
from msgspec import Struct

from bramka.management.call import Call, Properties
from bramka.management.resource import Action, AnyResource, Ids


def unset(noun: Struct, *names: str) -> Properties:
    """Secrets that are not there: that there is none is no secret."""
    whole: Properties = msgspec.to_builtins(noun)
    return {name: None for name in names if whole[name] is None}


def telling(resource: AnyResource, *names: str) -> Action:
    """An action that tells some properties of one of the things.

    It counts as a change: viewers may not, and it is in the audit log.
    """

    def tell(call: Call, ids: Ids) -> object:
        record = resource.find(call, ids)
        assert record is not None, "what an action is done to was found before"
        whole = msgspec.to_builtins(record.noun)
        return {name: whole[name] for name in names}

    return Action(tell)
