"""Fakes we ship: time and chance here, a Playbook for policies in `playbook`."""

from bramka.testing.clock import FakeChance, FakeClock

__all__ = ["FakeChance", "FakeClock"]
