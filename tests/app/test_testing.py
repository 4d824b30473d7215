"""The fakes we ship."""

from bramka.domain.clock import Chance, Clock
from bramka.testing import FakeChance, FakeClock


def test_the_clock_stands_still_until_it_is_told_to_go_on() -> None:
    fake = FakeClock(100.0)
    clock: Clock = fake
    assert clock.now() == clock.now() == 100.0
    fake.advance(5)
    assert (clock.now(), clock.monotonic()) == (105.0, 5.0)


def test_setting_the_wall_clock_leaves_the_other_one_alone() -> None:
    fake = FakeClock(100.0)
    fake.set(50.0)
    assert (fake.now(), fake.monotonic()) == (50.0, 0.0)


def test_the_same_seed_gives_the_same_chance() -> None:
    chance: Chance = FakeChance(7)
    again = FakeChance(7)
    assert chance.random() == again.random()
    assert chance.hex(16) == again.hex(16) != FakeChance(8).hex(16)
