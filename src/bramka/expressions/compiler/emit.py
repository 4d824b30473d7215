"""Small pieces of Python syntax trees."""

import ast
from collections.abc import Mapping
from functools import cache


def name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def stored(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Store())


def value(constant: object) -> ast.Constant:
    return ast.Constant(constant)  # type: ignore[arg-type]  # only literals come here


def call(function: ast.expr, *arguments: ast.expr) -> ast.Call:
    return ast.Call(function, list(arguments), [])


def set_to(identifier: str, tree: ast.expr) -> ast.Assign:
    return ast.Assign([stored(identifier)], tree)


def keep(identifier: str, tree: ast.expr) -> ast.NamedExpr:
    """`(identifier := tree)`."""
    return ast.NamedExpr(stored(identifier), tree)


def last_of(*steps: ast.expr) -> ast.expr:
    """All steps in order; the value of the last."""
    if len(steps) == 1:
        return steps[0]
    row = ast.Tuple(list(steps), ast.Load())
    return ast.Subscript(row, value(-1), ast.Load())


def item(tree: ast.expr, index: int) -> ast.expr:
    return ast.Subscript(tree, value(index), ast.Load())


def is_none(tree: ast.expr) -> ast.Compare:
    return ast.Compare(tree, [ast.Is()], [value(None)])


def either(test: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.IfExp:
    return ast.IfExp(test, then, otherwise)


def compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left, [operator], [right])


def binary(left: ast.expr, operator: ast.operator, right: ast.expr) -> ast.BinOp:
    return ast.BinOp(left, operator, right)


def block(body: list[ast.stmt]) -> list[ast.stmt]:
    """A suite, which Python does not let be empty."""
    return body or [ast.Pass()]


def function(
    identifier: str,
    parameters: list[str],
    body: list[ast.stmt],
    *,
    bound: list[str] | None = None,
) -> ast.FunctionDef:
    """A function; `bound` names are taken from around it when it is made."""
    bound = bound or []
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(parameter) for parameter in parameters],
        kwonlyargs=[ast.arg(parameter) for parameter in bound],
        kw_defaults=[name(parameter) for parameter in bound],
        defaults=[],
    )
    return ast.FunctionDef(identifier, arguments, block(body), [])


@cache
def _template(text: str) -> str:
    """A template with `$0` made a Python name."""
    return text.replace("$", "slot_")


class _Fill(ast.NodeTransformer):
    def __init__(self, slots: Mapping[str, ast.expr]) -> None:
        self.slots = slots

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.slots.get(node.id, node)


def inline(template: str, arguments: list[ast.expr]) -> ast.expr:
    """`template` with its slots filled."""
    tree = ast.parse(_template(template), mode="eval").body
    slots = {f"slot_{index}": tree for index, tree in enumerate(arguments)}
    filled = _Fill(slots).visit(tree)
    assert isinstance(filled, ast.expr), "an expression stays one"
    return filled
