"""One connection: any chunking, answers in order, limits, refusals, time-outs."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.wire.listening import Listening, answers_in, echo

from bramka.wire.connection import Limits
from bramka.wire.message import Answer, Request

GET = b"GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n"
POST = b"POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"
)
EXPECT = (
    b"PUT /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"
)
HEAD = b"HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n"
OLD = b"GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
CLOSE = b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
UPGRADE = (
    b"GET /u HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
)
BIG = b"POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n" + b"x" * 3000
WIDE = b"GET /w HTTP/1.1\r\nHost: h\r\nX-Wide: " + b"w" * 700 + b"\r\n\r\n"
PLAIN = [GET, POST, CHUNKED, EXPECT, OLD, UPGRADE, BIG, WIDE, b"\r\n" + GET]
BROKEN = [
    b"GARBAGE\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 1100 + b"\r\n\r\n",
    b"GET /" + b"y" * 1100 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    POST[:-5].replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"),
    CHUNKED.replace(b"5;ext", b"5g;ext"),
    CHUNKED.replace(b"hello\r\n", b"hello!\r\n"),
    CHUNKED.replace(b"chunked", b"gzip, chunked"),
    CHUNKED.replace(b"HTTP/1.1", b"HTTP/1.0"),
    CHUNKED.replace(b"X-Sum: 1", b"X-Sum: " + b"1" * 1100),
    UPGRADE.replace(b"\r\n\r\n", b"\r\nContent-Length: 33\r\n\r\n" + GET),
    GET.replace(b"1.1", b"2.0"),
    b"GET /\r\n\r\n",
]
SMALL = Limits(head_bytes=1024, body_bytes=4000)


def cut(text: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({place % (len(text) + 1) for place in places})
    return [
        piece
        for start, end in zip([0, *edges], [*edges, len(text)], strict=True)
        if (piece := text[start:end])
    ]


STREAMS = st.builds(
    lambda good, end: b"".join(good) + end,
    st.lists(st.sampled_from(PLAIN), max_size=4),
    st.sampled_from([b"", CLOSE, CLOSE + b"\r\n", CLOSE + GET, *BROKEN]),
)


async def heard(stream: list[bytes]) -> tuple[bytes, bool, list[tuple[str, bytes]]]:
    listening = Listening(limits=SMALL).feed(stream)
    seen = [(f"{one.method} {one.path}", one.body) for one in listening.requests]
    sent = listening.wire.sent.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")
    return sent, listening.wire.closed, seen


@given(STREAMS, st.lists(st.integers(0, 20_000), max_size=30))
def test_any_chunking_gives_the_same_answers(stream: bytes, places: list[int]) -> None:
    async def both() -> None:
        assert await heard(cut(stream, places)) == await heard([stream])

    asyncio.run(both())


@pytest.mark.parametrize("stream", [b"".join([*PLAIN, end]) for end in BROKEN])
async def test_byte_by_byte_gives_the_same_answers(stream: bytes) -> None:
    single = [stream[index : index + 1] for index in range(len(stream))]
    assert await heard(single) == await heard([stream])


@pytest.mark.parametrize("end", BROKEN)
async def test_what_is_broken_is_refused_once_and_reaches_nobody(end: bytes) -> None:
    sent, closed, seen = await heard([GET + end + GET])
    statuses = [status for status, _ in answers_in(sent)]
    assert statuses[0] == 200
    assert len(statuses) == 2
    assert 400 <= statuses[1] < 506
    assert statuses[1] != 500
    assert closed
    assert [what for what, _ in seen] == ["GET /a"]


async def later(request: Request) -> Answer:
    await asyncio.sleep(0)
    return echo(request)


def late(
    listening_for: list[asyncio.Future[Answer]],
) -> Callable[[Request], Awaitable[Answer]]:
    """A handler whose answers the test gives when it likes."""

    def handle(_request: Request) -> Awaitable[Answer]:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        listening_for.append(answer)
        return answer

    return handle


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("end", BROKEN)
async def test_a_call_in_progress_is_answered_before_the_refusal(end: bytes) -> None:
    waiting: list[asyncio.Future[Answer]] = []
    listening = Listening(late(waiting), SMALL).feed([GET + POST + end])
    assert not listening.wire.closed
    for expected in (1, 2):
        await turn()
        assert len(waiting) == expected
        waiting[-1].set_result(Answer(200, b"ok"))
    await turn()
    assert listening.statuses[:2] == [200, 200]
    assert len(listening.statuses) == 3
    assert listening.wire.closed
    assert len(waiting) == 2


async def test_pipelined_calls_are_answered_in_order() -> None:
    waiting: list[asyncio.Future[Answer]] = []
    listening = Listening(late(waiting)).feed([GET * 3])
    for number in range(3):
        await turn()
        assert len(waiting) == number + 1, "one call at a time"
        waiting[-1].set_result(Answer(200, b"%d" % number))
    await turn()
    bodies = [body for _, body in answers_in(listening.wire.sent)]
    assert bodies == [b"0", b"1", b"2"]


async def test_reading_stops_while_calls_wait() -> None:
    waiting: list[asyncio.Future[Answer]] = []
    listening = Listening(late(waiting)).feed([GET * 2])
    assert listening.wire.paused
    listening.connection.resume_reading()
    assert listening.wire.paused, "whoever asks: nothing more is read behind a queue"
    for _ in range(2):
        await turn()
        waiting[-1].set_result(Answer(200))
    await turn()
    assert not listening.wire.paused


async def test_no_call_begins_while_the_client_reads_nothing() -> None:
    listening = Listening()
    listening.connection.pause_writing()
    listening.feed([GET * 3])
    assert listening.requests == []
    listening.connection.resume_writing()
    assert listening.statuses == [200, 200, 200]
    assert not listening.wire.paused


async def test_a_client_that_never_reads_is_cut_off() -> None:
    listening = Listening(limits=Limits(write_seconds=5))
    listening.feed([GET * 2])
    listening.connection.pause_writing()
    listening.pass_time(4)
    assert not listening.wire.aborted
    listening.pass_time(2)
    assert listening.wire.aborted


async def test_a_client_that_does_not_take_its_last_answer_is_cut_off() -> None:
    listening = Listening(limits=Limits(write_seconds=5)).feed([CLOSE])
    assert (listening.wire.closed, listening.wire.aborted) == (True, False)
    listening.pass_time(6)
    assert listening.wire.aborted


async def test_half_a_connection_still_gets_all_its_answers() -> None:
    waiting: list[asyncio.Future[Answer]] = []
    listening = Listening(late(waiting)).feed([GET + GET + POST[:-2]])
    assert listening.connection.eof_received()
    for _ in range(2):
        await turn()
        waiting[-1].set_result(Answer(200))
    await turn()
    assert listening.statuses == [200, 200]
    assert listening.wire.closed
    assert len(waiting) == 2, "nobody acts on half a body"


async def test_half_a_body_and_no_more_is_given_up() -> None:
    listening = Listening().feed([POST[:-2]])
    assert not listening.connection.eof_received()
    assert listening.wire.aborted
    assert listening.requests == []


async def test_an_early_answer_drains_a_little_of_the_body() -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"
    listening = Listening(limits=Limits(body_bytes=10)).feed([head])
    assert listening.statuses == [413]
    assert listening.wire.closed


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([GET[:10]], 408),
        ([POST[:-2]], 408),
        ([CHUNKED[:90]], 408),
        ([GET, GET[:5]], 408),
    ],
)
async def test_what_comes_too_slowly_is_refused(
    pieces: list[bytes], status: int
) -> None:
    listening = Listening(limits=Limits(head_seconds=3, body_seconds=3)).feed(pieces)
    listening.pass_time(2)
    assert not listening.wire.closed
    listening.pass_time(2)
    assert listening.statuses[-1] == status
    assert listening.wire.closed


async def test_an_idle_connection_is_closed_without_a_word() -> None:
    listening = Listening(limits=Limits(idle_seconds=10)).feed([GET])
    listening.pass_time(9)
    assert not listening.wire.closed
    listening.pass_time(2)
    assert listening.wire.closed
    assert listening.statuses == [200]


async def test_chunk_extensions_without_end_are_refused() -> None:
    head = CHUNKED[: CHUNKED.index(b"5;ext")]
    flood = [b"5;" + b"e" * 1000, *[b"e" * 1000] * 200]
    listening = Listening(limits=SMALL).feed([head, *flood])
    assert listening.statuses == [431]
    assert listening.requests == []


async def test_trailers_without_end_are_refused() -> None:
    start = CHUNKED[: CHUNKED.index(b"X-Sum")]
    listening = Listening(limits=SMALL).feed([start, *[b"X-More: 1\r\n"] * 500])
    assert listening.statuses == [431]


async def test_many_small_chunks_are_fine() -> None:
    head = CHUNKED[: CHUNKED.index(b"5;ext")]
    listening = Listening(limits=SMALL).feed([head, *[b"1\r\nx\r\n"] * 3000])
    listening.feed([b"0\r\n\r\n"])
    assert listening.statuses == [200]
    assert len(listening.requests[0].body) == 3000


async def test_a_body_before_a_head_does_not_count_as_head() -> None:
    listening = Listening(limits=SMALL).feed([BIG + GET[:9], GET[9:]])
    assert listening.statuses == [200, 200]


async def test_a_continue_is_sent_only_to_those_who_wait() -> None:
    listening = Listening().feed([EXPECT[:-2]])
    assert listening.wire.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert Listening().feed([EXPECT.replace(b"1.1", b"1.0")[:-2]]).wire.sent == b""


async def test_an_upgrade_nobody_takes_is_an_ordinary_call() -> None:
    listening = Listening().feed([UPGRADE + GET])
    assert listening.statuses == [200, 200]


async def test_a_handler_that_fails_is_a_500_and_the_connection_goes_on() -> None:
    def fail(_request: Request) -> Answer:
        raise ValueError("no")

    assert Listening(fail).feed([GET + GET]).statuses == [500, 500]
    listening = Listening(later).feed([GET])
    await turn()
    assert listening.statuses == [200]


async def test_a_lost_connection_ends_quietly() -> None:
    waiting: list[asyncio.Future[Answer]] = []
    listening = Listening(late(waiting)).feed([GET * 2])
    listening.connection.connection_lost(ConnectionResetError())
    waiting[0].set_result(Answer(200))
    await turn()
    assert listening.wire.sent == b""
    assert len(waiting) == 1
