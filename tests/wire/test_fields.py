"""The fast lane reads a plain head as llhttp does, and nothing that llhttp refuses."""

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bramka.wire.fields import (
    HOP,
    LENGTH,
    MOST_KEPT,
    PLAIN,
    Field,
    field_of,
    field_of_line,
    known_fields,
    pairs,
)
from bramka.wire.plain_heads import MOST_ANSWERS, _answers, read_answer, read_request


class Heard:
    """What llhttp tells of one message."""

    def __init__(self) -> None:
        self.url = self.reason = self.body = b""
        self.fields: list[tuple[bytes, bytes]] = []
        self.heads = self.ends = 0

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self.heads += 1

    def on_body(self, data: bytes) -> None:
        self.body += data

    def on_message_complete(self) -> None:
        self.ends += 1


NAMES = [
    "Host",
    "Content-Length",
    "Accept",
    "X-A",
    "x-forwarded-for",
    "Date",
    "Authorization",
    "Cookie",
    "a'b",
    "Transfer-Encoding",
    "Connection",
    "Expect",
    "Upgrade",
    "TE",
    "Keep-Alive",
    "Content-Length ",
    "X\x00",
]
VALUES = [
    "a",
    "5",
    "0",
    "00",
    "+5",
    "5, 5",
    "0x5",
    "chunked",
    "close",
    "keep-alive",
    "a, b",
    "  spaced\t",
    "\x7f",
    "café",
    "a\rb",
    "\x00",
    "",
    "localhost:8080",
    "a b",
    "100-continue",
    "websocket",
    "99999999999999999999",
    ";",
    "\x0bx",
]
LINE = st.builds(
    lambda name, gap, value: f"{name}:{gap}{value}",
    st.sampled_from(NAMES),
    st.sampled_from(("", " ", "\t", "  ")),
    st.sampled_from(VALUES) | st.text(st.characters(max_codepoint=255), max_size=6),
)
TARGETS = ("/", "/a/b?c=d", "/a%20b", "/#x", "/a\x7f", "//x", "/\xe9", "*", "a:1", "")
FIRST = st.builds(
    lambda method, target, version, gap: f"{method} {target}{gap}{version}",
    st.sampled_from(("GET", "POST", "HEAD", "PATCH", "get", "CONNECT", "FOO", "")),
    st.sampled_from(TARGETS)
    | st.text(st.characters(max_codepoint=255), max_size=5).map("/".__add__),
    st.sampled_from(("HTTP/1.1", "HTTP/1.1 ", "HTTP/1.0", "HTTP/2.0", "http/1.1")),
    st.sampled_from((" ", " ", " ", "  ", "\t")),
)
STATUS = st.builds(
    lambda version, status, reason: f"{version} {status}{reason}",
    st.sampled_from(("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2")),
    st.sampled_from(("200", "204", "304", "404", "503", "100", "99", "600", "2000")),
    st.sampled_from((" OK", " ", "", " Not\tso", " \xe9", " a\rb", " a  b ")),
)


def heads(first: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Heads without the empty line; some with a byte changed, put in or left out."""
    usual = st.lists(LINE, max_size=3).map(
        lambda lines: ["Host: a", "Content-Length: 3", *lines]
    )
    whole = st.builds(
        lambda start, lines: "\r\n".join([start, *lines]).encode("latin-1"),
        first,
        usual | st.lists(LINE, max_size=5),
    )
    place, byte = st.integers(0, 120), st.integers(0, 255)
    changed = st.builds(
        lambda text, at, new, gone: text[:at] + new + text[at + gone :],
        whole,
        place,
        st.sampled_from((b"", b"\r", b"\n", b" ", b"\t", b":", b"\0", b"\r\n"))
        | byte.map(lambda one: bytes((one,))),
        st.integers(0, 2),
    )
    return whole | changed


@given(heads(FIRST))
@example(b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nAccept:  spaced\t")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1")
@example(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 1")
def test_a_plain_request_head_is_read_as_llhttp_reads_it(text: bytes) -> None:
    head = None if b"\r\n\r\n" in text else read_request(text)
    if head is None:
        return
    heard = Heard()
    parser = httptools.HttpRequestParser(heard)
    parser.feed_data(text + b"\r\n\r\n" + b"x" * min(head.length, 9))
    assert heard.heads == 1
    assert (parser.get_method(), heard.url) == (head.method, head.target)
    # llhttp leaves a tab behind a value; `field_of` takes it away, as RFC 9112 says.
    known = [field_of(name, value) for name, value in heard.fields]
    assert [(one.name, one.value) for one in head.fields] == pairs(known)
    assert [value for name, value in heard.fields if name.lower() == b"host"] == [
        head.host
    ]
    lengths = [value for name, value in heard.fields if name.lower() == LENGTH_NAME]
    assert [head.length] == ([int(value) for value in lengths] or [0])
    assert heard.ends == (head.length <= 9)
    assert parser.should_keep_alive()
    assert not parser.should_upgrade()
    assert parser.get_http_version() == "1.1"


LENGTH_NAME = b"content-length"


@given(heads(STATUS))
@example(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close, x")
def test_a_plain_answer_head_is_read_as_llhttp_reads_it(text: bytes) -> None:
    if b"\r\n\r\n" in text or (head := read_answer(text + b"\r\n\r\n")) is None:
        return
    length = head.length
    heard = Heard()
    parser = httptools.HttpResponseParser(heard)
    parser.feed_data(text + b"\r\n\r\n" + b"x" * min(length, 9))
    assert heard.heads == 1
    assert head.start == len(text) + 4
    assert parser.get_status_code() == head.status
    assert head.line == text.split(b"\r\n")[0] + b"\r\n"
    left_out = (LENGTH_NAME, b"connection")
    kept = [pair for pair in heard.fields if pair[0].lower() not in left_out]
    assert [(one.name, one.value) for one in head.fields] == kept
    assert head.dated == any(name.lower() == b"date" for name, _ in kept)
    assert [str(length).encode()] == [
        value.lstrip(b"0") or b"0"
        for name, value in heard.fields
        if name.lower() == LENGTH_NAME
    ]
    assert parser.should_keep_alive() == head.keep_alive
    assert heard.ends == (length <= 9)


@given(st.binary(max_size=40))
def test_no_line_becomes_a_field_that_breaks_its_line(line: bytes) -> None:
    field = field_of_line(line)
    if field is not None:
        assert not set(b"\r\n\0") & set(field.name + field.value)
        assert field.value == field.value.strip(b" \t")
        assert field.line.endswith(b"\r\n")


def test_a_field_of_the_table_is_the_one_that_was_read() -> None:
    once = field_of_line(b"X-Once: 1")
    assert field_of(b"X-Once", b"1") is once


def test_an_answer_head_that_came_before_is_the_one_that_was_read() -> None:
    text = b"HTTP/1.1 200 OK\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\n"
    once = read_answer(text + b"ab")
    assert once is not None
    assert once.passed == text[:-2]
    assert read_answer(text + b"cd") is once


@pytest.mark.parametrize(
    "lines", [b"Connection: X-Hop\r\nX-Hop: 1\r\n", b"Transfer-Encoding: close\r\n"]
)
def test_an_answer_that_is_no_plain_one_is_for_the_parser(lines: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\n%bContent-Length: 0\r\n\r\n"
    assert read_answer(head % b"Connection: close\r\n") is not None
    assert read_answer(head % lines) is None


def test_the_table_of_answers_keeps_few_and_no_long_ones() -> None:
    for number in range(2 * MOST_ANSWERS):
        head = b"HTTP/1.1 200 OK\r\nX-Id: %d\r\nContent-Length: 0\r\n\r\n" % number
        assert read_answer(head) is not None
    assert len(_answers) <= MOST_ANSWERS
    long = b"HTTP/1.1 200 OK\r\nX: %b\r\nContent-Length: 0\r\n\r\n" % (b"x" * 512)
    assert read_answer(long) is not read_answer(long)


def test_the_table_of_fields_does_not_grow_without_end() -> None:

    for number in range(2 * MOST_KEPT):
        field_of_line(b"X-Flood: %d" % number)
    assert len(known_fields) <= MOST_KEPT


def test_a_value_is_in_no_repr() -> None:
    assert "secret" not in repr(Field(b"Ocp-Apim-Subscription-Key", b"secret"))


@pytest.mark.parametrize(
    ("name", "passes"),
    [
        (b"Content_Length", False),
        (b"transfer_encoding", False),
        (b"X-Forwarded_For", False),
        (b"Ocp_Apim_Trace", False),
        (b"X_Own_Name", True),
        (b"Dat_e", True),
    ],
)
def test_what_is_ours_but_for_an_underscore_does_not_pass(
    name: bytes, *, passes: bool
) -> None:
    field = field_of(name, b"1")
    assert field.kind == (PLAIN if passes else HOP)


@pytest.mark.parametrize("value", [b"5", b"005"])
def test_a_length_is_known_as_such(value: bytes) -> None:
    field = field_of_line(b"CONTENT-length: " + value)
    assert field is not None
    assert field.kind == LENGTH


@pytest.mark.parametrize(
    "value",
    [
        *(b"a b", b"a/b", b'"', b"a@b", b"a\\b", b"\xe9", b"a<b", b"a#b", b"a?b"),
        *(b"", b":80", b"a,b", b"a:b", b"a:80:80", b"[::1", b"::1", b"[a]b", b"[]"),
    ],
)
def test_a_host_that_is_none_is_not_plain(value: bytes) -> None:
    assert read_request(b"GET / HTTP/1.1\r\nHost: " + value) is None


@pytest.mark.parametrize(
    "value", [b"a", b"a.b:80", b"[::1]:8080", b"127.0.0.1", b"x_y-z~", b"a:"]
)
def test_a_host_that_is_one_is_plain(value: bytes) -> None:
    head = read_request(b"GET / HTTP/1.1\r\nHost: " + value)
    assert head is not None
    assert head.host == value


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (b"a=1; bramka-session=secret; b=2", b"a=1; b=2"),
        (b"__Host-bramka-session=secret;a=1", b"a=1"),
        (b"a=1; bramka-connection=x", b"a=1"),
        (
            b"my-bramka-session=1; a=bramka-session=2",
            b"my-bramka-session=1; a=bramka-session=2",
        ),
    ],
)
def test_sessions_at_the_console_are_taken_out_of_cookies(
    given: bytes, kept: bytes
) -> None:
    field = field_of(b"Cookie", given)
    assert (field.kind, field.value, field.line) == (
        PLAIN,
        kept,
        b"Cookie: %b\r\n" % kept,
    )


def test_a_cookie_that_is_ours_alone_goes_no_further() -> None:
    assert field_of(b"cookie", b"bramka-session=secret").kind == HOP
