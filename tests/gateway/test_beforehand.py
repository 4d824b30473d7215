"""Long documents are compiled beside the calls, not between them."""

import threading
from pathlib import Path

import msgspec
from tests.gateway.rig import api, configure, document

from bramka import policies
from bramka.app.clock import SystemClock
from bramka.domain.traffic.configuration import Change, Update
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.policy_text import Expression
from bramka.domain.traffic.site import Source
from bramka.expressions import Surroundings
from bramka.expressions.sources import expression_compiler
from bramka.gateway.dial import real_dial
from bramka.gateway.gateway import Gateway
from bramka.testing import FakeChance


async def test_a_long_expression_is_compiled_beside_the_calls(tmp_path: Path) -> None:
    threads: list[int] = []
    around = Surroundings(SystemClock(), FakeChance())
    compile_one = expression_compiler(around)

    def watched(expression: Expression) -> Source:
        threads.append(threading.get_ident())
        return compile_one(expression)

    gateway = Gateway(
        name="gate",
        folder=tmp_path,
        shelf=policies.shelf(),
        expressions=watched,
        dial=real_dial(),
        clock=SystemClock(),
        chance=FakeChance(),
    )
    steps = "".join(f"a = a + {number}; " for number in range(400))
    value = f"@{{ var a = 1; {steps} return a; }}"
    text = document(inbound=f'<set-variable name="v" value="{value}" />')
    made = configure([api(service_url="http://127.0.0.1:9")])
    gateway.take(made)
    long = PolicyDocument(scope="apis/echo", text=text)
    after = msgspec.structs.replace(made, version=2, policies={"apis/echo": long})
    change = Change(table="policies", key="apis/echo", noun=long)
    await gateway.take_in_turns(after, Update(version=2, changes=(change,)))
    assert threads[0] != threading.get_ident(), "the first time is in another thread"
    assert threads[-1] == threading.get_ident(), "the plan asks again, and finds it"
    assert gateway.engine.plan is not None
    assert gateway.engine.plan.version == 2
