"""Conversions between static types, implicit and by cast."""

import ast

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.number_casts import (
    cast_number,
    check_constant,
    number,
)
from bramka.expressions.compiler.types import (
    BITS,
    BOOL,
    ENUMS,
    INT,
    INTEGERS,
    NEVER,
    NULL,
    NUMBERS,
    OBJECT,
    STRING,
    VALUES,
    WIDENS,
    Type,
    bare,
    derives,
    lineage,
    nullable,
)
from bramka.expressions.compiler.unit import NOTHING, Typed, Unit
from bramka.expressions.values import casting
from bramka.expressions.values.dates import offset_of
from bramka.expressions.values.enums import ENUM_CLASSES
from bramka.expressions.values.json_make import token_of
from bramka.expressions.values.net_names import COLLECTIONS, named, spelled
from bramka.expressions.values.plain import BOXES

INTO_TOKEN = NUMBERS | {
    *("string", "bool", "char", "DateTime", "DateTimeOffset", "TimeSpan"),
    *("Guid", "Uri", "?"),
}
"""What C# turns into a JToken by itself."""
TOKENS = {"JToken", "JContainer", "JValue", "JObject", "JArray", "JProperty"}

SAME, CONSTANT, NULLABLE, BASE, DEFINED, BOXED = 0, 2, 4, 10, 60, 80


def cost(typed: Typed, target: Type) -> int | None:
    """How far `typed` is from `target` by implicit conversion; None if it is not."""
    given = typed.type
    if given in (target, NEVER):
        return SAME
    if given == NULL:
        # Of two reference types the more special one takes null.
        return None if target.name in VALUES else BASE - len(lineage(target))
    if target == OBJECT:
        return None if given.name == "void" else BOXED
    if _fits_constant(typed, target):
        return CONSTANT
    if target.name in WIDENS.get(given.name, ()):
        return 1 + WIDENS[given.name].index(target.name)
    if target.name == "?":
        inner = cost(Typed(typed.tree, bare(given), typed.constant), bare(target))
        return None if inner is None else NULLABLE + inner
    if derives(given, target):
        names = [base.name for base in lineage(given)]
        return BASE + names.index(target.name)
    if _same_delegate(given, target) or _same_tuple(given, target):
        return BASE
    return DEFINED if _is_defined(given, target) else None


def _fits_constant(typed: Typed, target: Type) -> bool:
    """Whether an int constant fits a smaller integer type, or 0 an enum."""
    if typed.type != INT or not isinstance(typed.constant, int):
        return False
    if target.name in ENUMS:
        return typed.constant == 0
    if target.name not in INTEGERS:
        return False
    bits, signed = BITS[target.name]
    low = -(1 << (bits - 1)) if signed else 0
    return low <= typed.constant < low + (1 << bits)


def _same_delegate(given: Type, target: Type) -> bool:
    alike = given.name == target.name and given.name in ("Func", "Action", "Predicate")
    return alike and len(given.arguments) == len(target.arguments)


def _same_tuple(given: Type, target: Type) -> bool:
    if given.name != "ValueTuple" or target.name != "ValueTuple":
        return False
    pairs = zip(given.arguments, target.arguments, strict=False)
    return len(given.arguments) == len(target.arguments) and all(
        have == want or derives(have, want) for have, want in pairs
    )


def _is_defined(given: Type, target: Type) -> bool:
    if target.name == "JToken":
        return given.name in INTO_TOKEN or str(given) == "byte[]"
    pair = (given.name, target.name)
    return pair in (
        ("string", "XName"),
        ("string", "XNamespace"),
        ("DateTime", "DateTimeOffset"),
    )


def convert(unit: Unit, typed: Typed, target: Type, node: Node) -> ast.expr:
    """`typed` made `target` as C# does by itself; refused where it does not."""
    if cost(typed, target) is None:
        hint = ""
        if cast_is_known(typed.type, target):
            hint = f"; write ({target}) before it"
        unit.refuse(node, f"{typed.type} does not become {target} by itself{hint}")
    return converted(unit, typed, target)


def converted(unit: Unit, typed: Typed, target: Type) -> ast.expr:
    """`typed` made `target`, where `cost` has said that this is possible."""
    given, tree = typed.type, typed.tree
    if given in (target, NULL, NEVER):
        return tree
    if target == OBJECT:
        return boxed(unit, tree, given)
    if isinstance(typed.constant, int) and target.name in ENUMS:
        return unit.link(ENUM_CLASSES[target.name](typed.constant))
    if given.name == "?" and target.name == "?":
        return lifted(unit, tree, bare(given), bare(target))
    if target.name == "?":
        return converted(unit, typed, bare(target))
    if target.name in NUMBERS:
        return number(unit, typed, target)
    if _is_defined(given, target):
        if target.name == "JToken":
            return unit.call(token_of, tree)
        if target.name == "DateTimeOffset":
            return unit.call(offset_of, tree)
        return unit.call(casting.CASTS[target.name], tree)
    return tree


def boxed(unit: Unit, tree: ast.expr, given: Type) -> ast.expr:
    """A value as an object that still knows which type it has."""
    if given.name in COLLECTIONS:
        return unit.call(named, tree, emit.value(spelled(given)))
    box = BOXES.get(bare(given).name)
    if box is None:
        return tree
    made = emit.call(unit.link(box), emit.name(""))
    if given.name != "?":
        made.args[0] = tree
        return made
    held = unit.fresh("t")
    made.args[0] = emit.name(held)
    return emit.either(emit.is_none(emit.keep(held, tree)), emit.value(None), made)


def named_tree(unit: Unit, typed: Typed) -> ast.expr:
    """What is printed: a collection prints the name of its type."""
    if typed.type.name in COLLECTIONS:
        return boxed(unit, typed.tree, typed.type)
    return typed.tree


def lifted(unit: Unit, tree: ast.expr, given: Type, target: Type) -> ast.expr:
    """A conversion that leaves null alone."""
    if given == target:
        return tree
    held = unit.fresh("t")
    inside = cast(unit, Typed(emit.name(held), given), target, None)
    return emit.either(
        emit.is_none(emit.keep(held, tree)), emit.value(None), inside.tree
    )


# --- casts ----------------------------------------------------------------------


def cast_is_known(given: Type, target: Type) -> bool:
    """Whether `(target)` before a value of type `given` means something."""
    plain, wanted = bare(given), bare(target)
    scalar = NUMBERS | ENUMS | {"char"}
    if plain.name in scalar and wanted.name in scalar:
        return True
    if derives(plain, wanted) or derives(wanted, plain) or given == OBJECT:
        return True
    if plain.name in TOKENS:
        return wanted.name in INTO_TOKEN or wanted == STRING
    if plain.name in ("XElement", "XAttribute"):
        return wanted.name in NUMBERS | {"string", "bool", "DateTime", "Guid"}
    interfaces = plain.name.startswith("I") or wanted.name.startswith("I")
    return interfaces and plain.name not in VALUES and wanted.name not in VALUES


def cast(unit: Unit, typed: Typed, target: Type, node: Node | None) -> Typed:
    """`(target)typed`."""
    given = typed.type
    if cost(typed, target) is not None:
        constant = typed.constant if target.name in INTEGERS else NOTHING
        return Typed(converted(unit, typed, target), target, constant)
    if not cast_is_known(given, target):
        assert node is not None, "only known conversions are lifted"
        unit.refuse(node, f"{given} cannot be cast to {target}")
    if given.name == "?":
        return _cast_nullable(unit, typed, target)
    if bare(given).name in NUMBERS | ENUMS | {"char"} and given != OBJECT:
        if node is not None:
            check_constant(unit, typed, target, node)
        return cast_number(unit, typed, target)
    is_read = given.name in TOKENS or given.name in ("XElement", "XAttribute")
    if is_read and not derives(target, given):
        return Typed(unit.call(casting.read_as, typed.tree, unit.link(target)), target)
    if target.name in casting.CASTS:
        return Typed(unit.call(casting.CASTS[target.name], typed.tree), target)
    return Typed(unit.call(casting.checked_cast, typed.tree, unit.link(target)), target)


def _cast_nullable(unit: Unit, typed: Typed, target: Type) -> Typed:
    inner = bare(typed.type)
    if target.name == "?":
        return Typed(lifted(unit, typed.tree, inner, bare(target)), target)
    present = Typed(unit.call(casting.present, typed.tree), inner)
    return cast(unit, present, target, None)


def common(first: Typed, second: Typed) -> Type | None:
    """The type that both branches of `?:` or several array items take."""
    if first.type in (NULL, NEVER) and second.type in (NULL, NEVER):
        return NULL if NULL in (first.type, second.type) else NEVER
    if first.type == NULL:
        return nullable(second.type)
    if second.type == NULL:
        return nullable(first.type)
    ahead, back = cost(first, second.type), cost(second, first.type)
    if ahead is not None and (back is None or ahead <= back):
        return second.type
    return first.type if back is not None else None


def truth(unit: Unit, typed: Typed, node: Node) -> ast.expr:
    """A condition: bool, or what C# takes for one."""
    return convert(unit, typed, BOOL, node)
