"""Large bodies are worked on in other processes; no call waits for another's body."""

import asyncio
import gzip
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.gateway.conftest import OpenBackend
from tests.gateway.rig import Gate, api, configure, document, make_gateway, until

from bramka.app.gateway import apart
from bramka.app.gateway.apart import Processes
from bramka.domain.traffic.schema import Schema
from bramka.domain.traffic.step import StepFailure

NUMBERS = Schema(
    id="numbers", type="json", text='{"type": "array", "items": {"type": "integer"}}'
)
ALWAYS = "apply='always' consider-accept-header='false'"
POLICIES = {
    "plain": "",
    "xml": f"<json-to-xml {ALWAYS} />",
    "json": f"<xml-to-json kind='direct' {ALWAYS} />",
    "other": "<find-and-replace from='aa' to='b' />",
    "checked": "<validate-content unspecified-content-type-action='prevent'"
    " max-size='4194304' size-exceeded-action='prevent'>"
    "<content validate-as='json' action='prevent' schema-id='numbers' />"
    "</validate-content>",
}
MANY = 20_000
LONG = json.dumps(list(range(MANY))).encode()


@pytest.fixture
async def gate(open_backend: OpenBackend, tmp_path: Path) -> AsyncIterator[Gate]:
    backend = await open_backend()
    processes = Processes(1)
    gateway = make_gateway(tmp_path, apart=processes)
    gateway.take(
        configure(
            [api(name, service_url=backend.url) for name in POLICIES],
            policies={
                f"apis/{name}": document(inbound="<base />" + text)
                for name, text in POLICIES.items()
            },
            schemas={NUMBERS.id: NUMBERS},
        )
    )
    opened = Gate(gateway, await gateway.listen("127.0.0.1", 0))
    yield opened
    for caller in opened.callers:
        caller.close()
    await gateway.stop(0.2)
    processes.close()


def posted(path: str, body: bytes, *fields: str) -> bytes:
    lines = [f"POST /{path} HTTP/1.1", "Host: gate.example", *fields]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def children() -> list[int]:
    """The processes that were started for bodies, by this one."""
    listed = Path("/proc/self/task").glob("*/children")
    found = [int(pid) for path in listed for pid in path.read_text().split()]
    return [one for one in found if b"bramka.app.gateway.apart" in command_of(one)]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


CASES = {
    "xml": (
        LONG,
        b"<Document>%b</Document>"
        % b"".join(b"<Item>%d</Item>" % number for number in range(MANY)),
    ),
    "json": (
        b"<r>" + b"<n>1</n>" * MANY + b"</r>",
        json.dumps({"r": {"n": ["1"] * MANY}}).encode(),
    ),
    "other": (b"aa-" * MANY, b"b-" * MANY),
    "checked": (LONG, LONG),
}


async def test_large_bodies_come_out_as_small_ones_do(gate: Gate) -> None:
    for path, (body, expected) in CASES.items():
        for fields in ((), ("Content-Encoding: gzip",)):
            if fields and path == "checked":
                continue
            sent = gzip.compress(body) if fields else body
            answer = await gate.ask(posted(path, sent, *fields))
            assert (path, answer.status, answer.body) == (path, 200, expected)
    assert len(children()) == 1


async def test_what_is_wrong_with_a_large_body_is_told(gate: Gate) -> None:
    wrong = json.dumps([*range(MANY), "x"] * 2).encode()
    answer = await gate.ask(posted("checked", wrong))
    assert answer.status == 400
    assert f"at '/{MANY}': \"x\" is not of type" in json.loads(answer.body)["message"]
    for path in ("xml", "json"):
        assert (await gate.ask(posted(path, b"[<" * MANY))).status == 500


async def test_other_calls_do_not_wait_and_who_dies_is_replaced(gate: Gate) -> None:
    assert (await gate.ask(posted("xml", LONG))).status == 200
    (child,) = children()
    os.kill(child, signal.SIGSTOP)
    waiting = asyncio.create_task(gate.ask(posted("xml", LONG)))
    # Small bodies are worked on at once, and need nobody.
    for _ in range(3):
        assert (await gate.ask(posted("xml", b"[1]"))).status == 200
        assert (await gate.get("/plain")).status == 200
    assert not waiting.done()
    os.kill(child, signal.SIGKILL)
    # Another takes over what it left behind.
    assert (await waiting).status == 200
    assert children() != [child]


async def test_a_body_that_no_process_survives_fails_alone() -> None:
    processes = Processes(1)
    with pytest.raises(StepFailure, match="more than can be worked on"):
        await processes(os._exit, 3)
    with pytest.raises(StepFailure, match="more memory"):
        await processes(bytes, 3 << 30)
    assert await processes(len, b"abc") == 3
    processes.close()


async def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    processes = Processes(1)
    assert await processes(len, b"abc") == 3
    (child,) = children()
    os.kill(child, signal.SIGSTOP)
    monkeypatch.setattr(apart, "LONGEST", 0.01)
    with pytest.raises(StepFailure, match="takes longer than"):
        await processes(len, b"abc")
    await until(lambda: not children())
    processes.close()


async def test_who_dies_idle_is_not_missed() -> None:
    processes = Processes(1)
    assert await processes(len, b"abc") == 3
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    await until(lambda: Path(f"/proc/{child}/stat").read_text().split()[2] == "Z")
    assert await processes(len, b"abcd") == 4
    processes.close()
