"""A head of HTTP/2 becomes one head of HTTP/1.1, or none."""

import httptools
from hypothesis import given
from hypothesis import strategies as st

from bramka.wire.stream_head import request_head


class Heard:
    """What llhttp reads."""

    def __init__(self) -> None:
        self.heads = 0
        self.url = b""
        self.fields: list[tuple[bytes, bytes]] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))

    def on_headers_complete(self) -> None:
        self.heads += 1


AWKWARD = st.text("aZ09/:;= \t\r\n\0\x7f%?#@[]\u00ff", max_size=12).map(
    lambda text: text.encode("latin-1")
)
PSEUDO = st.fixed_dictionaries(
    {
        b":method": st.one_of(st.sampled_from([b"GET", b"POST", b"CONNECT"]), AWKWARD),
        b":path": st.one_of(AWKWARD.map(lambda text: b"/" + text), AWKWARD),
        b":authority": st.one_of(st.just(b"h:1"), AWKWARD),
    }
)
FIELDS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from([b"host", b"cookie", b"te", b"x-a"]), AWKWARD),
        AWKWARD,
    ),
    max_size=4,
)


@given(PSEUDO, FIELDS, st.booleans())
def test_llhttp_reads_one_head_with_no_field_that_was_not_given(
    pseudo: dict[bytes, bytes], fields: list[tuple[bytes, bytes]], whole: bool
) -> None:
    head = request_head([*pseudo.items(), *fields], whole=whole)
    if head is None:
        return
    heard = Heard()
    parser = httptools.HttpRequestParser(heard)
    try:
        parser.feed_data(head.text)
    except httptools.HttpParserError:
        # The connection answers 400, such as for a method that nobody knows.
        assert heard.heads == 0
        return
    assert heard.heads == 1
    assert (parser.get_method(), heard.url) == (head.method, pseudo[b":path"])
    names = {name for name, _ in fields} | {b"host"}
    if head.chunked:
        names.add(b"transfer-encoding")
    if dict(fields).get(b"te") == b"trailers":
        names.add(b"connection")
    assert {name for name, _ in heard.fields} <= names
    assert [name for name, _ in heard.fields].count(b"host") == 1


def test_cookies_are_one_field_and_te_is_for_this_hop() -> None:
    pseudo = [(b":method", b"GET"), (b":path", b"/"), (b":authority", b"h")]
    fields = [(b"cookie", b"a=1"), (b"te", b"trailers"), (b"cookie", b"b=2")]
    head = request_head([*pseudo, *fields], whole=True)
    assert head is not None
    lines = (b"te: trailers", b"connection: te", b"cookie: a=1; b=2")
    told = b"\r\n".join((b"GET / HTTP/1.1", b"host: h", *lines))
    assert head.text == told + b"\r\n\r\n"


def test_a_length_that_is_given_twice_or_not_kept_is_refused() -> None:
    pseudo = [(b":method", b"POST"), (b":path", b"/"), (b":authority", b"h")]
    twice = [(b"content-length", b"1"), (b"content-length", b"2")]
    assert request_head([*pseudo, *twice], whole=False) is None
    assert request_head([*pseudo, twice[0]], whole=True) is None
