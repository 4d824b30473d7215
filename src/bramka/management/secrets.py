"""Telling secrets, which is only done by POST."""

import msgspec

from bramka.management.call import Call
from bramka.management.resource import Action, AnyResource, Ids


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
