"""`new`: objects, arrays, anonymous objects, tuples; and `default`."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.arguments import arguments_of
from bramka.expressions.compiler.assignments import set_index, set_property
from bramka.expressions.compiler.calls import code_of
from bramka.expressions.compiler.conversions import common, convert, converted
from bramka.expressions.compiler.lambdas import delegate_of
from bramka.expressions.compiler.names import default_of, type_from
from bramka.expressions.compiler.overloads import Argument, Out, choose
from bramka.expressions.compiler.types import INT, NULL, Type
from bramka.expressions.compiler.unit import Typed, Unit, Visit
from bramka.expressions.values import casting
from bramka.expressions.values.collections import new_array
from bramka.expressions.values.net_names import NetType, spelled
from bramka.expressions.values.plain import Array, anonymous

LARGEST_INITIALIZER = 10_000


def _children(node: Node) -> list[Node]:
    return [item for item in node.named_children if item.type != "comment"]


def object_creation(unit: Unit, node: Node) -> Typed:
    """`new T(a) { … }`."""
    spelled = node.child_by_field_name("type")
    if spelled is None:
        unit.refuse(node, "name the type behind 'new'")
    owner = type_from(unit, spelled)
    listed = node.child_by_field_name("arguments")
    if delegate_of(owner) is not None:
        inner = arguments_of(unit, listed)
        given = inner[0].given if len(inner) == 1 else None
        if given is None or isinstance(given, Out):
            unit.refuse(node, f"new {owner} takes one function")
        return Typed(unit.fit(unit, given, owner, node), owner)
    if owner.name in ("Tuple", "ValueTuple"):
        return _tuple_of(unit, node, owner, arguments_of(unit, listed))
    row = unit.table.static(owner, "new")
    if not row:
        unit.refuse(node, f"{owner} cannot be made with 'new' here")
    fitting = choose(unit, [row], arguments_of(unit, listed), ())
    if fitting is None:
        offers = "; ".join(item.signature for item in row[:6])
        unit.refuse(node, f"no constructor of {owner} takes this; there is {offers}")
    made = code_of(unit, fitting, None, node)
    made.type = owner
    initializer = node.child_by_field_name("initializer")
    return _filled(unit, made, initializer) if initializer is not None else made


def _tuple_of(unit: Unit, node: Node, owner: Type, given: list[Argument]) -> Typed:
    """`new Tuple<A, B>(a, b)`."""
    if len(given) != len(owner.arguments):
        unit.refuse(node, f"{owner} needs {len(owner.arguments)} values")
    items = [
        unit.fit(unit, one.given, type_, one.node)
        for one, type_ in zip(given, owner.arguments, strict=True)
        if not isinstance(one.given, Out)
    ]
    return Typed(ast.Tuple(items, ast.Load()), owner)


def _filled(unit: Unit, made: Typed, initializer: Node) -> Typed:
    """A new object with its `{ … }` carried out."""
    items = _children(initializer)
    if len(items) > LARGEST_INITIALIZER:
        unit.refuse(initializer, f"more than {LARGEST_INITIALIZER} items")
    held = unit.fresh("t")
    steps: list[ast.expr] = [emit.keep(held, made.tree)]
    target = Typed(emit.name(held), made.type)
    for item in items:
        step = _initialise(unit, target, item)
        unit.locate(step, item)
        steps.append(step)
    steps.append(emit.name(held))
    return Typed(emit.last_of(*steps), made.type)


def _initialise(unit: Unit, target: Typed, item: Node) -> ast.expr:
    if item.type == "assignment_expression":
        left, right = item.named_children
        if left.type == "element_binding_expression":
            arguments = arguments_of(unit, left)
            return set_index(unit, item, target, arguments, unit.expression(right))
        if left.type == "identifier":
            value = unit.expression(right)
            return set_property(unit, item, target, unit.text(left), value)
        unit.refuse(item, "only names and [keys] can be initialised")
    nodes = _children(item) if item.type == "initializer_expression" else [item]
    arguments = [Argument(part, unit.operand(part)) for part in nodes]
    rows = unit.table.instance(target.type, "Add")
    fitting = choose(unit, rows, arguments, ())
    if fitting is None:
        unit.refuse(item, f"{target.type} cannot be filled with this")
    return code_of(unit, fitting, target, item).tree


# --- arrays ---------------------------------------------------------------------


def array_creation(unit: Unit, node: Node) -> Typed:
    """`new T[n]`, `new T[] { … }`."""
    spelled = node.child_by_field_name("type")
    if spelled is None or spelled.type != "array_type":
        unit.refuse(node, "name the type of the items")
    initializer = next(
        (item for item in node.named_children if item.type == "initializer_expression"),
        None,
    )
    element = type_from(unit, spelled.named_children[0])
    ranks = spelled.named_children[1:]
    for _ in ranks[1:]:
        element = Type("[]", (element,))
    given = Type("[]", (element,))
    if initializer is not None:
        return Typed(array_row(unit, initializer, element), given)
    size = _children(ranks[0])
    if len(size) != 1:
        unit.refuse(node, "arrays of several dimensions are not supported")
    length = convert(unit, unit.expression(size[0]), INT, node)
    unit.meter()
    default = default_code(unit, element)
    if element.name == "byte":
        default = emit.value(b"\0")
    return Typed(unit.call(new_array, length, default), given)


def array_row(unit: Unit, initializer: Node, element: Type) -> ast.expr:
    items = _children(initializer)
    if len(items) > LARGEST_INITIALIZER:
        unit.refuse(initializer, f"more than {LARGEST_INITIALIZER} items")
    trees: list[ast.expr] = []
    for item in items:
        if item.type == "initializer_expression" and element.name == "[]":
            trees.append(array_row(unit, item, element.arguments[0]))
        else:
            trees.append(unit.fit(unit, unit.operand(item), element, item))
    maker = bytearray if element.name == "byte" else Array
    return emit.call(unit.link(maker), ast.Tuple(trees, ast.Load()))


def implicit_array(unit: Unit, node: Node) -> Typed:
    """`new[] { … }`: the items agree on a type."""
    items = _children(node.named_children[-1])
    typed = [unit.expression(item) for item in items]
    if not typed:
        unit.refuse(node, "an empty array needs its type: new string[0]")
    shared: Type | None = typed[0].type
    for one in typed[1:]:
        shared = common(Typed(one.tree, shared or NULL), one)
        if shared is None:
            unit.refuse(node, "the items have different types; write new object[]")
    assert shared is not None, "the loop refused"
    trees: list[ast.expr] = [converted(unit, item, shared) for item in typed]
    maker = bytearray if shared.name == "byte" else Array
    row = emit.call(unit.link(maker), ast.Tuple(trees, ast.Load()))
    return Typed(row, Type("[]", (shared,)))


# --- anonymous objects and tuples -----------------------------------------------


def anonymous_object(unit: Unit, node: Node) -> Typed:
    """`new { a = 1, b, c.d }`."""
    names: list[str] = []
    values: list[Typed] = []
    pending: str | None = None
    parts = [item for item in node.children if item.type not in ("comment", "new")]
    for index, part in enumerate(parts):
        if not part.is_named:
            continue
        after = parts[index + 1] if index + 1 < len(parts) else None
        if after is not None and after.type == "=" and pending is None:
            pending = unit.text(part)
            continue
        names.append(pending or unit.text(part).rpartition(".")[2].strip("? "))
        values.append(unit.expression(part))
        pending = None
    if len(set(names)) != len(names):
        unit.refuse(node, "two members have the same name")
    types = tuple(item.type for item in values)
    maker = unit.link(anonymous(tuple(names)))
    row = ast.Tuple([item.tree for item in values], ast.Load())
    return Typed(emit.call(maker, row), Type("anonymous", types, tuple(names)))


def tuple_expression(unit: Unit, node: Node) -> Typed:
    """`(a, b: c)`."""
    names, values = [], []
    for index, item in enumerate(_children(node)):
        label = item.child_by_field_name("name")
        names.append(unit.text(label) if label is not None else f"Item{index + 1}")
        values.append(unit.expression(_children(item)[-1]))
    types = tuple(item.type for item in values)
    row = ast.Tuple([item.tree for item in values], ast.Load())
    return Typed(row, Type("ValueTuple", types, tuple(names)))


# --- default and casts ----------------------------------------------------------


def default_code(unit: Unit, given: Type) -> ast.expr:
    """`default(given)`."""
    if given.name in casting.DEFAULTS:
        return unit.link(casting.DEFAULTS[given.name])
    return emit.value(default_of(given))


def default_expression(unit: Unit, node: Node) -> Typed:
    spelled = node.child_by_field_name("type")
    if spelled is None:
        return Typed(emit.value(None), NULL)
    given = type_from(unit, spelled)
    return Typed(default_code(unit, given), given)


def typeof_expression(unit: Unit, node: Node) -> Typed:
    """`typeof(T)`: equal to what `GetType()` gives for a T."""
    given = node.child_by_field_name("type")
    if given is None or unit.text(given) == "void":
        unit.refuse(node, "name a type between the brackets, as in typeof(string)")
    found = NetType(spelled(type_from(unit, given)))
    return Typed(unit.link(found), Type("Type"))


VISITS: dict[str, Visit] = {
    "object_creation_expression": object_creation,
    "array_creation_expression": array_creation,
    "implicit_array_creation_expression": implicit_array,
    "anonymous_object_creation_expression": anonymous_object,
    "tuple_expression": tuple_expression,
    "default_expression": default_expression,
    "typeof_expression": typeof_expression,
}
