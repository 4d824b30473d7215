"""What axe finds on pages by the rules of WCAG 2.2 AA, in every way they can look."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from playwright.sync_api import Error, Page, Request, expect

AXE = Path(__file__).parents[2] / "ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""All that another colour scheme can break: words and structure stay the same."""
LOOK = 50
"""Milliseconds between two looks whether a page has arrived."""
WAITING = ".mantine-Skeleton-root, .mantine-Loader-root"
DESK = {"width": 1280, "height": 820}
PHONE = {"width": 390, "height": 820}
OTHER = {"en": "pl", "pl": "en", "light": "dark", "dark": "light"}
FRAME = [".app-header", ".app-side"]
"""What is around every page of a face: enough to look at it on one of them."""
RUN = """async ([without, type, values]) => (await axe.run({exclude: without}, {
  runOnly: {type, values}, resultTypes: ['violations'], preload: false,
})).violations"""
WAY = """() => {
  const { lang, dataset } = document.documentElement;
  return `${lang} ${dataset.mantineColorScheme}`;
}"""
LEAVE = """path => {
  window.before = document.querySelector('main').innerHTML;
  if (location.pathname + location.search === path) window.before = null;
  else history.pushState(null, '', path);
}"""
ARRIVED = """waiting => {
  const main = document.querySelector('main');
  return main?.querySelector('h1') && main.innerHTML !== window.before
    && !document.querySelector(waiting);
}"""
CALM = """Promise.allSettled(document.getAnimations().filter(
  each => Number.isFinite(each.effect.getComputedTiming().endTime)
).map(each => each.finished))"""
DRAWN = f"""new Promise(go => requestAnimationFrame(() => setTimeout(go)))
  .then(() => {CALM})"""
STILL = """waiting => {
  const main = document.querySelector('main');
  const waits = [...document.querySelectorAll(waiting)];
  return [
    location.pathname + location.search,
    `heading: ${main?.querySelector('h1')?.textContent ?? 'none'}`,
    `unchanged since the page before: ${main?.innerHTML === window.before}`,
    `waits: ${waits.map(each => each.outerHTML.slice(0, 300)).join(' ') || 'nothing'}`,
    `shows: ${main?.innerText.slice(0, 500)}`,
  ].join('\\n');
}"""


@cache
def _source() -> str:
    return AXE.read_text("utf-8")


def violations(page: Page, *, colours: bool = False, framed: bool = True) -> list[str]:
    """One line for each rule that an element breaks; perhaps only those of colours."""
    if not page.evaluate("'axe' in window"):
        # Through the debugger, since the page's policy lets no foreign script in.
        page.evaluate(_source())
    rules = ["rule", OF_COLOURS] if colours else ["tag", RULES]
    found = page.evaluate(RUN, [[] if framed else FRAME, *rules])
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for rule in found
        for node in rule["nodes"]
    ]


def visit(page: Page, path: str, base: str = "") -> None:
    """Go there as a link does, which takes a fraction of loading it anew."""
    page.evaluate(LEAVE, base + path)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page shows what it is about."""
    try:
        # Not with every frame: comparing a whole page is work, and frames may pause.
        page.wait_for_function(ARRIVED, arg=WAITING, polling=LOOK)
    except Error as late:
        still = page.evaluate(STILL, WAITING)
        asked = [asked.url for asked in page.requests() if underway(asked)]
        message = f"{still}\nnot answered: {asked}\nerrors: {page.page_errors()}"
        raise AssertionError(message) from late


def underway(asked: Request) -> bool:
    """Whether the rest of an answer has not come."""
    return asked.failure is None and asked.timing["responseEnd"] < 0


def walk(page: Page, paths: Iterable[str], base: str = "") -> list[str]:
    """What is wrong with pages: in both schemes and languages, and on a phone."""
    found = []
    settle(page)
    first = language(page)
    for place, path in enumerate(paths):
        visit(page, path, base)
        found += [f"{path} {one}" for one in in_every_way(page, framed=place == 0)]
        if overflow := width_on_a_phone(page) - PHONE["width"]:
            found.append(f"{path}: {overflow} px wider than a phone")
    # The account remembers its language; other tests read English.
    if language(page) != first:
        other_language(page)
    return found


def in_every_way(page: Page, *, framed: bool = True) -> list[str]:
    """What is wrong with a page in both schemes and both languages."""
    found = violations_here(page, framed=framed)
    other_scheme(page)
    found += violations_here(page, colours=True, framed=framed)
    other_language(page)
    found += violations_here(page, framed=framed)
    other_scheme(page)
    return found + violations_here(page, colours=True, framed=framed)


def violations_here(
    page: Page, *, colours: bool = False, framed: bool = True
) -> list[str]:
    """The same, each with the way in which the page is seen."""
    found = violations(page, colours=colours, framed=framed)
    way = page.evaluate(WAY) if found else ""
    return [f"({way}): {one}" for one in found]


def width_on_a_phone(page: Page) -> int:
    """How wide the page is where there is room for a phone's width."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # the same two numbers
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]  # the same two numbers
    return int(width)


def language(page: Page) -> str:
    return str(page.evaluate("document.documentElement.lang"))


def scheme(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.mantineColorScheme"))


def other_scheme(page: Page) -> None:
    """Turn day into night as the system does, and wait for the colours."""
    wanted = OTHER[scheme(page)]
    page.emulate_media(color_scheme="dark" if wanted == "dark" else "light")
    page.wait_for_function(
        "s => document.documentElement.dataset.mantineColorScheme === s", arg=wanted
    )
    # Colours on their way from one scheme to the other are neither's.
    page.evaluate(DRAWN)


def other_language(page: Page) -> None:
    """Change the language by its button, under whatever lies above it."""
    wanted = OTHER[language(page)]
    page.locator("header").get_by_role(
        "button", name=f"{wanted.upper()}:", include_hidden=True
    ).dispatch_event("click")
    expect(page.locator("html")).to_have_attribute("lang", wanted)
    expect(page.locator(WAITING)).to_have_count(0)
