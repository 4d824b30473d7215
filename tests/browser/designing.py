"""What one does on the canvas: drag, connect, choose, run."""

import re

from playwright.sync_api import Locator, Page, expect

RUNNING = 30_000
"""Milliseconds a run of a small experiment may take on a busy machine."""


def blank(page: Page, name: str) -> None:
    """A new experiment of this name."""
    page.get_by_role("button", name="Blank experiment").click()
    title = page.get_by_label("Experiment name")
    expect(title).to_have_value(re.compile("Experiment created on"))
    title.fill(name)
    expect(page.get_by_text("Draft saved")).to_be_visible()


def expand(page: Page, *groups: str) -> None:
    """Opens groups of the palette, each inside the one before."""
    for group in groups:
        page.locator("summary", has_text=re.compile(f"^{re.escape(group)}$")).click()


def drag(page: Page, name: str, x: int, y: int) -> Locator:
    """Drags an entry of the palette onto the canvas; the box that lies there then."""
    palette = page.get_by_role("region", name="Palette")
    target = page.get_by_label("Experiment canvas", exact=True)
    palette.get_by_role("button", name=name, exact=True).drag_to(
        target, target_position={"x": x, "y": y}
    )
    return page.locator(".st-node").last


def box(page: Page, name: str) -> Locator:
    return page.locator(".react-flow__node", has_text=name)


def pull(page: Page, source: Locator, target: Locator) -> None:
    """Draws a wire from the first output of one box to the first input of another."""
    start = source.locator(".st-port.source").first.bounding_box()
    end = target.locator(".st-port.target").first.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 6, start["y"] + 6)
    page.mouse.down()
    page.mouse.move(end["x"] + 6, end["y"] + 20, steps=6)
    page.mouse.move(end["x"] + 6, end["y"] + 6, steps=3)
    page.mouse.up()


def connect(page: Page, source: Locator, target: Locator) -> None:
    wires = page.locator(".react-flow__edge")
    before = wires.count()
    pull(page, source, target)
    expect(wires).to_have_count(before + 1)


def pane(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Properties")


def run(page: Page, ends: str = "Finished") -> None:
    """Runs a draft and waits until it has ended so, which may be at once."""
    page.get_by_role("button", name="Run", exact=True).click()
    state = page.locator(".st-bar-name").get_by_text(ends, exact=True)
    expect(state).to_be_visible(timeout=RUNNING)
