"""Documents as people send them: JSON or YAML."""

from collections.abc import Callable
from typing import Any

import msgspec
import yaml

from bramka.domain.errors import Invalid
from bramka.management.call import fits

LARGEST = 32 * 1024 * 1024
DEEPEST = 100


LONGEST_NUMBER = 400
Construct = Callable[[Any, yaml.ScalarNode], object]


class _Loader(yaml.CSafeLoader):
    """Plain values only; dates and times of day stay texts."""


def _number(construct: Construct) -> Construct:
    """A number, if it is one; 12:30 is none, and many sixties take very long."""

    def read(loader: Any, node: yaml.ScalarNode) -> object:
        if ":" in node.value or len(node.value) > LONGEST_NUMBER:
            return node.value
        try:
            return construct(loader, node)
        except ValueError:
            return node.value

    return read


_Loader.add_constructor("tag:yaml.org,2002:int", _number(_Loader.construct_yaml_int))
_Loader.add_constructor(
    "tag:yaml.org,2002:float", _number(_Loader.construct_yaml_float)
)

_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in found if not tag.endswith(":timestamp")]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_document(text: str) -> Any:
    """What a document in JSON or YAML holds; Invalid says where it cannot be read."""
    if len(text) > LARGEST:
        raise _refusal(f"it is larger than {LARGEST} bytes")
    read = _from_json if text.lstrip()[:1] in ("{", "[") else _from_yaml
    found = read(text)
    if not fits(found, DEEPEST):
        raise _refusal(f"it nests deeper than {DEEPEST} levels")
    return found


def _from_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _refusal(f"it is not JSON: {error}") from None


def _from_yaml(text: str) -> Any:
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                line = mark.line + 1 if mark else "?"
                # A few lines of aliases can stand for more than any memory holds.
                raise _refusal(
                    f"line {line} uses the alias *{event.anchor}; write it out"
                )
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise _refusal(f"it is not YAML: {where}{problem}") from None
    except RecursionError:
        raise _refusal("it nests too deeply") from None


def _refusal(why: str) -> Invalid:
    return Invalid(f"The document cannot be imported: {why}.", target="value")
