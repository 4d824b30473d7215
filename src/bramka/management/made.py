"""Lists that are made, not kept, and doors to what only a cloud has."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from bramka.domain.errors import Unsupported
from bramka.management.call import Call
from bramka.management.filter import Kind
from bramka.management.resource import Action, AnyResource, Ids, Resource
from bramka.management.rows import Read

Rows = Callable[[Call, Ids], Sequence[object]]


class Made(Resource[Any]):
    """A list that is made anew each time."""

    verbs = "L"
    type = ""

    def __init__(
        self,
        segment: str,
        rows: Rows,
        kinds: Mapping[str, Kind] | None = None,
        read: Read | None = None,
    ) -> None:
        """`kinds` are the fields for $filter; `read` finds them in a row."""
        super().__init__()
        self.segment, self.rows = segment, rows
        self.row_kinds, self.read = kinds or {}, read

    def find(self, call: Call, ids: Ids) -> None:
        del call, ids

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        return self.rows(call, ids)

    def row_values(self, row: Any) -> Mapping[str, object]:
        values: Mapping[str, object] = row if self.read is None else self.read(row)
        return values


class Cloud(Resource[Any]):
    """What a cloud offers beside API management: nothing is there, nothing is done."""

    tagged = False
    type = ""

    def __init__(
        self,
        segment: str,
        why: str,
        *children: AnyResource,
        listed: bool = True,
    ) -> None:
        """`why` is the sentence that refuses; a list is empty if `listed`."""
        super().__init__(*children)
        self.segment, self.why, self.listed = segment, why, listed

    def find(self, call: Call, ids: Ids) -> NoReturn:
        del call, ids
        raise Unsupported(self.why, target=self.segment)

    def listing(self, call: Call, ids: Ids) -> Sequence[object]:
        if not self.listed:
            self.find(call, ids)
        return ()


def refused(why: str, method: str = "POST") -> Action:
    """Something that is not done here, and why."""

    def refuse(call: Call, ids: Ids) -> NoReturn:
        del call, ids
        raise Unsupported(why)

    return Action(refuse, writes=False, method=method)
