"""Compiling policy documents: from the author's text to rows of steps.

Each document is compiled once, by itself; `<base/>` stays a mark in its sections and
is filled in when the documents of all scopes are joined (see `join`).
"""

import difflib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, NoReturn, TypeVar

import msgspec

from bramka.domain.clock import Chance, Clock
from bramka.domain.errors import Unavailable
from bramka.domain.traffic import named_value, policy_text
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.demand import Demands
from bramka.domain.traffic.exchange import Exchange, Response
from bramka.domain.traffic.identity import Identity
from bramka.domain.traffic.policy import PolicyDocument, Section, scope_of
from bramka.domain.traffic.policy_text import Element, Expression, Place, Value
from bramka.domain.traffic.step import (
    Children,
    Fetch,
    Limit,
    Outgoing,
    Policy,
    Quotas,
    Row,
    Shelf,
    Source,
    Step,
    StepPlace,
    Windows,
)
from bramka.gateway.elsewhere import ATTRIBUTES_ELSEWHERE, ELSEWHERE
from bramka.gateway.limits import Allowances, Store, limiting, merged, waiting
from bramka.gateway.memory_cache import MemoryCache
from bramka.gateway.state import State

T = TypeVar("T")

BASE: Literal["base"] = "base"
"""Stands where the same section of the next wider scope is put in."""

Sections = Mapping[Section, tuple[Step | Literal["base"], ...]]

CompileExpression = Callable[[Expression], Source]
"""Compiles one expression; raises Invalid with line and column."""


async def nowhere(outgoing: Outgoing) -> Response:
    """The Fetch of a workshop whose documents are compiled but never run."""
    raise Unavailable(f"nothing is fetched here: {outgoing.method} request")


def forgo(work: Coroutine[Any, Any, None]) -> None:
    """The spawn of a workshop whose documents are compiled but never run."""
    work.close()


def keep_nothing(name: str, line: bytes) -> None:
    """The append of a workshop whose documents are compiled but never run."""
    raise Unavailable(f"nothing is written here: {len(line)} bytes for '{name}'")


class Workshop:
    """What compiling needs besides the text."""

    def __init__(  # noqa: PLR0913 these are the parts app/ hands over
        self,
        *,
        shelf: Shelf,
        expressions: CompileExpression,
        state: State,
        clock: Clock,
        chance: Chance,
        allowances: Allowances,
        store: Store | None = None,
        fetch: Fetch = nowhere,
        spawn: Callable[[Coroutine[Any, Any, None]], object] = forgo,
        append: Callable[[str, bytes], None] = keep_nothing,
        identity: Identity | None = None,
        caches: Caches | None = None,
    ) -> None:
        self.shelf = shelf
        self.expressions = expressions
        self.state = state
        self.clock = clock
        self.chance = chance
        self.allowances = allowances
        self.store = store
        """Where limits are counted instead, when many nodes share them."""
        self.fetch = fetch
        self.spawn = spawn
        self.append = append
        self.identity = identity
        self.caches = caches or Caches(
            MemoryCache(clock), None, msgspec.msgpack.encode, msgspec.msgpack.decode
        )


class Nouns:
    """Lookups into the configuration that policies make while they are compiled."""

    def __init__(
        self,
        tables: Mapping[str, Mapping[str, Any]],
        values: Mapping[str, str] | None = None,
    ) -> None:
        self._tables = tables
        self.values = values or {}
        """Named values by the name that documents use."""

    def holding(self, values: Mapping[str, str]) -> "Nouns":
        """The same with these named values."""
        return Nouns(self._tables, values)

    def knows(self, table: str, key: str) -> bool:
        return key in self._tables.get(table, {})

    def lookup(self, table: str, key: str) -> Any:
        return self._tables.get(table, {}).get(key)

    def table(self, table: str) -> Mapping[str, Any]:
        return self._tables.get(table, {})


def compile_document(
    document: PolicyDocument,
    workshop: Workshop,
    nouns: Nouns,
    values: Mapping[str, str],
) -> Sections:
    """The sections of one document; raises Invalid with line and column."""
    nouns = nouns.holding(values)
    text = _expanded(document.text, values)
    root = policy_text.read(text, escaped=document.escaped)
    if root.name != "policies":
        policy_text.refuse(
            f"the root element is <{root.name}>; it must be <policies>",
            root.place,
            root.name,
        )
    found: dict[Section, tuple[Step | Literal["base"], ...]] = {}
    for element in root.children:
        try:
            section = Section(element.name)
        except ValueError:
            _refuse_unknown(element, [name.value for name in Section], "section")
        if section in found:
            policy_text.refuse("stands twice", element.place, element.name)
        found[section] = _compile_section(
            element, section, document.scope, workshop, nouns
        )
    return {section: found.get(section, ()) for section in Section}


def _expanded(text: str, values: Mapping[str, str]) -> str:
    try:
        return named_value.expand(text, values)
    except KeyError as missing:
        name = str(missing.args[0])
        before = text[: text.index(name)]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        near = difflib.get_close_matches(name, values, 1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        policy_text.refuse(f"there is no named value '{name}'{hint}", place)


def _compile_section(
    element: Element,
    section: Section,
    scope_path: str,
    workshop: Workshop,
    nouns: Nouns,
) -> tuple[Step | Literal["base"], ...]:
    top = SiteOf(
        element=element,
        section=section,
        scope_path=scope_path,
        path="",
        workshop=workshop,
        nouns=nouns,
    )
    steps: list[Step | Literal["base"]] = []
    once: set[str] = set()
    for child, path in _numbered(element.children, ""):
        if child.name == BASE:
            if child.attributes or child.children:
                policy_text.refuse("has no attributes", child.place, BASE)
            steps.append(BASE)
            continue
        steps.append(top.step(child, path))
        if workshop.shelf[child.name].ONCE:
            if child.name in once:
                policy_text.refuse(
                    "may stand only once in a section", child.place, child.name
                )
            once.add(child.name)
    return tuple(steps)


def _numbered(
    elements: Iterable[Element], inside: str
) -> Iterable[tuple[Element, str]]:
    """Each element with its path, such as `choose[1]/when[2]`."""
    seen: dict[str, int] = {}
    for element in elements:
        number = seen[element.name] = seen.get(element.name, 0) + 1
        path = f"{element.name}[{number}]"
        yield element, f"{inside}/{path}" if inside else path


class SiteOf:
    """The place of one policy: what `compile` of a policy file is given."""

    def __init__(
        self,
        *,
        element: Element,
        section: Section,
        scope_path: str,
        path: str,
        workshop: Workshop,
        nouns: Nouns,
    ) -> None:
        self.element = element
        self.section = section
        self.scope_path = scope_path
        self.scope = scope_of(scope_path)
        self.path = path
        self.clock = workshop.clock
        self.chance = workshop.chance
        self.fetch = workshop.fetch
        self.spawn = workshop.spawn
        self.append = workshop.append
        self.identity = workshop.identity
        self.caches = workshop.caches
        self.knows = nouns.knows
        self.lookup = nouns.lookup
        self.table = nouns.table
        self.place = "\n".join((scope_path, section.value, path))
        self.counts_elsewhere = workshop.store is not None
        self._workshop = workshop
        self._nouns = nouns

    # --- what policies use ---

    def keep(self, name: str, make: Callable[[], T]) -> T:
        return self._workshop.state.keep((*self._place(), name), make)

    def keep_shared(self, name: str, make: Callable[[], T]) -> T:
        return self._workshop.state.keep(("", name), make)

    def limit(self, limit: Limit, *, reads_request_body: bool = False) -> Step:
        store = self._workshop.store
        if store is None:
            step = limiting(self._workshop.allowances, limit)
        else:
            step = waiting(store, [limit])
        return replace(step, reads_request_body=reads_request_body)

    def spend(self, demands: Demands) -> None:
        store = self._workshop.store
        if store is None:
            now, timestamp = self.clock.monotonic(), self.clock.now()
            self._workshop.allowances.spend(demands, now, timestamp)
        else:
            store.spend(demands)

    def windows(self) -> Windows:
        return self._workshop.allowances.windows(self.place)

    def quotas(self) -> Quotas:
        return self._workshop.allowances.quotas(self.place)

    def source(self, value: Value) -> Source:
        literal = value.literal
        if literal is not None:
            text = literal.strip() if not literal.strip() else literal
            return Source(text, lambda _: text, value.place)
        parts = [part for part in value.parts if not _is_blank(part)]
        if len(parts) == 1 and isinstance(parts[0], Expression):
            return self._workshop.expressions(parts[0])
        return self._mixed(value)

    def settings(self, element: Element, of: type[T]) -> T:
        given: dict[str, object] = {}
        sources = _source_fields(of)
        for name, value in element.attributes.items():
            if name == "id" and "id" not in _attribute_names(of):
                continue  # Any policy may carry an id; LastError tells it.
            if name in sources:
                given[name] = self.source(value)
            elif value.literal is None:
                policy_text.refuse(
                    f"attribute '{name}' does not take expressions",
                    value.place,
                    element.name,
                )
            else:
                given[name] = value.literal
        try:
            return msgspec.convert(given, of, strict=False, dec_hook=_as_it_is)
        except msgspec.ValidationError as error:
            _refuse_settings(element, of, str(error))

    def read(self, text: str, *, escaped: bool = False) -> Element:
        return policy_text.read(_expanded(text, self._nouns.values), escaped=escaped)

    def row(
        self,
        elements: Iterable[Element],
        inside: str = "",
        section: Section | None = None,
    ) -> Row:
        path = f"{self.path}/{inside}" if inside else self.path
        site = SiteOf(
            element=self.element,
            section=section or self.section,
            scope_path=self.scope_path,
            path=path,
            workshop=self._workshop,
            nouns=self._nouns,
        )
        steps = (
            site.step(child, child_path)
            for child, child_path in _numbered(elements, path)
        )
        return Row.of(merged(steps, self._workshop.store))

    def refuse(self, message: str, place: Place | None = None) -> NoReturn:
        policy_text.refuse(message, place or self.element.place, self.element.name)

    # --- compiling what stands inside ---

    def step(self, element: Element, path: str) -> Step:
        """Compile one policy that stands here."""
        policy = self._workshop.shelf.get(element.name)
        if policy is None:
            if element.name in ELSEWHERE:
                why = ELSEWHERE[element.name]
                message = f"this gateway does not have it: {why}"
                policy_text.refuse(message, element.place, element.name)
            _refuse_unknown(element, list(self._workshop.shelf), "policy")
        self._check_place(policy, element)
        _check_children(element, policy.CHILDREN, takes_text=policy.TEXT)
        site = SiteOf(
            element=element,
            section=self.section,
            scope_path=self.scope_path,
            path=path,
            workshop=self._workshop,
            nouns=self._nouns,
        )
        step = policy.compile(site.settings(element, policy.Settings), site)
        given = element.attributes.get("id")
        place = StepPlace(
            policy=element.name,
            policy_id=(given.literal or "") if given is not None else "",
            path=path,
            scope=site.scope,
            section=site.section,
        )
        return replace(step, place=place)

    def _check_place(self, policy: Policy, element: Element) -> None:
        if self.section not in policy.SECTIONS:
            allowed = ", ".join(sorted(section.value for section in policy.SECTIONS))
            policy_text.refuse(
                f"cannot stand in {self.section.value}; it can in {allowed}",
                element.place,
                element.name,
            )
        if self.scope not in policy.SCOPES:
            allowed = ", ".join(sorted(scope.value for scope in policy.SCOPES))
            policy_text.refuse(
                f"cannot stand in a policy of scope {self.scope.value}; "
                f"it can at {allowed}",
                element.place,
                element.name,
            )

    def _place(self) -> tuple[str, str, str]:
        return (self.scope_path, self.section.value, self.path)

    def _mixed(self, value: Value) -> Source:
        """Literal text with expressions in it: the pieces are joined."""
        pieces = [
            Source.of(part)
            if isinstance(part, str)
            else self._workshop.expressions(part)
            for part in value.parts
        ]

        def evaluate(exchange: Exchange) -> str:
            return "".join(piece.text(exchange) for piece in pieces)

        return Source(
            None,
            evaluate,
            value.place,
            reads_request_body=any(piece.reads_request_body for piece in pieces),
            reads_response_body=any(piece.reads_response_body for piece in pieces),
        )


def _is_blank(part: object) -> bool:
    return isinstance(part, str) and not part.strip()


def _as_it_is(_type: type, value: object) -> object:
    """Sources come ready made."""
    return value


def _attribute_names(of: type) -> set[str]:
    """The attribute names of a settings Struct."""
    return {field.encode_name for field in msgspec.structs.fields(of)}


def _source_fields(of: type) -> set[str]:
    return {
        field.encode_name
        for field in msgspec.structs.fields(of)
        if "Source" in str(field.type)
    }


def _refuse_settings(element: Element, of: type, problem: str) -> NoReturn:
    names = sorted(_attribute_names(of))
    for name in element.attributes:
        if name not in names and name != "id":
            for prefix, why in ATTRIBUTES_ELSEWHERE.items():
                if name.startswith(prefix):
                    message = f"this gateway does not have '{name}': {why}"
                    policy_text.refuse(message, element.place, element.name)
            near = difflib.get_close_matches(name, names, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            policy_text.refuse(
                f"has no attribute '{name}'{hint}", element.place, element.name
            )
    what, _, where = problem.partition(" - at `$.")
    attribute = where.rstrip("`")
    found = element.attributes.get(attribute)
    place = element.place if found is None else found.place
    if attribute and found is not None:
        message = f"attribute '{attribute}' is '{found.literal}': {what.lower()}"
    else:
        message = what.replace("Object missing required field", "needs the attribute")
        message = message.replace("`", "'")
    policy_text.refuse(message, place, element.name)


def _refuse_unknown(element: Element, names: list[str], kind: str) -> NoReturn:
    near = difflib.get_close_matches(element.name, names, 1)
    hint = f"; did you mean <{near[0]}>?" if near else ""
    policy_text.refuse(
        f"<{element.name}> is not a {kind}{hint}", element.place, element.name
    )


def _check_children(element: Element, allowed: Children, *, takes_text: bool) -> None:
    if not takes_text and any(
        not isinstance(part, str) or part.strip() for part in element.text.parts
    ):
        policy_text.refuse("holds text where none belongs", element.place, element.name)
    if allowed is None:
        return
    for child in element.children:
        if child.name not in allowed:
            near = difflib.get_close_matches(child.name, list(allowed), 1)
            hint = f"; did you mean <{near[0]}>?" if near else ""
            policy_text.refuse(
                f"<{child.name}> cannot stand inside <{element.name}>{hint}",
                child.place,
                child.name,
            )
        if child.inner is not None:
            continue
        inner = allowed[child.name]
        _check_children(child, inner, takes_text=not inner)
