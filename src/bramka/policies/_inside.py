"""Policies that hold other policies."""

from collections.abc import Iterable, Iterator

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import Site
from bramka.domain.traffic.step import Outcome, Row, run_inner_row, run_waiting_row


def check_names(site: Site, names: tuple[str, ...]) -> None:
    """Refuse children of other names, and text in those of these names."""
    for child in site.element.children:
        if child.name not in names:
            allowed = " and ".join(f"<{name}>" for name in names)
            site.refuse(
                f"<{child.name}> cannot stand inside <{site.element.name}>; "
                f"{allowed} can",
                child.place,
            )
        if any(not isinstance(part, str) or part.strip() for part in child.text.parts):
            site.refuse(f"<{child.name}> holds text where none belongs", child.place)


def numbered(elements: Iterable[Element]) -> Iterator[tuple[Element, str]]:
    """Each element with its part of a path, such as `when[2]`."""
    seen: dict[str, int] = {}
    for element in elements:
        seen[element.name] = seen.get(element.name, 0) + 1
        yield element, f"{element.name}[{seen[element.name]}]"


async def go_through(row: Row, exchange: Exchange) -> Outcome:
    """Run a row whether it waits or not."""
    if row.waits:
        return await run_waiting_row(row, exchange)
    return run_inner_row(row, exchange)
