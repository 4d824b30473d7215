"""Which function answers which address: a tree of segments, walked once for each."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from msgspec import Struct

from bramka.scoring.refusal import refuse
from bramka.wire.message import Answer, Request

Outcome = Answer | Awaitable[Answer]
Values = Mapping[str, str]
"""What stands in the path where the pattern has a `{name}`."""
Run = Callable[[Request, Values], Outcome]
MOST_KEPT = 1024
LONGEST_KEPT = 256
"""Characters of an address that is remembered."""


class Route(Struct, frozen=True):
    """One method on one pattern such as `/workspaces/{workspace}/jobs/{job}`."""

    method: str
    pattern: str
    run: Run


class _Node:
    """One place in the tree of segments."""

    __slots__ = ("fixed", "methods", "named")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node] = {}
        self.named: _Node | None = None
        self.methods: dict[str, tuple[Run, list[str]]] = {}


class Router:
    """Finds the function for a request; patterns are resolved when it is made."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self._patterns: list[str] = []
        self._kept: dict[tuple[str, str], tuple[Run, Values]] = {}
        """Where addresses led before: callers come back to the few they know."""
        for route in routes:
            self._add(route)

    def __repr__(self) -> str:
        return f"<Router: {len(self._patterns)} routes>"

    def find(self, request: Request) -> tuple[Run, Values]:
        """The function and the values in the path; Refusal 404 or 405."""
        place = request.method, request.path
        known = self._kept.get(place)
        if known is None:
            known = self._walked(request)
            if len(request.path) <= LONGEST_KEPT:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.clear()
                self._kept[place] = known
        return known

    def _walked(self, request: Request) -> tuple[Run, Values]:
        node: _Node | None = self._root
        found: list[str] = []
        for segment in request.path.split("/")[1:]:
            assert node is not None
            # The old addresses were taken in any case.
            fixed = node.fixed.get(segment) or node.fixed.get(segment.lower())
            if fixed is None:
                found.append(segment)
            node = fixed or node.named
            if node is None:
                break
        if node is None or not node.methods:
            raise refuse(
                "NotFound",
                "ResourceNotFound",
                f"There is nothing at {request.path[:200]}. A service is called by "
                "POST /workspaces/{workspace}/services/{service}/execute"
                "?api-version=2.0.",
            )
        method = "GET" if request.method == "HEAD" else request.method
        match = node.methods.get(method)
        if match is None:
            allowed = ", ".join(sorted(node.methods))
            raise refuse(
                "MethodNotAllowed",
                "MethodNotAllowed",
                f"{request.method} is not possible at this address; possible: "
                f"{allowed}.",
                headers=[(b"Allow", allowed.encode())],
            )
        run, names = match
        return run, dict(zip(names, found, strict=True))

    def _add(self, route: Route) -> None:
        self._patterns.append(f"{route.method} {route.pattern}")
        node, names = self._root, []
        for segment in route.pattern.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.named = node.named or _Node()
                node = node.named
            else:
                node = node.fixed.setdefault(segment.lower(), _Node())
        node.methods[route.method] = (route.run, names)
