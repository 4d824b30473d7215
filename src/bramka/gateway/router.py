"""From a path in an API to its operation, by lookups that do not grow in number.

Each segment prefers a literal over a mixed pattern, that over a parameter, and that
over the wildcard; of templates with the same path, the one that requires more query
parameters is tried first, and of those the one with more literal values. Which API it
is, `api_table.py` tells.
Literals compare without case. (The documents leave precedence open: apim.md §2.2.)
"""

from collections.abc import Iterable
from typing import Generic, TypeVar
from urllib.parse import unquote

from bramka.domain.traffic.operation import Operation
from bramka.gateway.template import PARAMETER, Template

T = TypeVar("T")


class _Candidate(Generic[T]):
    """One operation at the end of a path."""

    __slots__ = ("names", "query", "target")

    def __init__(self, target: T, names: tuple[str, ...], template: Template) -> None:
        self.target = target
        self.names = names
        """Parameter names in the order of the path."""
        self.query = template.query


class _Node(Generic[T]):
    """One place in the tree of path segments."""

    __slots__ = ("ends", "literals", "mixed", "parameter", "tails")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.mixed: list[tuple[str, list[str], _Node[T]]] = []
        """Shape, its literals without case, and where it leads."""
        self.parameter: _Node[T] | None = None
        self.ends: dict[str, list[_Candidate[T]]] = {}
        """Method → operations whose path ends here."""
        self.tails: dict[str, list[_Candidate[T]]] = {}
        """Method → operations whose wildcard begins here."""

    def copy(self) -> "_Node[T]":
        """A node that can be changed while this one goes on serving."""
        node: _Node[T] = _Node()
        node.literals = dict(self.literals)
        node.mixed = list(self.mixed)
        node.parameter = self.parameter
        node.ends = {method: list(ends) for method, ends in self.ends.items()}
        node.tails = {method: list(tails) for method, tails in self.tails.items()}
        return node


class OperationTree(Generic[T]):
    """The operations of one API."""

    def __init__(self, operations: Iterable[tuple[Operation, T]]) -> None:
        self.root: _Node[T] = _Node()
        for operation, target in operations:
            self._add(operation, target)

    def _add(self, operation: Operation, target: T) -> None:
        template = Template(operation.url_template)
        node = self.root
        names: list[str] = []
        for segment in template.segments:
            found = PARAMETER.findall(segment)
            names += found
            node = _descend(node, segment, bool(found))
        table = node.tails if template.wildcard else node.ends
        candidates = table.setdefault(operation.method.upper(), [])
        candidates.append(_Candidate(target, tuple(names), template))
        candidates.sort(key=_query_rank)

    def changed(
        self, gone: Operation | None, come: Operation | None, target: T
    ) -> "OperationTree[T]":
        """The tree without `gone` and with `come`, both of which lead to `target`.

        Only the nodes on their paths are new; this tree stays as it is.
        """
        tree: OperationTree[T] = OperationTree(())
        tree.root = self.root
        if gone is not None:
            node = tree._copy_path(gone)
            template = Template(gone.url_template)
            table = node.tails if template.wildcard else node.ends
            method = gone.method.upper()
            kept = [one for one in table.get(method, ()) if one.target != target]
            if kept:
                table[method] = kept
            else:
                table.pop(method, None)
        if come is not None:
            tree._copy_path(come)
            tree._add(come, target)
        return tree

    def _copy_path(self, operation: Operation) -> _Node[T]:
        """Replace the nodes on an operation's path by copies; gives the last."""
        node = self.root = self.root.copy()
        for segment in Template(operation.url_template).segments:
            has_parameter = bool(PARAMETER.search(segment))
            child = _descend(node, segment, has_parameter).copy()
            _replace_child(node, segment, child)
            node = child
        return node

    def match(
        self, method: str, segments: list[str], query: str
    ) -> tuple[T, dict[str, str]] | None:
        """The operation for a call, and its template parameters; None if none fits."""
        values: list[str] = []
        node = self.root
        # As long as there is only one way to go, no search is needed.
        for segment in segments:
            literal = node.literals.get(segment.lower()) if node.literals else None
            if literal is None:
                if node.mixed or node.tails or node.parameter is None or not segment:
                    return self._search(self.root, 0, method, segments, query, [])
                values.append(segment)
                node = node.parameter
            elif node.parameter is None and not node.mixed and not node.tails:
                node = literal
            else:
                return self._search(self.root, 0, method, segments, query, [])
        candidates = node.ends.get(method)
        if candidates is not None and not candidates[0].query:
            only = candidates[0]
            if len(only.names) == 1 and "%" not in values[0]:
                return only.target, {only.names[0]: values[0]}
        found = _pick(candidates, query, values)
        return found or _pick(node.tails.get(method), query, values)

    def _search(
        self,
        node: _Node[T],
        depth: int,
        method: str,
        segments: list[str],
        query: str,
        values: list[str],
    ) -> tuple[T, dict[str, str]] | None:
        if depth == len(segments):
            found = _pick(node.ends.get(method), query, values)
            return found or _pick(node.tails.get(method), query, values)
        segment = segments[depth]
        literal = node.literals.get(segment.lower())
        if literal is not None:
            found = self._search(literal, depth + 1, method, segments, query, values)
            if found is not None:
                return found
        for _, literals, child in node.mixed:
            groups = _between(literals, segment)
            if groups is not None:
                values.extend(groups)
                found = self._search(child, depth + 1, method, segments, query, values)
                if found is not None:
                    return found
                del values[len(values) - len(groups) :]
        if node.parameter is not None and segment:
            values.append(segment)
            found = self._search(
                node.parameter, depth + 1, method, segments, query, values
            )
            if found is not None:
                return found
            values.pop()
        return _pick(node.tails.get(method), query, values) if node.tails else None


def _query_rank(candidate: _Candidate[T]) -> tuple[int, int, str]:
    """More required parts go first, and of as many, the one with more literals.

    The id decides last, so that the order does not depend on what changed when.
    """
    parameters = sum(1 for _, parameter, _ in candidate.query if parameter)
    return -len(candidate.query), parameters, str(candidate.target)


def _between(literals: list[str], segment: str) -> list[str] | None:
    """What stands between the literals, at least a character each; None: no match.

    Each literal is taken where it comes first, so that no segment takes long.
    """
    lower = segment.lower()
    first, *middle, last = literals
    end = len(lower) - len(last)
    if not lower.startswith(first) or not lower.endswith(last):
        return None
    values: list[str] = []
    position = len(first)
    for literal in middle:
        found = lower.find(literal, position + 1, end)
        if found == -1:
            return None
        values.append(segment[position:found])
        position = found + len(literal)
    if position >= end:
        return None
    return [*values, segment[position:end]]


def _descend(node: "_Node[T]", segment: str, has_parameter: bool) -> "_Node[T]":
    if not has_parameter:
        return node.literals.setdefault(segment.lower(), _Node())
    if PARAMETER.fullmatch(segment):
        if node.parameter is None:
            node.parameter = _Node()
        return node.parameter
    shape = PARAMETER.sub("{}", segment).lower()
    for known, _, other in node.mixed:
        if known == shape:
            return other
    literals = PARAMETER.split(segment.lower())[::2]
    child: _Node[T] = _Node()
    node.mixed.append((shape, literals, child))
    # The pattern with more literal text is the narrower one.
    node.mixed.sort(key=lambda one: (-len(one[0]), one[0]))
    return child


def _replace_child(node: "_Node[T]", segment: str, child: "_Node[T]") -> None:
    if not PARAMETER.search(segment):
        node.literals[segment.lower()] = child
    elif PARAMETER.fullmatch(segment):
        node.parameter = child
    else:
        shape = PARAMETER.sub("{}", segment).lower()
        node.mixed = [
            (known, literals, child if known == shape else other)
            for known, literals, other in node.mixed
        ]


def _pick(
    candidates: "list[_Candidate[T]] | None", query: str, values: list[str]
) -> tuple[T, dict[str, str]] | None:
    """The first candidate whose required query parts are there."""
    if not candidates:
        return None
    for candidate in candidates:
        if candidate.query:
            parameters = _query_match(candidate.query, query)
            if parameters is None:
                continue
        else:
            parameters = {}
        for name, value in zip(candidate.names, values, strict=False):
            parameters[name] = unquote(value) if "%" in value else value
        return candidate.target, parameters
    return None


def _query_match(
    required: tuple[tuple[str, str, str], ...], query: str
) -> dict[str, str] | None:
    given: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if "%" in part or "+" in part:
            name, value = unquote(name), unquote(value.replace("+", " "))
        given.setdefault(name.lower(), value)
    parameters: dict[str, str] = {}
    for name, parameter, literal in required:
        value = given.get(name.lower())  # type: ignore[assignment] # None is tested next
        if value is None or (not parameter and value != literal):
            return None
        if parameter:
            parameters[parameter] = value
    return parameters
