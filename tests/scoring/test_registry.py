"""The published endpoints in memory: what does not load is tried again."""

from tests.scoring.published import (
    ARTICLE,
    WORKSPACE,
    HashingFunction,
    answered,
    endpoint,
    front_with,
    request,
)

from bramka.domain.learning.service import ScoringFunction
from bramka.scoring.registry import Registry
from bramka.testing import FakeClock


class Packages:
    """Loads the packages that are there."""

    def __init__(self, *there: str) -> None:
        self.there = set(there)
        self.loaded: list[str] = []

    def load(self, name: str) -> ScoringFunction:
        if name not in self.there:
            raise OSError(f"{name} cannot be fetched")
        self.loaded.append(name)
        return HashingFunction()


def test_a_package_that_did_not_load_serves_once_it_does() -> None:
    packages = Packages()
    registry = Registry(packages.load, FakeClock())
    front = front_with(registry)
    for there, status, behind in (set(), 500, True), ({"new"}, 200, False):
        packages.there = there
        registry.renew([WORKSPACE], [endpoint("new")])
        assert registry.behind is behind
        assert answered(front, request(ARTICLE)).status == status


def test_the_older_package_serves_until_the_newer_one_loads() -> None:
    packages = Packages("old")
    registry = Registry(packages.load, FakeClock())
    registry.renew([WORKSPACE], [endpoint("old")])
    newer = endpoint("new", version=2)
    for _ in range(2):
        registry.renew([WORKSPACE], [newer])
        [serving] = registry.deployments.values()
        assert (serving.package, registry.behind) == ("old", True)
    gauge = serving.gauge
    packages.there.add("new")
    for _ in range(2):
        registry.renew([WORKSPACE], [newer])
        [serving] = registry.deployments.values()
        assert (serving.package, registry.behind) == ("new", False)
    assert serving.gauge is gauge
    assert packages.loaded == ["old", "new"]
