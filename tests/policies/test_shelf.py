"""Conformance: what every policy on the shelf keeps, found by its file."""

import re
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from bramka import policies
from bramka.domain.traffic.backend import Backend
from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.diagnostic import Logger
from bramka.domain.traffic.named_value import NamedValue
from bramka.domain.traffic.policy import Fragment, Scope, Section
from bramka.domain.traffic.policy_text import MARKUP
from bramka.domain.traffic.schema import Schema
from bramka.gateway.elsewhere import ELSEWHERE
from bramka.testing.playbook import Playbook, play, refusal_of

SHELF = policies.shelf()
NOUNS: dict[str, dict[str, Any]] = {
    "backends": {"spare": Backend(id="spare", url="http://spare.test")},
    "certificates": {"backend-client": Certificate(id="backend-client")},
    "named_values": {
        name: NamedValue(id=name, display_name=name, value="c2VjcmV0")
        for name in ("backend-password", "proxy-password", "signing-key")
    },
    "schemas": {"order": Schema(id="order", type="json", text="{}")},
    "loggers": {
        "orders": Logger(
            id="orders", logger_type="logFile", credentials={"name": "orders"}
        )
    },
    "fragments": {
        "common": Fragment(
            id="common",
            text="<fragment><set-variable name='a' value='b' /></fragment>",
        )
    },
}
"""What the documented examples name."""
every_policy = pytest.mark.parametrize("name", sorted(SHELF))


def module_of(name: str) -> Any:
    return import_module(f"bramka.policies.{name.replace('-', '_')}")


def example_of(name: str) -> str:
    """The XML in the policy's docstring."""
    blocks = (module_of(name).__doc__ or "").split("\n\n")
    found = [one for one in map(textwrap.dedent, blocks) if one.startswith("<")]
    assert found, f"the docstring of {name} shows no example"
    return found[0].strip()


def settled(name: str, attributes: dict[str, str]) -> str:
    """The example with attributes of its first element replaced or added."""
    text = example_of(name)
    opening = re.match(r"<[\w-]+[^>]*?(?=/?>)", text)
    assert opening is not None
    tag = opening[0]
    for key, value in attributes.items():
        tag = re.sub(rf"""\s{key}=("[^"]*"|'[^']*')""", "", tag)
        tag = f"{tag.rstrip()} {key}='{value}' "
    return tag + text[opening.end() :]


def holding(name: str, inner: str) -> str:
    """The example with `inner` put inside its first element."""
    text = example_of(name)
    if text.endswith("/>") and text.count("<") == 1:
        return f"{text[:-2]}>{inner}</{name}>"
    return re.sub(r">", f">{inner}", text, count=1)


def sections_of(name: str) -> list[Section]:
    """Where the example may stand."""
    if "<forward-request" in example_of(name):
        return [Section.BACKEND]
    return [section for section in Section if section in SHELF[name].SECTIONS]


def tried(name: str, text: str) -> Playbook:
    """A playbook with `text`, which holds the policy, where it may stand."""
    return play(**place(sections_of(name)[0], text), scope=scope_of(name), tables=NOUNS)


def refusal(name: str, text: str) -> str:
    """Why the same cannot be."""
    where = place(sections_of(name)[0], text)
    return refusal_of(**where, scope=scope_of(name), tables=NOUNS)


def place(section: Section, text: str) -> dict[str, Any]:
    return {section.value.replace("-", "_"): text}


def scope_of(name: str) -> Scope:
    order = (Scope.API, Scope.PRODUCT, Scope.OPERATION, Scope.GLOBAL)
    return next(one for one in order if one in SHELF[name].SCOPES)


@every_policy
def test_its_documented_example_compiles(name: str) -> None:
    tried(name, example_of(name))


@every_policy
def test_its_example_shows_the_element_the_file_is_named_after(name: str) -> None:
    assert re.match(rf"<{name}[\s/>]", example_of(name))


@every_policy
def test_its_example_compiles_wherever_it_says_it_may_stand(name: str) -> None:
    for section in sections_of(name):
        for scope in SHELF[name].SCOPES:
            play(**place(section, example_of(name)), scope=scope, tables=NOUNS)


@every_policy
def test_it_refuses_an_attribute_it_does_not_know(name: str) -> None:
    assert "has no attribute 'zzz'" in refusal(name, settled(name, {"zzz": "1"}))


@every_policy
def test_it_guesses_which_attribute_was_meant(name: str) -> None:
    for field in msgspec.structs.fields(SHELF[name].Settings):
        typo = field.encode_name + "x"
        told = refusal(name, settled(name, {typo: "1"}))
        assert f"did you mean '{field.encode_name}'?" in told


@every_policy
def test_it_takes_an_id_for_traces(name: str) -> None:
    tried(name, settled(name, {"id": "mine"}))


@every_policy
def test_every_attribute_says_what_it_is(name: str) -> None:
    structs = [
        one
        for one in vars(module_of(name)).values()
        if isinstance(one, type)
        and issubclass(one, msgspec.Struct)
        and one.__module__.startswith("bramka.policies")
        and one.__struct_config__.forbid_unknown_fields
    ]
    assert SHELF[name].Settings in structs
    for struct in structs:
        told = inspect.type_info(struct)
        assert isinstance(told, inspect.StructType)
        for field in told.fields:
            assert isinstance(field.type, inspect.Metadata), (struct, field.name)
            text = (field.type.extra_json_schema or {}).get("description", "")
            assert str(text).endswith("."), (struct, field.name)


@every_policy
def test_it_refuses_values_out_of_its_bounds(name: str) -> None:
    told = inspect.type_info(SHELF[name].Settings)
    assert isinstance(told, inspect.StructType)
    for field in told.fields:
        for value in beyond(field.type):
            text = refusal(name, settled(name, {field.encode_name: value}))
            assert f"attribute '{field.encode_name}' is '{value}'" in text


def beyond(kind: inspect.Type) -> list[str]:
    """Values that a type does not take."""
    if isinstance(kind, inspect.Metadata):
        return beyond(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [value for one in kind.types for value in beyond(one)]
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        values = ["many"]
        values += [str(kind.ge - 1)] if kind.ge is not None else []
        values += [str(kind.gt)] if kind.gt is not None else []
        values += [str(kind.le + 1)] if kind.le is not None else []
        values += [str(kind.lt)] if kind.lt is not None else []
        return values
    if isinstance(kind, inspect.LiteralType | inspect.BoolType | inspect.EnumType):
        return ["perhaps"]
    return []


@every_policy
def test_it_refuses_what_does_not_belong_inside(name: str) -> None:
    if name in MARKUP:
        return
    assert "surely-not" in refusal(name, holding(name, "<surely-not />"))


@every_policy
def test_it_refuses_text_where_none_belongs(name: str) -> None:
    if SHELF[name].TEXT:
        tried(name, example_of(name))
    else:
        assert "holds text where none belongs" in refusal(name, holding(name, "prose"))


@every_policy
def test_it_is_refused_in_other_sections(name: str) -> None:
    for section in set(Section) - SHELF[name].SECTIONS:
        where = place(section, example_of(name))
        told = refusal_of(**where, scope=scope_of(name), tables=NOUNS)
        assert f"cannot stand in {section.value}; it can in " in told


@every_policy
def test_it_is_refused_at_other_scopes(name: str) -> None:
    for scope in set(Scope) - SHELF[name].SCOPES:
        where = place(sections_of(name)[0], example_of(name))
        told = refusal_of(**where, scope=scope, tables=NOUNS)
        assert f"cannot stand in a policy of scope {scope.value}" in told


@every_policy
def test_it_stands_twice_only_where_that_makes_sense(name: str) -> None:
    twice = example_of(name) * 2
    if sections_of(name)[0] is Section.BACKEND:
        assert "allows only one policy" in refusal(name, twice)
    elif SHELF[name].ONCE:
        assert "may stand only once" in refusal(name, twice)
    else:
        tried(name, twice)


def test_an_unknown_policy_is_refused_with_the_nearest_name() -> None:
    assert "<rate-limt> is not a policy; did you mean <rate-limit>?" in refusal_of(
        "<rate-limt />"
    )


def test_a_refusal_tells_line_and_column() -> None:
    told = refusal_of(inbound="\n   <set-status />")
    assert "Error in element 'set-status' on line 3, column 4: " in told


def test_every_file_of_the_shelf_is_found() -> None:
    files = Path(policies.__file__).parent.glob("[!_]*.py")
    assert {path.stem.replace("_", "-") for path in files} == set(SHELF)


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_only_the_cloud_has_is_refused_with_the_reason(name: str) -> None:
    assert name not in SHELF
    assert f"this gateway does not have it: {ELSEWHERE[name]}" in refusal_of(
        inbound=f"<{name} />"
    )


@pytest.mark.parametrize(
    ("name", "where"), [("sf-partition-key", "Service Fabric"), ("dapr-app-id", "Dapr")]
)
def test_attributes_only_the_cloud_has_are_refused(name: str, where: str) -> None:
    text = f"<set-backend-service backend-id='spare' {name}='x' />"
    told = refusal_of(text, tables=NOUNS)
    assert f"this gateway does not have '{name}': it is for {where}" in told
