"""What a name stands for: a local, `context`, a type, a namespace."""

from dataclasses import dataclass

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.names import (
    NAMESPACES,
    REASONS,
    known,
    made,
    type_from,
    types_in,
)
from bramka.expressions.compiler.types import STRING, VOID, Type
from bramka.expressions.compiler.unit import Named, Typed, TypeName, Unit


@dataclass(slots=True)
class Link:
    """One step of a chain: ".", "()" or "[]", and whether `?` stands before it."""

    kind: str
    node: Node
    conditional: bool = False


def is_space(unit: Unit, node: Node) -> bool:
    if node.type == "alias_qualified_name":
        return unit.text(node) in ("global::System", "global::Newtonsoft")
    if node.type != "identifier":
        return False
    text = unit.text(node)
    return text in NAMESPACES and unit.scope.find(text) is None


def through_space(unit: Unit, link: Link, path: str) -> tuple[TypeName, str]:
    """One step through `System.Text.Encoding` or the like."""
    name = link.node.child_by_field_name("name")
    if link.kind != "." or name is None:
        unit.refuse(link.node, f"{path} is a namespace")
    longer = f"{path}.{unit.text(name)}"
    if longer in NAMESPACES:
        return TypeName(VOID), longer
    if path not in NAMESPACES:
        unit.refuse(link.node, f"{longer} is out of reach of expressions")
    return TypeName(type_from(unit, name)), longer


def identifier(unit: Unit, node: Node) -> Named:
    """A local, `context`, or a type."""
    name = unit.text(node).removeprefix("@")
    variable = unit.scope.find(name)
    if variable is not None:
        return Typed(unit.use(variable), variable.type)
    if name == "context":
        unit.facts.reads_exchange = True
        return Typed(emit.name("exchange"), Type("IContext"))
    if known(unit, name) is not None or name in NAMESPACES:
        return TypeName(made(unit, node, name, ()))
    if name in REASONS:
        unit.refuse(node, f"the name '{name}' does not exist here: {REASONS[name]}")
    near = unit.table.near_name(name, ("context", *unit.scope.visible()))
    return unit.refuse(node, f"the name '{name}' does not exist here{near}")


def written_type(unit: Unit, node: Node) -> TypeName:
    return TypeName(type_from(unit, node))


def name_text(unit: Unit, links: list[Link]) -> Typed:
    """`nameof(a.b)`: the last name."""
    arguments = links[0].node.child_by_field_name("arguments") if links else None
    if arguments is None or len(arguments.named_children) != 1 or len(links) != 1:
        unit.refuse(links[0].node, "nameof takes one name")
    text = unit.text(arguments).strip("() \n\t").rpartition(".")[2]
    return Typed(emit.value(text), STRING, text)


def simple_name(unit: Unit, node: Node) -> tuple[str, tuple[Type, ...]]:
    """The name in `.Name<T>` and its type arguments."""
    name = node.child_by_field_name("name")
    assert name is not None, "a member access has a name"
    if name.type != "generic_name":
        lost = unit.source.type_arguments(name)
        if lost is not None:
            return lost[0], types_in(unit, name, lost[1])
        return unit.text(name).removeprefix("@"), ()
    plain, arguments = name.named_children
    types = tuple(type_from(unit, item) for item in arguments.named_children)
    return unit.text(plain), types
