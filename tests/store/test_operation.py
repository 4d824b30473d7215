"""What tells operations of one API apart."""

import pytest

from bramka.domain.traffic.operation import Operation
from bramka.store.operation import shape_of


def operation(method: str, template: str) -> Operation:
    return Operation(
        id="o", api_id="a", display_name="O", method=method, url_template=template
    )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("/a/{x}", "/a/{y}"),
        ("/a/{x}", "/A/{x}/"),
        ("/a", "a"),
        ("/a?x={y}&z=1", "/a?Z=1&X={w}"),
        ("/v{x}.json", "/V{y}.JSON"),
        ("/*", "*"),
    ],
)
def test_templates_that_the_same_urls_match_have_one_shape(one: str, two: str) -> None:
    assert shape_of(operation("GET", one)) == shape_of(operation("get", two))


def test_templates_that_can_be_told_apart_have_many() -> None:
    templates = ["/a", "/a/{x}", "/a/*", "/a?x=1", "/a?x=2", "/a?x={x}", "/{x}", "/"]
    pairs = [(method, one) for method in ("GET", "POST") for one in templates]
    assert len({shape_of(operation(*pair)) for pair in pairs}) == len(pairs)
