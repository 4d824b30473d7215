"""Policies that look answers up in the cache, and store them there."""

from typing import Any

import pytest

from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import Playbook, play, refusal_of

LOOKUP = """<cache-lookup vary-by-developer='{user}' vary-by-developer-groups='{groups}'
    {more}>{inside}</cache-lookup>"""


def lookup(
    more: str = "", inside: str = "", user: str = "false", groups: str = "false"
) -> str:
    return LOOKUP.format(more=more, inside=inside, user=user, groups=groups)


class Counting:
    """A backend that tells how often it was asked."""

    def __init__(self, status: int = 200, *fields: tuple[str, str]) -> None:
        self.status, self.fields, self.asked = status, fields, 0

    def __call__(self, call: Call) -> Reply:
        self.asked += 1
        return Reply(self.status, f"answer {self.asked}".encode(), self.fields)


def cached(
    first: str = "",
    store: str = "<cache-store duration='60' />",
    answers: Any = None,
    then: str = "",
    **how: Any,
) -> Playbook:
    return play(
        inbound=first or lookup(),
        outbound=store + then,
        answers=answers or Counting(),
        **how,
    )


def test_the_same_request_is_answered_from_the_cache_for_its_time() -> None:
    book = cached().call(path="/a").answered("answer 1")
    book.after(59).call(path="/a").answered("answer 1").reached(1)
    assert book.answer.header("Age") == "59"
    book.after(1).call(path="/a").answered("answer 2")


def test_another_path_or_query_is_another_request() -> None:
    book = cached().call(path="/a?x=1").call(path="/a?x=2").answered("answer 2")
    book.call(path="/b?x=1").answered("answer 3").call(path="/a?x=1")
    book.answered("answer 1")


def test_the_order_of_the_query_and_the_key_in_it_do_not_matter() -> None:
    book = cached().call(path="/?a=1&b=2&subscription-key=the-key")
    book.call(path="/?b=2&a=1").answered("answer 1")


def test_only_get_is_cached() -> None:
    book = cached().call("POST").call("POST").answered("answer 2")
    book.call("GET").answered("answer 3").call("POST").answered("answer 4")


def test_only_named_parameters_may_matter() -> None:
    inside = "<vary-by-query-parameter>a; b</vary-by-query-parameter>"
    book = cached(lookup(inside=inside)).call(path="/?a=1&z=1")
    book.call(path="/?a=1&z=2").answered("answer 1")
    book.call(path="/?a=1&b=2").answered("answer 2")


def test_named_headers_and_codings_matter() -> None:
    book = cached(lookup(inside="<vary-by-header>Accept</vary-by-header>"))
    book.call(headers={"Accept": "a"}).call(headers={"Accept": "b"})
    book.answered("answer 2").call(headers={"accept": "a"}).answered("answer 1")
    book.call(headers={"Accept": "a", "Accept-Encoding": "gzip"}).answered("answer 3")
    book.call(headers={"Accept": "a", "X-Else": "1"}).answered("answer 1")


@pytest.mark.parametrize(("user", "groups"), [("true", "false"), ("false", "true")])
def test_users_may_have_answers_of_their_own(user: str, groups: str) -> None:
    book = cached(lookup(user=user, groups=groups), open_api=True)
    book.call(key=None).answered("answer 1")
    if user == "true":
        book.call().answered("answer 2")
    else:
        # Ada is in no group, and so is who calls without a key.
        book.call().answered("answer 1")


def test_requests_with_authorization_are_left_alone_unless_allowed() -> None:
    headers = {"Authorization": "Bearer mine"}
    book = cached().call(headers=headers).call(headers=headers).answered("answer 2")
    book.call().answered("answer 3").call(headers=headers).answered("answer 4")
    allowed = lookup("allow-private-response-caching='true'")
    book = cached(allowed).call(headers=headers).call(headers=headers)
    book.answered("answer 1")


def test_only_200_is_kept_unless_others_are_wanted() -> None:
    cached(answers=Counting(404)).call().call().answered("answer 2", 404)
    store = "<cache-store duration='60' cache-response='true' />"
    cached(store=store, answers=Counting(404)).call().call().answered("answer 1", 404)
    store = """<cache-store duration='60'
        cache-response='@(context.Response.StatusCode == 201)' />"""
    cached(store=store, answers=Counting(201)).call().call().answered("answer 1", 201)


@pytest.mark.parametrize(
    "field",
    [
        *(("Set-Cookie", "a=b"), ("Vary", "*"), ("Vary", "Accept, Cookie")),
        ("Vary", "AUTHORIZATION"),
    ],
)
def test_what_is_for_one_caller_is_not_kept(field: tuple[str, str]) -> None:
    cached(answers=Counting(200, field)).call().call().answered("answer 2")


def test_what_varies_by_a_named_cookie_is_kept_by_it() -> None:
    inside = "<vary-by-header>Cookie</vary-by-header>"
    book = cached(lookup(inside=inside), answers=Counting(200, ("Vary", "Cookie")))
    one, other = {"Cookie": "a=1"}, {"Cookie": "a=2"}
    book.call(headers=one).call(headers=other).answered("answer 2")
    book.call(headers=one).answered("answer 1")


@pytest.mark.parametrize("status", [206, 304, 412, 416])
def test_an_answer_to_a_range_or_a_condition_is_not_for_others(status: int) -> None:
    store = "<cache-store duration='60' cache-response='true' />"
    book = cached(store=store, answers=Counting(status)).call().call()
    book.reached(2)


def test_fields_are_kept_as_they_were_when_the_answer_was_stored() -> None:
    later = "<set-header name='X-Later'><value>1</value></set-header>"
    earlier = "<set-header name='X-Earlier'><value>1</value></set-header>"
    store = earlier + "<cache-store duration='60' />"
    answers = Counting(200, ("X-A", "b"), ("Age", "7"), ("Content-Type", "a/b"))
    book = cached(store=store, then=later, answers=answers).call().call()
    names = ("X-A", "X-Earlier", "X-Later", "Age", "Content-Type")
    found = [book.answer.header(name) for name in names]
    assert found == ["b", "1", "1", "0", "a/b"]
    assert book.answer.headers_of("X-Later") == ["1"]


def test_a_body_that_policies_read_or_made_is_kept() -> None:
    before = '<set-body>@(context.Response.Body.As<string>() + "!")</set-body>'
    book = cached(store=before + "<cache-store duration='60' />")
    book.call().answered("answer 1!").call().answered("answer 1!").reached(1)


def test_a_body_replaced_later_is_not_mistaken_for_the_answer() -> None:
    book = cached(then="<set-body>made</set-body>").call().answered("made")
    book.call().answered("made").reached(2)


def test_an_answer_that_is_too_long_passes_but_is_not_kept() -> None:
    long = Reply(200, bytes(2 * 1024 * 1024 + 1))
    book = cached(answers=long).call().passes().call().reached(2)
    assert len(book.answer.body) == len(long.body)


def test_without_a_lookup_nothing_is_kept() -> None:
    book = cached("<set-variable name='a' value='b' />").call().call()
    book.answered("answer 2")
    assert book.answer.header("Cache-Control") is None


@pytest.mark.parametrize(
    ("more", "stored", "found"),
    [
        ("", "no-cache, no-store, must-revalidate, max-age=0", None),
        (
            "downstream-caching-type='private'",
            "private, must-revalidate, max-age=60",
            "private, must-revalidate, max-age=50",
        ),
        (
            "downstream-caching-type='public' must-revalidate='false'",
            "public, max-age=60",
            "public, max-age=50",
        ),
        (
            "downstream-caching-type='@(\"public\")' must-revalidate='@(false)'",
            "public, max-age=60",
            "public, max-age=50",
        ),
    ],
)
def test_callers_are_told_whether_they_may_keep_it(
    more: str, stored: str, found: str | None
) -> None:
    answers = Counting(200, ("Cache-Control", "max-age=999"))
    book = cached(lookup(more), answers=answers).call()
    assert book.answer.headers_of("Cache-Control") == [stored]
    book.after(10).call().reached(1)
    assert book.answer.headers_of("Cache-Control") == [found or stored]


def test_the_duration_may_be_an_expression() -> None:
    book = cached(store="<cache-store duration='@(10 + 5)' />").call()
    book.after(14).call().reached(1).after(1).call().reached(2)


def test_a_hit_skips_the_rest_of_the_pipeline() -> None:
    limit = "<rate-limit-by-key calls='1' renewal-period='60' counter-key='a' />"
    cached(lookup() + limit).call().call().call().passes().reached(1)


class Far:
    """An external cache."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, float]] = {}

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key, (None, 0.0))[0]

    async def put(self, key: str, content: bytes, seconds: float) -> None:
        self.kept[key] = (content, seconds)

    async def remove(self, key: str) -> None:
        self.kept.pop(key, None)


def test_the_external_cache_is_preferred_when_there_is_one() -> None:
    far = Far()
    book = cached(cache=far).call().call().answered("answer 1").reached(1)
    assert [round(seconds) for _, seconds in far.kept.values()] == [60]
    far.kept = dict.fromkeys(far.kept, (b"\x01", 60.0))
    book.call().answered("answer 2")


def test_the_caching_type_is_heeded() -> None:
    far = Far()
    internal = lookup("caching-type='internal'")
    cached(internal, cache=far).call().call().answered("answer 1")
    assert not far.kept
    external = lookup("caching-type='external'")
    cached(external).call().call().answered("answer 2")


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (lookup("downstream-caching-type='some'"), "it can be none, private, public"),
        (lookup("must-revalidate='so'"), "it can be true or false"),
        (lookup("allow-private-response-caching='so'"), "it can be true or false"),
        (lookup(user="so"), "attribute 'vary-by-developer' is 'so'"),
        (
            lookup(inside='<vary-by-header>@("a")</vary-by-header>'),
            "does not take expressions",
        ),
        ("<cache-lookup vary-by-developer='true' />", "vary-by-developer-groups"),
        ("<cache-store />", "needs the attribute 'duration'"),
        ("<cache-store duration='0' />", "attribute 'duration' is '0'"),
        ("<cache-store duration='1' cache-response='so' />", "it can be true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    policy: str, problem: str
) -> None:
    assert problem in refusal_of(policy)


def test_an_expression_says_whether_users_share_an_answer() -> None:
    assert "never true or false" in refusal_of(lookup(user="@(1)"))
    user = '@(context.Request.Headers.ContainsKey("X"))'
    book = cached(lookup(user=user)).call().call().reached(1)
    book.call(headers={"X": "1"}).passes().reached(2)
