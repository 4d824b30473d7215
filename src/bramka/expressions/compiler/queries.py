"""`from x in row where … select …`: each clause as the method that it stands for.

Where a query has several range variables, a row of it is a tuple of their values.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from bramka.expressions.compiler import emit
from bramka.expressions.compiler.calls import code_of
from bramka.expressions.compiler.lambdas import write_return, write_value
from bramka.expressions.compiler.names import type_from
from bramka.expressions.compiler.overloads import Argument, choose
from bramka.expressions.compiler.types import Type
from bramka.expressions.compiler.unit import Lambda, Typed, Unit, Visit

_ROW = "row of the query"
"""Name of the parameter that holds several range variables; no author can write it."""


@dataclass(slots=True)
class Query:
    """A query as far as it is read: its rows, and the names of what is in them."""

    unit: Unit
    rows: Typed
    names: tuple[str, ...]

    def call(
        self, node: Node, method: str, *given: Typed | Lambda, of: Type | None = None
    ) -> None:
        """Let `method` of LINQ make other rows."""
        offers = self.unit.table.instance(self.rows.type, method)
        arguments = [Argument(node, item) for item in given]
        fitting = choose(self.unit, offers, arguments, (of,) if of else ())
        if fitting is None:
            self.unit.refuse(
                node,
                f"{method} does not fit rows of {self.rows.type} here; "
                "cast what is queried, for example to JArray or string[]",
            )
        self.rows = code_of(self.unit, fitting, self.rows, node)

    def of_row(self, value: Node) -> Lambda:
        """A row → `value`."""
        return self._closed(value, (), lambda unit: write_return(unit, value))

    def longer(self, node: Node, name: str, value: Node | None = None) -> Lambda:
        """A row → the row with one range variable more.

        It is the second parameter, or `value` where that is given.
        """
        names = self.names

        def write(unit: Unit) -> None:
            if value is None:
                _write_row(unit, node, [_local(unit, item) for item in (*names, name)])
                return
            more = unit.expression(value)
            _write_row(unit, node, [*(_local(unit, item) for item in names), more])

        made = self._closed(node, () if value else (name,), write)
        self.names = (*names, name)
        return made

    def _closed(
        self, node: Node, more: tuple[str, ...], write: Callable[[Unit], None]
    ) -> Lambda:
        names = self.names

        def body(unit: Unit) -> None:
            if len(names) > 1:
                _unpack(unit, node, names)
            write(unit)

        row = names[0] if len(names) == 1 else _ROW
        return Lambda(node, self.unit.scope, (row, *more), body)


def _local(unit: Unit, name: str) -> Typed:
    found = unit.scope.find(name)
    assert found is not None, "range variables are parameters"
    return Typed(unit.use(found), found.type)


def _unpack(unit: Unit, node: Node, names: tuple[str, ...]) -> None:
    row = _local(unit, _ROW)
    for index, (name, type_) in enumerate(zip(names, row.type.arguments, strict=True)):
        variable = unit.declare(node, name, type_, frozen=True)
        part = emit.item(_local(unit, _ROW).tree, index)
        unit.block.append(emit.set_to(variable.python, part))


def _write_row(unit: Unit, node: Node, values: list[Typed]) -> None:
    types = tuple(item.type for item in values)
    row = ast.Tuple([item.tree for item in values], ast.Load())
    write_value(unit, Typed(row, Type("ValueTuple", types)), node)


# --- clauses --------------------------------------------------------------------


def query_expression(unit: Unit, node: Node) -> Typed:
    """A whole query; `into` starts another over what came out."""
    first, *clauses = (item for item in node.named_children if item.type != "comment")
    rows, name = _source(unit, first)
    query = Query(unit, rows, (name,))
    for clause in clauses:
        if clause.type == "identifier":  # the name behind `into`
            query.names = (unit.text(clause),)
        elif clause.type in _CLAUSES:
            _CLAUSES[clause.type](query, clause)
        else:
            unit.refuse(clause, "this is not a clause of a query")
    return query.rows


def _source(unit: Unit, clause: Node) -> tuple[Typed, str]:
    """What a `from` walks over, and the name of its range variable."""
    name = clause.child_by_field_name("name")
    spelled = clause.child_by_field_name("type")
    if name is None:
        unit.refuse(clause, "a query needs a name between from and in")
    query = Query(unit, unit.expression(clause.named_children[-1]), ())
    if spelled is not None:
        query.call(clause, "Cast", of=type_from(unit, spelled))
    return query.rows, unit.text(name).removeprefix("@")


def _from(query: Query, clause: Node) -> None:
    """A further `from`: every row with every item of what it leads to."""
    name = clause.child_by_field_name("name")
    if name is None or clause.child_by_field_name("type") is not None:
        query.unit.refuse(clause, "write .Cast<T>() instead of a type here")
    items = query.of_row(clause.named_children[-1])
    more = query.longer(clause, query.unit.text(name).removeprefix("@"))
    query.call(clause, "SelectMany", items, more)


def _where(query: Query, clause: Node) -> None:
    query.call(clause, "Where", query.of_row(clause.named_children[-1]))


def _let(query: Query, clause: Node) -> None:
    name, value = _parts(clause)
    query.call(clause, "Select", query.longer(clause, query.unit.text(name), value))


def _join(query: Query, clause: Node) -> None:
    unit, parts = query.unit, _parts(clause)
    into = parts.pop() if parts[-1].type == "join_into_clause" else None
    if len(parts) != 4:
        unit.refuse(clause, "write join x in row on a equals b, without a type")
    name, items, left, right = parts
    outer = query.of_row(left)
    own = Query(unit, query.rows, (unit.text(name).removeprefix("@"),))
    inner = own.of_row(right)
    kept = into.named_children[-1] if into is not None else name
    more = query.longer(clause, unit.text(kept).removeprefix("@"))
    method = "GroupJoin" if into is not None else "Join"
    query.call(clause, method, unit.expression(items), outer, inner, more)


def _order(query: Query, clause: Node) -> None:
    method = "OrderBy"
    row = [item for item in clause.children[1:] if item.type not in (",", "comment")]
    for index, item in enumerate(row):
        if not item.is_named:
            continue
        after = row[index + 1].type if index + 1 < len(row) else ""
        down = "Descending" if after == "descending" else ""
        query.call(item, method + down, query.of_row(item))
        method = "ThenBy"


def _select(query: Query, clause: Node) -> None:
    value = clause.named_children[-1]
    before = clause.prev_named_sibling
    is_bare = before is None or before.type == "from_clause"
    # `where … select x` needs no Select; `from x in row select x` needs a method.
    if is_bare or (query.unit.text(value),) != query.names:
        query.call(clause, "Select", query.of_row(value))


def _group(query: Query, clause: Node) -> None:
    value, key = _parts(clause)
    given = [query.of_row(key)]
    if (query.unit.text(value),) != query.names:
        given.append(query.of_row(value))
    query.call(clause, "GroupBy", *given)


def _parts(clause: Node) -> list[Node]:
    return [item for item in clause.named_children if item.type != "comment"]


_CLAUSES: dict[str, Callable[[Query, Node], None]] = {
    "from_clause": _from,
    "where_clause": _where,
    "let_clause": _let,
    "join_clause": _join,
    "order_by_clause": _order,
    "select_clause": _select,
    "group_clause": _group,
}
VISITS: dict[str, Visit] = {"query_expression": query_expression}
