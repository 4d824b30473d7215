"""A gateway in a process of its own, before the backend whose URL it is given."""

import asyncio
import sys
import tempfile
from pathlib import Path

import uvloop
from tests.gateway.rig import api, configure, make_gateway


async def serve(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        gateway = make_gateway(Path(folder))
        gateway.take(configure([api(service_url=url)]))
        print(await gateway.listen("127.0.0.1", 0), flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await gateway.stop(grace=0.2)


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
