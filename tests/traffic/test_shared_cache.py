"""Connection strings of caches, and which cache is whose."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bramka.domain.errors import Invalid
from bramka.domain.traffic.shared_cache import SharedCache, cache_for, redis_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("localhost", "redis://localhost:6379/0"),
        ("redis:7000", "redis://redis:7000/0"),
        ("a.example,ssl=True", "rediss://a.example:6380/0"),
        (
            "a.example:6380,password=p=/+,ssl=true,abortConnect=False",
            "rediss://:p%3D%2F%2B@a.example:6380/0",
        ),
        ("a,b:1,user=me,password=x,defaultDatabase=3", "redis://me:x@a:6379/3"),
        ("[::1]:6400", "redis://[::1]:6400/0"),
        (" rediss://u:p@a:1/2 ", "rediss://u:p@a:1/2"),
    ],
)
def test_a_connection_string_names_a_server(text: str, url: str) -> None:
    assert redis_url(text) == url


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "names no host"),
        ("ssl=True", "names no host"),
        ("http://a.example", "neither host:port nor name=value"),
        ("a:99999", "the port 99999"),
        ("a,defaultDatabase=x", "defaultDatabase that is no number"),
        ("a b", "neither host:port nor name=value"),
    ],
)
def test_what_names_none_is_refused_without_its_password(
    text: str, problem: str
) -> None:
    with pytest.raises(Invalid, match=problem) as refused:
        redis_url(f"{text},password=hush" if text else text)
    assert "hush" not in refused.value.message


@given(st.text(min_size=1).filter(lambda text: "," not in text and text.strip()))
def test_any_password_arrives_as_it_is(password: str) -> None:
    try:
        url = redis_url(f"a.example,password={password}")
    except UnicodeEncodeError:
        return  # Half a character is none.
    assert unquote(urlsplit(url).password or "") == password.strip()
    assert urlsplit(url).hostname == "a.example"


def test_a_cache_of_ones_own_place_comes_before_that_of_all() -> None:
    west = SharedCache(id="w", connection_string="w", use_from_location="West Europe")
    every = SharedCache(id="e", connection_string="e")
    assert cache_for([every, west], "shop", "westeurope") is west
    assert cache_for([every, west], "shop", "Poland") is every
    assert cache_for([west], "shop", "Poland") is None
