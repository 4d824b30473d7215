"""Coverage-guided fuzzing, for some seconds each, of what reads other people's text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = 5
SEEDS: dict[str, list[bytes]] = {
    "listener": [
        b"\x07GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n",
        b"\x01POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET / HTTP",
        (
            b"\x03PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"
        ),
    ],
    "scanner": [
        (
            b"\x80<policies><inbound><set-header name='a'><value>@(context.Api.Id)"
            b"</value></set-header></inbound></policies>"
        ),
        b"\x00<a b='@{ return $\"x{1}\"; }'><!-- c --><![CDATA[@(1)]]></a>",
    ],
    "expression": [
        b'\x00context.Request.Headers.GetValueOrDefault("a", "b").Split(\',\')[0]',
        b"\x80var a = new JObject(); foreach (var x in a) { return x; } return null;",
        b"\x00new int[]{1,2}.Where(x => x > 1).Select(x => (long)x * 2).Sum()",
    ],
}


@pytest.mark.parametrize("name", SEEDS)
def test_nothing_is_found_in_a_while(name: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[name]):
        (corpus / str(number)).write_bytes(seed)
    ran = subprocess.run(
        [
            *(sys.executable, "tests/fuzz/target.py", name, str(corpus)),
            f"-max_total_time={SECONDS}",
            "-seed=20261123",
            "-max_len=1000",
            "-timeout=60",
            "-rss_limit_mb=2048",
            f"-artifact_prefix={tmp_path}/",
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": "src:."},
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    tries = re.search(r"Done (\d+) (?:runs|in)", ran.stderr + ran.stdout)
    assert tries is not None, ran.stderr[-2000:]
    assert int(tries[1]) > 100, "it hardly ran"
