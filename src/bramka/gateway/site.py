"""The place of one policy in a document: what its `compile` is given."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NoReturn, TypeVar

import msgspec

from bramka.domain.traffic import policy_text
from bramka.domain.traffic.cache import Caches
from bramka.domain.traffic.demand import Demands
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section, scope_of
from bramka.domain.traffic.policy_text import Element, Expression, Place, Value
from bramka.domain.traffic.shared_cache import SharedCache
from bramka.domain.traffic.site import Policy, Quotas, Source, Windows
from bramka.domain.traffic.step import Limit, Row, Step, StepPlace
from bramka.gateway.faults import (
    attribute_names,
    check_brackets,
    check_children,
    refuse_policy,
    refuse_settings,
)
from bramka.gateway.limits import limiting, merged, waiting
from bramka.gateway.workshop import OWN_CACHE, Nouns, Workshop, expanded

T = TypeVar("T")


def numbered(elements: Iterable[Element], inside: str) -> Iterable[tuple[Element, str]]:
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
        self.apart = workshop.apart
        self.append = workshop.append
        self.identity = workshop.identity
        self.connections = workshop.connections
        self.knows = nouns.knows
        self.lookup = nouns.lookup
        self.table = nouns.table
        self.place = "\n".join((scope_path, section.value, path))
        self.counts_elsewhere = workshop.store is not None
        self._workshop = workshop
        self._nouns = nouns

    # --- what policies use ---

    @property
    def caches(self) -> Caches:
        cache: SharedCache | None = self._nouns.lookup("caches", OWN_CACHE)
        return self._workshop.caches_with(cache)

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
        check_brackets(value)
        return self._mixed(value)

    def settings(self, element: Element, of: type[T]) -> T:
        given: dict[str, object] = {}
        sources = _source_fields(of)
        for name, value in element.attributes.items():
            if name == "id" and "id" not in attribute_names(of):
                continue  # Any policy may carry an id; LastError tells it.
            if name in sources:
                given[name] = self.source(value)
            elif value.literal is None and name in attribute_names(of):
                policy_text.refuse(
                    f"attribute '{name}' does not take expressions; write its value",
                    value.place,
                    element.name,
                )
            else:
                given[name] = value.literal or ""
        try:
            return msgspec.convert(given, of, strict=False, dec_hook=_as_it_is)
        except msgspec.ValidationError as error:
            policy = self._workshop.shelf.get(element.name)
            children = None if policy is None else policy.CHILDREN
            refuse_settings(element, of, str(error), children)

    def read(self, text: str, *, escaped: bool = False) -> Element:
        return policy_text.read(
            expanded(text, self._nouns.values, escaped=escaped), escaped=escaped
        )

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
            for child, child_path in numbered(elements, path)
        )
        return Row.of(merged(steps, self._workshop.store))

    def refuse(self, message: str, place: Place | None = None) -> NoReturn:
        policy_text.refuse(message, place or self.element.place, self.element.name)

    # --- compiling what stands inside ---

    def step(self, element: Element, path: str) -> Step:
        """Compile one policy that stands here."""
        policy = self._workshop.shelf.get(element.name)
        if policy is None:
            refuse_policy(element, self._workshop.shelf)
        self._check_place(policy, element)
        check_children(element, policy.CHILDREN, takes_text=policy.TEXT)
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


def _source_fields(of: type) -> set[str]:
    return {
        field.encode_name
        for field in msgspec.structs.fields(of)
        if "Source" in str(field.type)
    }
