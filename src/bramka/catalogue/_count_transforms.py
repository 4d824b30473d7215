"""Counting transforms on ports: what they counted, and others made of them."""

from msgspec.structs import replace

from bramka.catalogue._counting import Counting, counting_from, invalid
from bramka.catalogue._shelf import shelf
from bramka.catalogue._state import plain_bytes, state_from
from bramka.domain.learning.module import Learnt, Ports
from bramka.domain.learning.value import learnt_on

BUILDER = "Build Counting Transform"


def counting_on(inputs: Ports, port: str) -> tuple[Learnt, Counting]:
    """The transform on a port, and what it counted; Error 0086 for any other."""
    learnt = learnt_on(inputs, port)
    if learnt.family != shelf().find(BUILDER).family or learnt.state is None:
        raise invalid(f'"{port}" is given something that counted nothing')
    return learnt, counting_from(state_from(learnt.state))


def changed(learnt: Learnt, counting: Counting) -> Learnt:
    """The same transform with other counts or features."""
    return replace(learnt, state=plain_bytes(counting))
