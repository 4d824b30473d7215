"""Chains of members, calls and indexes: `a.B(c)?.D[e]`, walked in a loop."""

import ast
from typing import NoReturn

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.arguments import (
    arguments_of,
    index_of,
    note_variable,
    shown_argument,
)
from bramka.expressions.compiler.calls import body_code, code_of
from bramka.expressions.compiler.lambdas import delegate_of
from bramka.expressions.compiler.naming import (
    Link,
    identifier,
    is_space,
    name_text,
    simple_name,
    through_space,
    written_type,
)
from bramka.expressions.compiler.overloads import Argument, Out, choose
from bramka.expressions.compiler.table import Fixed, Member
from bramka.expressions.compiler.types import CHAR, VOID, Type, bare, nullable
from bramka.expressions.compiler.unit import (
    NOTHING,
    Group,
    Named,
    Typed,
    TypeName,
    Unit,
    Visit,
)

_STEPS = {
    "invocation_expression": ("()", "function"),
    "member_access_expression": (".", "expression"),
    "element_access_expression": ("[]", "expression"),
}


def _unchained(unit: Unit, node: Node) -> tuple[Node, list[Link]]:
    """The first operand of a chain and the steps from it."""
    links: list[Link] = []
    at = node
    while at.type in _STEPS:
        kind, field = _STEPS[at.type]
        inner = at.child_by_field_name(field)
        assert inner is not None, "the grammar gives each of these a first operand"
        mark = next(one for one in at.children if one.start_byte >= inner.end_byte)
        conditional = kind != "()" and unit.source.is_conditional(
            inner.end_byte, mark.start_byte
        )
        links.append(Link(kind, at, conditional))
        at = inner
    return at, links[::-1]


def chain(unit: Unit, node: Node) -> Named:
    """A whole chain; what follows a `?.` is skipped when its left side is null."""
    first, links = _unchained(unit, node)
    if first.type == "identifier" and unit.text(first) == "nameof":
        return name_text(unit, links)
    current: Named = unit.named(first) if not is_space(unit, first) else TypeName(VOID)
    path = unit.text(first).removeprefix("global::")
    guards: list[tuple[ast.expr, str]] = []
    for link, after in zip(links, [*links[1:], None], strict=True):
        if isinstance(current, TypeName) and current.type == VOID:
            current, path = through_space(unit, link, path)
            continue
        if link.conditional:
            current = _guard(unit, link, current, guards)
        called = after is not None and after.kind == "()"
        current = _follow(unit, link, current, called=called)
        if isinstance(current, Typed):
            unit.locate(current.tree, link.node)
    if not guards:
        return current
    return _guarded(unit, node, current, guards)


def _guard(
    unit: Unit, link: Link, current: Named, guards: list[tuple[ast.expr, str]]
) -> Typed:
    if not isinstance(current, Typed):
        unit.refuse(link.node, "?. needs a value on its left")
    held = unit.fresh("t")
    guards.append((current.tree, held))
    return Typed(emit.name(held), bare(current.type))


def _guarded(
    unit: Unit, node: Node, current: Named, guards: list[tuple[ast.expr, str]]
) -> Typed:
    if not isinstance(current, Typed):
        unit.refuse(node, "a method after ?. must be called")
    tree = current.tree
    for before, held in reversed(guards):
        test = emit.is_none(emit.keep(held, before))
        tree = emit.either(test, emit.value(None), tree)
    return Typed(tree, nullable(current.type))


# --- steps ----------------------------------------------------------------------


def _follow(unit: Unit, link: Link, current: Named, *, called: bool) -> Named:
    if link.kind == ".":
        return _member(unit, link.node, current, called=called)
    if link.kind == "[]":
        return _index(unit, link.node, current)
    return _call(unit, link.node, current)


def _member(unit: Unit, node: Node, current: Named, *, called: bool) -> Named:
    name, _ = simple_name(unit, node)
    if isinstance(current, TypeName):
        return _static_member(unit, node, current.type, name)
    if not isinstance(current, Typed):
        unit.refuse(node, "a lambda or method has no members; call it first")
    return property_of(unit, node, current, name, called=called)


def property_of(
    unit: Unit, node: Node, current: Typed, name: str, *, called: bool = False
) -> Named:
    """A property of a value, or the method of that name to be called next.

    `Count` is both: what is called is the method.
    """
    if name in current.type.fields:
        index = current.type.fields.index(name)
        return Typed(emit.item(current.tree, index), current.type.arguments[index])
    if current.type.name in ("ValueTuple", "Tuple") and name.startswith("Item"):
        index = int(name[4:] or 0) - 1 if name[4:].isdecimal() else -1
        if 0 <= index < len(current.type.arguments):
            return Typed(emit.item(current.tree, index), current.type.arguments[index])
    rows = unit.table.instance(current.type, name)
    if name == "GetType" and _is_of_context(current.type):
        rows = []
    for row in rows:
        for member in row:
            if member.parameters is None and not (called and _has_method(rows)):
                note_reads(unit, current, name)
                tree = body_code(unit, member, [current.tree], [])
                return Typed(tree, member.result)
    if not rows:
        hint = unit.table.near(current.type, name, static=False)
        if current.type.name == "object":
            hint = "; cast it first, for example (string) or (JObject)"
        unit.refuse(node, f"{current.type} has no member {name}{hint}")
    return Group(name, current.type, current)


def _is_of_context(given: Type) -> bool:
    """Whether it is of `context`, whose classes are nobody's business."""
    return given.name[:1] == "I" and given.name[1:2].isupper() and not given.arguments


def _has_method(rows: list[list[Member]]) -> bool:
    return any(member.parameters is not None for row in rows for member in row)


def _static_member(unit: Unit, node: Node, owner: Type, name: str) -> Named:
    row = unit.table.static(owner, name)
    for member in row:
        if member.parameters is None:
            body = member.body
            constant = body.value if isinstance(body, Fixed) else NOTHING
            return Typed(body_code(unit, member, [], []), member.result, constant)
    if not row:
        hint = unit.table.near(owner, name, static=True)
        unit.refuse(node, f"{owner} has no static member {name}{hint}")
    return Group(name, owner)


def note_reads(unit: Unit, current: Typed, name: str) -> None:
    """Remember which bodies an expression reads.

    `context.Response` that is not at once asked for a member is kept somewhere; then
    any body of a response may be this one.
    """
    facts, owner = unit.facts, current.type.name
    if owner == "IContext" and name == "Response":
        facts.response_uses += 1
    elif owner == "IRequest" and name == "Body":
        facts.reads_request_body = True
    elif owner == "IResponse":
        direct = isinstance(current.tree, ast.Attribute) and isinstance(
            current.tree.value, ast.Name
        )
        facts.response_direct += direct
        if name == "Body":
            facts.reads_response_body |= direct
            facts.any_response_body = True


def _index(unit: Unit, node: Node, current: Named) -> Typed:
    if not isinstance(current, Typed):
        unit.refuse(node, "only a value can be indexed")
    listed = node.child_by_field_name("subscript")
    arguments = arguments_of(unit, listed if listed is not None else node)
    return index_of(unit, node, current, arguments)


def _call(unit: Unit, node: Node, current: Named) -> Typed:
    arguments = arguments_of(unit, node.child_by_field_name("arguments"))
    if isinstance(current, Typed):
        return _invoke(unit, node, current, arguments)
    if not isinstance(current, Group):
        unit.refuse(node, "this cannot be called; did you mean 'new'?")
    function = node.child_by_field_name("function")
    explicit: tuple[Type, ...] = ()
    if function is not None and function.type == "member_access_expression":
        explicit = simple_name(unit, function)[1]
    if current.receiver is not None:
        rows = unit.table.instance(current.owner, current.name)
        note_variable(unit, current.receiver, arguments)
    else:
        rows = [unit.table.static(current.owner, current.name)]
    fitting = choose(unit, rows, arguments, explicit)
    if fitting is None:
        _refuse_call(unit, node, current, arguments, rows)
    return code_of(unit, fitting, current.receiver, node)


def _refuse_call(
    unit: Unit,
    node: Node,
    group: Group,
    arguments: list[Argument],
    rows: list[list[Member]],
) -> NoReturn:
    shown = ", ".join(shown_argument(item) for item in arguments)
    offers = "; ".join(item.signature for row in rows for item in row[:4])
    quotes = any(
        isinstance(item.given, Typed) and item.given.type == CHAR for item in arguments
    )
    hint = "; strings stand in double quotes" if quotes and "string" in offers else ""
    called = f"{group.owner}.{group.name}"
    unit.refuse(node, f"{called} does not take ({shown}); there is {offers}{hint}")


def _invoke(unit: Unit, node: Node, current: Typed, arguments: list[Argument]) -> Typed:
    """A call of a lambda or local function held in a variable."""
    unit.meter()
    function = node.child_by_field_name("function")
    local = unit.scope.find(unit.text(function)) if function is not None else None
    if local is not None and local.signature is not None:
        fitting = choose(unit, [[local.signature]], arguments, ())
        if fitting is None:
            shown = ", ".join(shown_argument(item) for item in arguments)
            offer = local.signature.signature.removeprefix("local function.")
            unit.refuse(node, f"it does not take ({shown}); there is {offer}")
        return code_of(unit, fitting, current, node)
    delegate = delegate_of(current.type)
    if delegate is None:
        unit.refuse(node, f"{current.type} is not a function; leave out the ()")
    parameters, result = delegate
    if len(arguments) != len(parameters):
        unit.refuse(node, f"the function takes {len(parameters)} arguments")
    trees = []
    for argument, type_ in zip(arguments, parameters, strict=True):
        if isinstance(argument.given, Out):
            unit.refuse(argument.node, "a local function has no out parameters")
        trees.append(unit.fit(unit, argument.given, type_, argument.node))
    return Typed(emit.call(current.tree, *trees), result)


VISITS: dict[str, Visit] = {
    "invocation_expression": chain,
    "member_access_expression": chain,
    "element_access_expression": chain,
    "identifier": identifier,
    "predefined_type": written_type,
    "generic_name": written_type,
}
