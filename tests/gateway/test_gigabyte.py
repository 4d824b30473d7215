"""A gibibyte each way through a gateway in little memory: `make soak`."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest
from tests.gateway.conftest import OpenBackend
from tests.gateway.rig import Caller, read_head

MIB = 1 << 20
PIECE = bytes(256 * 1024)


def memory(process: int, line: str) -> int:
    """Bytes of resident memory now (VmRSS), or at its height (VmHWM)."""
    text = Path(f"/proc/{process}/status").read_text()
    found = re.search(rf"{line}:\s+(\d+) kB", text)
    assert found is not None
    return int(found[1]) * 1024


async def echo_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Gives the body back as it comes."""
    head = await read_head(reader)
    found = re.search(rb"(?i)content-length: (\d+)", head)
    assert found is not None
    left = int(found[1])
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % left)
    while left:
        piece = await reader.read(len(PIECE))
        left -= len(piece)
        writer.write(piece)
        await writer.drain()


@pytest.mark.parametrize(
    "mib", [64, pytest.param(1024, marks=pytest.mark.soak)], ids=["64 MiB", "1 GiB"]
)
async def test_it_goes_and_comes_back_in_little_memory(
    mib: int, open_backend: OpenBackend
) -> None:
    size = mib * MIB
    backend = await open_backend(script=echo_back)
    gateway = await asyncio.create_subprocess_exec(
        *(sys.executable, "tests/gateway/gateway_alone.py", backend.url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src:."},
    )
    assert gateway.stdout is not None
    assert gateway.stdin is not None
    try:
        port = int(await gateway.stdout.readline())
        caller = Caller(*await asyncio.open_connection("127.0.0.1", port))
        before = memory(gateway.pid, "VmRSS")
        line = b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size

        async def send() -> None:
            await caller.say(line)
            for _ in range(size // len(PIECE)):
                await caller.say(PIECE)

        sending = asyncio.ensure_future(send())
        await read_head(caller.reader)
        left = size
        while left:
            left -= len(await caller.reader.read(len(PIECE)))
        await sending
        assert memory(gateway.pid, "VmHWM") - before < 64 * MIB
        caller.close()
    finally:
        gateway.stdin.close()
        await gateway.wait()
