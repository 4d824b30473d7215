"""The end of file descriptors is told once, and so is that it is over."""

import logging
import resource
import subprocess
import sys

import pytest

from bramka.gateway.descriptors import CALM, Descriptors

RAISED = """
import resource
from bramka.gateway.descriptors import open_as_many_as_allowed
most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most if 0 < most < 512 else 512))
open_as_many_as_allowed()
bound, most = resource.getrlimit(resource.RLIMIT_NOFILE)
assert bound == most > 64, (bound, most)
"""


def test_a_shortage_is_told_once_and_so_is_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    descriptors = Descriptors()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with caplog.at_level(logging.INFO, "bramka.gateway.descriptors"):
        descriptors.look(3)
        assert not caplog.messages
        # No number is below 1 that is not taken: nothing can be opened.
        resource.setrlimit(resource.RLIMIT_NOFILE, (1, before[1]))
        try:
            descriptors.look(3)
            descriptors.look(3)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        (told,) = caplog.messages
        assert "3 clients" in told
        assert "1 files" in told
        for _ in range(2 * CALM):
            descriptors.look(3)
    assert caplog.messages[1:] == ["files and connections can be opened again"]


def test_the_bound_is_raised_to_what_the_system_allows() -> None:
    subprocess.run([sys.executable, "-c", RAISED], check=True)
