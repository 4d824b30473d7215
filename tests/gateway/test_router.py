"""From a URL to an operation: precedence, versions, revisions, and a slow reference."""

import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.gateway.conftest import OpenBackend, OpenGate
from tests.gateway.rig import Gate, api, configure, operation

from bramka.domain.traffic.api import Api, VersionSet
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.operation import Operation
from bramka.gateway.router import OperationTree
from bramka.gateway.template import path_segments


def tree(*templates: str) -> OperationTree[str]:
    return OperationTree((operation("GET", one), one) for one in templates)


def find(templates: list[str], url: str, method: str = "GET") -> str | None:
    path, _, query = url.partition("?")
    segments = path_segments(path)
    assert segments is not None
    if segments == [""]:
        segments = []
    found = tree(*templates).match(method, segments, query)
    return found[0] if found else None


ALL = ["/a/b", "/a/{x}", "/a/v{x}.json", "/*", "/a/{x}/c", "/{p}/b/{q}", "/a/*", "/"]


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("/a/b", "/a/b"),
        ("/A/B", "/a/b"),
        ("/a/c", "/a/{x}"),
        ("/a/v1.json", "/a/v{x}.json"),
        ("/a/V1.JSON", "/a/v{x}.json"),
        ("/a/v.json", "/a/{x}"),
        ("/a/b/c", "/a/{x}/c"),
        ("/a/b/d", "/a/*"),
        ("/x/b/d", "/{p}/b/{q}"),
        ("/a/x/d", "/a/*"),
        ("/a/b/c/d", "/a/*"),
        ("/z", "/*"),
        ("/", "/"),
        ("/a", "/a/*"),
        ("/a/", "/a/*"),
        ("/a//b", "/a/*"),
        ("/a/b/", "/a/*"),
    ],
)
def test_literal_before_mixed_before_parameter_before_wildcard(
    url: str, template: str
) -> None:
    assert find(ALL, url) == template
    assert find(ALL[::-1], url) == template, "their order does not matter"


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("/a?v=1", "/a?v=1"),
        ("/a?v=2", "/a?v={v}"),
        ("/a?V=3&w=4", "/a?v={v}&w={w}"),
        ("/a?w=4&v=3", "/a?v={v}&w={w}"),
        ("/a?w=4", "/a"),
        ("/a", "/a"),
        ("/a?v", "/a?v={v}"),
        ("/a?x=1&v=%31", "/a?v=1"),
    ],
)
def test_required_query_parts_tell_operations_apart(url: str, template: str) -> None:
    templates = ["/a", "/a?v={v}", "/a?v=1", "/a?v={v}&w={w}"]
    assert find(templates, url) == template


def test_a_required_query_part_that_is_missing_is_no_match() -> None:
    assert find(["/a?v={v}"], "/a") is None
    assert find(["/a?v={v}"], "/a?w=1") is None


def test_methods_are_told_apart() -> None:
    assert find(["/a"], "/a", "POST") is None
    assert find(["/a"], "/a", "get") is None


def test_parameters_are_decoded() -> None:
    found = tree("/a/{x}/f-{y}.{z}?q={q}").match(
        "GET", ["a", "1%20é", "f-b.c.d"], "q=x%2By+z"
    )
    assert found is not None
    assert found[1] == {"x": "1 é", "y": "b", "z": "c.d", "q": "x+y z"}


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/a/b", ["a", "b"]),
        ("/a/./b", ["a", "b"]),
        ("/a/../b", ["b"]),
        ("/a/%2e%2E/b", ["b"]),
        ("/a/.%2e/b", ["b"]),
        ("/a/..b/.c", ["a", "..b", ".c"]),
        ("/..", None),
        ("/a/../../b", None),
        ("/%2e%2e/a", None),
        ("/a%2fb", None),
        ("/a%2Fb", None),
        ("/a%5cb", None),
        ("/a\\b", None),
        ("/a%00", None),
        ("/a%252fb", ["a%252fb"]),
    ],
)
def test_what_servers_read_differently_is_resolved_or_refused(
    path: str, segments: list[str] | None
) -> None:
    assert path_segments(path) == segments


def test_a_hostile_segment_takes_no_more_than_its_length() -> None:
    routes = tree("/{a}-{b}-{c}-{d}-{e}.json", "/{a}{b}{c}{d}x")
    started = time.process_time()
    assert routes.match("GET", ["-" * 16_000], "") is None
    assert time.process_time() - started < 0.5


# --- against a reference that tries everything ------------------------------------

WORD = st.sampled_from(["a", "b", "A", "v1", "v2.json", "x-y"])
PIECE = st.sampled_from(["a", "b", "{p}", "{q}", "v{r}", "{s}-{t}", "v{u}.json"])
TEMPLATES = st.lists(
    st.builds(
        lambda pieces, tail, query: "/" + "/".join([*pieces, *tail]) + query,
        st.lists(PIECE, max_size=3, unique=True),
        st.sampled_from([[], [], ["*"]]),
        st.sampled_from(["", "", "?k={k}", "?k=1", "?k=1&l={l}"]),
    ),
    min_size=1,
    max_size=8,
)
QUERY = st.sampled_from(["", "k=1", "K=2", "l=3&k=1", "l=3"])


def pieces_of(template: str) -> list[str]:
    path = template.partition("?")[0].strip("/")
    return path.split("/") if path else []


def shapes_of(template: str) -> list[str]:
    return [re.sub(r"\{\w+\}", "{}", piece).lower() for piece in pieces_of(template)]


Step = tuple[int, int, str]
Rank = tuple[tuple[Step, ...], int, int]


def rank(template: str, segments: list[str], query: str) -> Rank | None:
    """How well a template fits a URL, smaller is better; None if it does not."""
    pieces, shapes = pieces_of(template), shapes_of(template)
    tail = pieces[-1:] == ["*"]
    pieces = pieces[:-1] if tail else pieces
    if len(segments) < len(pieces) or (len(segments) > len(pieces) and not tail):
        return None
    ranks: list[Step] = []
    for depth, (piece, segment) in enumerate(zip(pieces, segments, strict=False)):
        literals = re.split(r"\{\w+\}", piece)
        pattern = "(.+)".join(re.escape(one) for one in literals)
        if not re.fullmatch(pattern, segment, re.IGNORECASE):
            return None
        kind = 0 if len(literals) == 1 else 2 if literals == ["", ""] else 1
        # Of mixed patterns in one place, the one with more literal text goes first.
        shape = shapes[depth]
        ranks.append((kind, -len(shape), shape) if kind == 1 else (kind, 0, ""))
    given: dict[str, str] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        given.setdefault(name.lower(), unquote(value))
    needed = [part.split("=") for part in template.partition("?")[2].split("&") if part]
    for name, value in needed:
        if name not in given or (value[0] != "{" and value != given[name]):
            return None
    # A path that ends here goes before a wildcard that begins here.
    parameters = sum(value[0] == "{" for _, value in needed)
    return (*ranks, (3 if tail else -1, 0, "")), -len(needed), parameters


@given(TEMPLATES, st.lists(WORD, max_size=4), QUERY)
def test_the_tree_finds_what_trying_everything_finds(
    templates: list[str], segments: list[str], query: str
) -> None:
    ranked = {
        template: found
        for template in templates
        if (found := rank(template, segments, query)) is not None
    }
    match = tree(*templates).match("GET", segments, query)
    if not ranked:
        assert match is None
        return
    assert match is not None
    assert ranked[match[0]] == min(ranked.values())
    path = match[0].partition("?")[0]
    names = set(re.findall(r"\{(\w+)\}", match[0]))
    assert set(match[1]) == names
    assert all(match[1][name] for name in re.findall(r"\{(\w+)\}", path))


# --- APIs, versions, revisions ----------------------------------------------------


def versioned(scheme: str, **names: str) -> VersionSet:
    return VersionSet(
        id="set",
        display_name="set",
        versioning_scheme=scheme,  # type: ignore[arg-type] # one of three words
        **names,
    )


def version(name: str, number: str | None, path: str = "pay", **fields: Any) -> Api:
    return api(name, path=path, api_version=number, api_version_set_id="set", **fields)


class Routes:
    """What URLs lead to in one configuration."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    async def to(self, url: str, *lines: str) -> tuple[str, str] | None:
        """Id of the API and the path behind it; None if there is none."""
        answer = await self.gate.get(url, *lines)
        if answer.status == 404:
            return None
        assert answer.status == 200
        _, target, _ = answer.body.decode().split(" ")
        name, _, path = target.partition("?")[0][1:].partition("/")
        return name, f"/{path}"


OpenRoutes = Callable[[Configuration], Awaitable[Routes]]


@pytest.fixture
def open_routes(open_backend: OpenBackend, open_gate: OpenGate) -> OpenRoutes:
    async def open_one(configuration: Configuration) -> Routes:
        backend = await open_backend()
        apis = {
            name: structs.replace(one, service_url=f"{backend.url}/{name}")
            for name, one in configuration.apis.items()
        }
        return Routes(await open_gate(structs.replace(configuration, apis=apis)))

    return open_one


async def test_the_longest_api_path_wins(open_routes: OpenRoutes) -> None:
    apis = [api("root", path=""), api("a"), api("ab", path="a/b"), api("C", path="C/")]
    routes = await open_routes(configure(apis))
    assert await routes.to("/a/b/c") == ("ab", "/c")
    assert await routes.to("/A/B/c") == ("ab", "/c")
    assert await routes.to("/a/c/b") == ("a", "/c/b")
    assert await routes.to("/c/x") == ("C", "/x")
    assert await routes.to("/ab/x") == ("root", "/ab/x")
    assert await routes.to("/") == ("root", "/")
    assert await routes.to("/a") == ("a", "/")
    assert await routes.to("/a/") == ("a", "/")
    assert await routes.to("/x/../a/b/c") == ("ab", "/c")
    assert await routes.to("/a/%2e%2e/a/b/c") == ("ab", "/c")
    assert await routes.to("/a%2fb/c") is None


async def test_a_version_stands_behind_the_path(open_routes: OpenRoutes) -> None:
    apis = [version("p0", None), version("p1", "v1"), version("p2", "V2")]
    sets = {"set": versioned("Segment")}
    routes = await open_routes(configure(apis, version_sets=sets))
    assert await routes.to("/pay/v1/x") == ("p1", "/x")
    assert await routes.to("/pay/v2/x") == ("p2", "/x")
    assert await routes.to("/pay/v2") == ("p2", "/")
    assert await routes.to("/pay/v3/x") == ("p0", "/v3/x")
    without = await open_routes(configure(apis[1:], version_sets=sets))
    assert await without.to("/pay/x") is None
    assert await without.to("/pay/v1/x") == ("p1", "/x")


async def test_a_version_stands_in_the_query(open_routes: OpenRoutes) -> None:
    apis = [version("p0", None), version("p1", "1"), version("p2", "2")]
    sets = {"set": versioned("Query", version_query_name="Ver")}
    routes = await open_routes(configure(apis, version_sets=sets))
    assert await routes.to("/pay/x?ver=1") == ("p1", "/x")
    assert await routes.to("/pay/x?a=b&VER=2") == ("p2", "/x")
    assert await routes.to("/pay/x") == ("p0", "/x")
    assert await routes.to("/pay/x?ver=3") is None


async def test_a_version_stands_in_a_header(open_routes: OpenRoutes) -> None:
    apis = [version("p1", "1"), version("p2", "2")]
    sets = {"set": versioned("Header", version_header_name="X-Ver")}
    routes = await open_routes(configure(apis, version_sets=sets))
    assert await routes.to("/pay/x", "x-ver: 1") == ("p1", "/x")
    assert await routes.to("/pay/x", "X-VER: 2") == ("p2", "/x")
    assert await routes.to("/pay/x") is None
    assert await routes.to("/pay/x", "X-Ver: 3") is None


async def test_a_revision_is_asked_for_behind_the_path(
    open_routes: OpenRoutes,
) -> None:
    apis = [
        api("echo", api_revision="2"),
        api("echo;rev=1", path="echo", api_revision="1", is_current=False),
        api("echo;rev=3", path="echo", api_revision="3", is_current=False),
    ]
    routes = await open_routes(configure(apis))
    assert await routes.to("/echo/x") == ("echo", "/x")
    assert await routes.to("/echo;rev=2/x") == ("echo", "/x")
    assert await routes.to("/echo;rev=3/x") == ("echo;rev=3", "/x")
    assert await routes.to("/Echo;REV=1/x") == ("echo;rev=1", "/x")
    assert await routes.to("/echo;rev=4/x") is None
    assert await routes.to("/echo;rev=/x") in (None, ("echo", "/x"))
    assert await routes.to("/echo;what=1/x") is None
    assert await routes.to("/echo/x;rev=1") == ("echo", "/x;rev=1")


async def test_a_revision_of_a_version_is_asked_for_behind_the_version(
    open_routes: OpenRoutes,
) -> None:
    apis = [
        version("p1", "v1", api_revision="1"),
        version("p1;rev=2", "v1", api_revision="2", is_current=False),
    ]
    sets = {"set": versioned("Segment")}
    routes = await open_routes(configure(apis, version_sets=sets))
    assert await routes.to("/pay/v1/x") == ("p1", "/x")
    assert await routes.to("/pay/v1;rev=2/x") == ("p1;rev=2", "/x")
    assert await routes.to("/pay/v1;rev=7/x") is None


async def test_an_operation_of_another_api_is_never_found(
    open_routes: OpenRoutes,
) -> None:
    operations: list[Operation] = [
        operation("GET", "/only-a", "a"),
        operation("GET", "/only-b", "b"),
    ]
    configuration = configure([api("a"), api("b")], operations=operations)
    routes = await open_routes(configuration)
    assert await routes.to("/a/only-a") == ("a", "/only-a")
    assert await routes.to("/a/only-b") is None
