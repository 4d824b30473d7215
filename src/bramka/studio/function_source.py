"""What the types of a Python function tell of a service; nothing of the file is run."""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from bramka.domain.errors import Invalid
from bramka.domain.learning.model import Frames, Model
from bramka.domain.learning.table import Column, ColumnType

RESULT = "result"
"""The only column of what a function gives, unless that has names."""
_PLAIN: Mapping[str, ColumnType] = {
    "int": "Int64",
    "float": "Double",
    "str": "String",
    "bool": "Boolean",
    "datetime": "DateTime",
    "int16": "Int16",
    "int32": "Int32",
    "int64": "Int64",
    "float32": "Single",
    "float64": "Double",
    "bool_": "Boolean",
    "str_": "String",
}
"""By the last part of a name: `np.float64` is `float64`."""
_SHOWN = (
    "int, float, str, bool, datetime, a Literal, an Enum or a NumPy number; or take "
    "one DataFrame of pandas or polars"
)
_ENUMS = frozenset(("Enum", "IntEnum", "StrEnum"))
_TUPLES = frozenset(("tuple", "Tuple"))
_DEEP = 20
"""Names that stand for names end by then."""


class _Type(Struct, frozen=True):
    """The type of a cell, and the texts it can be if they are told."""

    name: ColumnType
    levels: tuple[str, ...] | None = None

    def column(self, name: str) -> Column:
        return Column(name=name, type=self.name, levels=self.levels)


def read_function(name: str, content: bytes, entry: str) -> Model:
    """The function of this name in a file, or its only one, with its columns."""
    try:
        tree = ast.parse(content, name)
    except SyntaxError as error:
        raise Invalid(f"{name}, line {error.lineno}: {error.msg}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise Invalid(f"{name} is no Python, or nested too deeply.") from None
    function = _chosen(name, tree, entry)
    entry, given = function.name, function.args
    if given.vararg or given.kwarg:
        raise Invalid(f"'{entry}' may not take * or **: a service has named columns.")
    types = _Types(tree)
    taken = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    frames = types.frames(taken)
    columns = types.taken(taken)
    if not columns and not frames:
        raise Invalid(f"'{entry}' takes nothing; a service needs a column at least.")
    outputs = types.given(function.returns, f"What '{entry}' gives")
    return Model(
        flavour="function",
        file=name,
        entry=entry,
        columns=columns,
        outputs=outputs,
        frames=frames,
    )


def _chosen(name: str, tree: ast.Module, entry: str) -> ast.FunctionDef:
    found = {
        each.name: each
        for each in tree.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
        and not each.name.startswith("_")
    }
    if not entry and len(found) == 1:
        entry = next(iter(found))
    if entry not in found:
        known = ", ".join(f"'{each}'" for each in found) or "none"
        asked = f"There is no function '{entry}' in {name}" if entry else name
        raise Invalid(
            f"{asked}: name the function to publish; its public functions are {known}."
        )
    function = found[entry]
    if isinstance(function, ast.AsyncFunctionDef):
        raise Invalid(f"'{entry}' is async; write it with a plain def.")
    return function


class _Types:
    """What annotations in a file mean."""

    def __init__(self, tree: ast.Module) -> None:
        self._classes = {
            each.name: each for each in tree.body if isinstance(each, ast.ClassDef)
        }
        self._names = dict(_assigned(tree))
        self._makers = dict(_imported(tree))

    def frames(self, arguments: list[ast.arg]) -> Frames:
        """Whose frame a function takes as its only argument."""
        if len(arguments) != 1:
            return ""
        return self._whole(arguments[0].annotation)

    def taken(self, arguments: list[ast.arg]) -> tuple[Column, ...]:
        """The columns of arguments; a class with fields is taken alone.

        A frame may tell its own: `Annotated[pd.DataFrame, Flower]`.
        """
        if self.frames(arguments):
            return self._told(arguments[0].annotation)
        if len(arguments) == 1 and (fields := self._fields(arguments[0].annotation)):
            return fields
        return tuple(
            self._type(each.annotation, f"'{each.arg}'").column(each.arg)
            for each in arguments
        )

    def given(self, returns: ast.expr | None, what: str) -> tuple[Column, ...]:
        """`result`, `result0…n` for tuples, or the fields of a class in the file.

        None of a frame that does not tell them: it is called to see.
        """
        if self._whole(returns):
            return self._told(returns)
        if isinstance(returns, ast.Subscript) and _last(returns.value) in _TUPLES:
            return tuple(
                self._type(each, what).column(f"{RESULT}{place}")
                for place, each in enumerate(_parts(returns))
            )
        fields = self._fields(returns)
        return fields or (self._type(returns, what).column(RESULT),)

    def _whole(self, annotation: ast.expr | None) -> Frames:
        """Whose frame or column a type is; empty for what is neither."""
        node = self._meant(annotation)
        if _last(node) not in ("DataFrame", "Series"):
            return ""
        root = node.value if isinstance(node, ast.Attribute) else node
        maker = self._makers.get(_last(root), "")
        return "pandas" if maker == "pandas" else "polars" if maker == "polars" else ""

    def _meant(self, annotation: ast.expr | None) -> ast.expr:
        """What stands in `Annotated`, or behind a name."""
        node, deep = _plain(annotation), 0
        while deep < _DEEP:
            if isinstance(node, ast.Subscript) and _last(node.value) == "Annotated":
                node = _plain(_parts(node)[0])
            elif isinstance(node, ast.Name) and node.id in self._names:
                node = _plain(self._names[node.id])
            deep += 1
        return node

    def _told(self, annotation: ast.expr | None) -> tuple[Column, ...]:
        """The columns that stand beside a frame in `Annotated`."""
        node = _plain(annotation)
        if isinstance(node, ast.Name) and node.id in self._names:
            node = self._names[node.id]
        beside = _parts(node)[1:] if isinstance(node, ast.Subscript) else []
        return next((found for each in beside if (found := self._fields(each))), ())

    def _fields(self, annotation: ast.expr | None) -> tuple[Column, ...]:
        """The columns of a class in the file; none of anything else."""
        found = self._classes.get(_last(_plain(annotation)))
        if found is None or self._is_enum(found):
            return ()
        inherited = [each for base in found.bases for each in self._fields(base)]
        own = [
            self._type(each.annotation, f"'{found.name}.{each.target.id}'").column(
                each.target.id
            )
            for each in found.body
            if isinstance(each, ast.AnnAssign)
            and isinstance(each.target, ast.Name)
            and "ClassVar" not in ast.unparse(each.annotation)
        ]
        return tuple({each.name: each for each in (*inherited, *own)}.values())

    def _type(self, annotation: ast.expr | None, what: str, deep: int = 0) -> _Type:
        found = None
        if annotation is not None and deep < _DEEP:
            found = self._known(_plain(annotation), what, deep + 1)
        if found is None:
            text = ast.unparse(annotation) if annotation is not None else "none"
            raise Invalid(f"{what} has the type '{text}'; write {_SHOWN}.")
        return found

    def _known(self, node: ast.expr, what: str, deep: int) -> _Type | None:
        name = _last(node)
        if isinstance(node, ast.Subscript):
            return self._parametrised(node, what, deep)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._either([node.left, node.right], what, deep)
        if name in self._classes:
            return self._enum(self._classes[name])
        if name in self._names:
            return self._type(self._names[name], what, deep)
        kind = _PLAIN.get(name)
        return _Type(kind) if kind else None

    def _parametrised(self, node: ast.Subscript, what: str, deep: int) -> _Type | None:
        parts = _parts(node)
        match _last(node.value):
            case "Optional" | "Annotated" | "Final" | "Required" | "NotRequired":
                return self._type(parts[0], what, deep)
            case "Union":
                return self._either(parts, what, deep)
            case "Literal":
                return _of_values(parts)
        return None

    def _either(self, parts: list[ast.expr], what: str, deep: int) -> _Type | None:
        """One type and None, or whole numbers and others."""
        found = {self._type(each, what, deep) for each in parts if not _is_none(each)}
        if found == {_Type("Int64"), _Type("Double")}:
            return _Type("Double")
        return found.pop() if len(found) == 1 else None

    def _is_enum(self, found: ast.ClassDef) -> bool:
        return any(_last(base) in _ENUMS for base in found.bases)

    def _enum(self, found: ast.ClassDef) -> _Type | None:
        if not self._is_enum(found):
            return None
        values = [each.value for each in found.body if isinstance(each, ast.Assign)]
        return _of_values(values)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names that stand for types: `Metres = float`, `Id = NewType("Id", int)`."""
    for each in tree.body:
        if not isinstance(each, ast.Assign) or len(each.targets) != 1:
            continue
        target, value = each.targets[0], each.value
        if isinstance(value, ast.Call) and _last(value.func) == "NewType":
            value = value.args[-1] if value.args else value
        if isinstance(target, ast.Name):
            yield target.id, value


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names in a file, and the package that each comes from."""
    for each in tree.body:
        if isinstance(each, ast.Import):
            for name in each.names:
                yield name.asname or name.name, name.name
        elif isinstance(each, ast.ImportFrom):
            for name in each.names:
                yield name.asname or name.name, each.module or ""


def _parts(node: ast.Subscript) -> list[ast.expr]:
    """What stands in the brackets."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def _of_values(values: list[ast.expr]) -> _Type | None:
    """The type of constants: texts, whole numbers or numbers."""
    found = [each.value for each in values if isinstance(each, ast.Constant)]
    if not found or len(found) < len(values):
        return None
    kinds = {type(each) for each in found}
    if kinds == {str}:
        return _Type("String", tuple(str(each) for each in found))
    named = {_PLAIN.get(each.__name__) for each in kinds}
    if named == {"Int64", "Double"}:
        return _Type("Double")
    [kind] = named if len(named) == 1 else (None,)
    return _Type(kind) if kind else None


def _plain(node: ast.expr | None) -> ast.expr:
    """An annotation, out of its quotes if it has any."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return node
    return node if node is not None else ast.Constant(None)


def _last(node: ast.expr) -> str:
    """The last part of a name with dots; empty for what is no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
