"""Policies that store, look up and remove values of the cache."""

import pytest
from tests.policies.telling import TELL

from bramka.domain.errors import Unavailable
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play, refusal_of

STORE = "<cache-store-value key='k' value='{value}' duration='{seconds}' {more} />"
LOOKUP = "<cache-lookup-value key='k' variable-name='v' {more} />"
REMOVE = "<cache-remove-value key='k' {more} />"
SHOW = """<return-response><set-body>@(context.Variables.ContainsKey("v")
    ? {shown} : "nothing")</set-body></return-response>"""
TEXT = '(string)context.Variables["v"]'


def remembers(
    value: str = '@("it")',
    shown: str = TEXT,
    seconds: str = "60",
    store: str = "",
    lookup: str = "",
    cache: "Far | None" = None,
) -> Playbook:
    """POST stores, GET looks up, DELETE removes."""
    stored = STORE.format(value=value, seconds=seconds, more=store)
    looked_up = LOOKUP.format(more=lookup) + SHOW.format(shown=shown)
    removed = REMOVE.format(more=store)
    return play(
        inbound=f"""<choose>
          <when condition='@(context.Request.Method == "POST")'>{stored}</when>
          <when condition='@(context.Request.Method == "DELETE")'>{removed}</when>
          <otherwise>{looked_up}</otherwise></choose>""",
        on_error=TELL,
        cache=cache,
    )


class Far:
    """An external cache; it may be away."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, float]] = {}
        self.away = False

    def _check(self) -> None:
        if self.away:
            raise Unavailable("the external cache cannot be asked: it is away")

    async def get(self, key: str) -> bytes | None:
        self._check()
        return self.kept.get(key, (None, 0.0))[0]

    async def put(self, key: str, content: bytes, seconds: float) -> None:
        self._check()
        self.kept[key] = (content, seconds)

    async def remove(self, key: str) -> None:
        self._check()
        self.kept.pop(key, None)


def test_a_value_is_kept_for_its_time() -> None:
    book = remembers().call().answered("nothing").call("POST").call().answered("it")
    book.after(59).call().answered("it").after(1).call().answered("nothing")


def test_a_value_can_be_removed() -> None:
    remembers().call("POST").call("DELETE").call().answered("nothing")


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        ("@(40 + 2)", '((int)context.Variables["v"] + 1).ToString()', "43"),
        ("@(1.5)", '((double)context.Variables["v"]).ToString()', "1.5"),
        ("@(true)", '((bool)context.Variables["v"]) ? "yes" : "no"', "yes"),
        (
            '@(JObject.Parse("{\\"a\\": [1, 2]}"))',
            '((JObject)context.Variables["v"])["a"][1].ToString()',
            "2",
        ),
        (
            '@(XElement.Parse("<a>b</a>"))',
            '((XElement)context.Variables["v"]).Value',
            "b",
        ),
        (
            "@(new byte[] { 65, 66 })",
            'System.Text.Encoding.UTF8.GetString((byte[])context.Variables["v"])',
            "AB",
        ),
        ("plain", TEXT, "plain"),
    ],
)
def test_a_value_comes_back_as_what_it_was(value: str, shown: str, text: str) -> None:
    book = remembers(value, shown.replace("'", "&apos;")).call("POST").passes()
    book.call().answered(text)


def test_a_response_comes_back_as_one() -> None:
    book = play(
        inbound="""<cache-lookup-value key='r' variable-name='r' />
          <choose><when condition='@(!context.Variables.ContainsKey("r"))'>
            <send-request response-variable-name='r'>
              <set-url>http://other.test/</set-url></send-request>
            <cache-store-value key='r' value='@((IResponse)context.Variables["r"])'
              duration='60' />
          </when></choose>
          <return-response response-variable-name='r' />""",
        hosts={"other.test": Reply(203, b"body", [("X-A", "b")])},
    )
    book.call().answered("body", 203).call().answered("body", 203).reached(1)
    assert book.answer.header("X-A") == "b"


def test_key_value_duration_and_default_may_be_expressions() -> None:
    by_user = '@("k-" + context.Request.Headers.GetValueOrDefault("X-Who", ""))'
    book = play(
        inbound=f"""<cache-lookup-value key='{by_user}' variable-name='v'
            default-value='@(context.Operation.Id + "-default")' />
          <cache-store-value key='{by_user}' value='@(context.Operation.Id)'
            duration='@(30 + 30)' />
          <return-response><set-body>@({TEXT})</set-body></return-response>"""
    )
    book.call(headers={"X-Who": "a"}).answered("get-default")
    book.call("POST", headers={"X-Who": "b"}).answered("post-default")
    book.call("PUT", headers={"X-Who": "a"}).answered("get")
    book.after(60).call(headers={"X-Who": "b"}).answered("get-default")


def test_what_was_changed_after_it_was_kept_is_not_changed_in_the_cache() -> None:
    book = play(
        inbound="""<set-variable name='o' value='@(JObject.Parse("{}"))' />
          <cache-lookup-value key='k' variable-name='o' />
          <cache-store-value key='k' value='@((JObject)context.Variables["o"])'
            duration='60' />
          <set-variable name='x' value='@{ var o = (JObject)context.Variables["o"];
            o["n"] = 1; return ""; }' />
          <cache-lookup-value key='k' variable-name='kept' />
          <return-response><set-body>@(
            ((JObject)context.Variables["kept"]).Count.ToString())
          </set-body></return-response>"""
    )
    assert book.call().call().answer.text.strip() == "0"


def test_a_value_that_is_too_long_is_not_kept() -> None:
    long = "@(new string(&apos;x&apos;, 2100000))".replace("&apos;", "&#39;")
    remembers(long).call("POST").passes().call().answered("nothing")


def test_another_plan_keeps_what_the_cache_holds() -> None:
    book = remembers().call("POST")
    book.gateway.take(book._configuration())
    book.call().answered("it")


def test_the_external_cache_is_preferred_when_there_is_one() -> None:
    far = Far()
    book = remembers(cache=far).call("POST").call().answered("it")
    assert [seconds for _, seconds in far.kept.values()] == [60]
    book.call("DELETE").call().answered("nothing")
    assert not far.kept


def test_the_internal_cache_can_be_meant() -> None:
    far = Far()
    internal = "caching-type='internal'"
    book = remembers(store=internal, lookup=internal, cache=far).call("POST")
    book.call().answered("it")
    assert not far.kept


def test_without_an_external_cache_it_keeps_nothing_or_the_internal_one_does() -> None:
    external = "caching-type='external'"
    book = remembers(store=external, lookup=external)
    book.call("POST").passes().call().answered("nothing").call("DELETE").passes()
    remembers().call("POST").call().answered("it")


def test_an_external_cache_that_is_away_fails_nothing() -> None:
    far = Far()
    book = remembers(cache=far).call("POST")
    far.away = True
    book.call().answered("nothing").call("POST").passes().call("DELETE").passes()
    far.away = False
    book.call().answered("it")


@pytest.mark.parametrize("cache", [Far(), None])
def test_a_removal_may_have_to_work(cache: Far | None) -> None:
    if cache is not None:
        cache.away = True
    policy = (
        "<cache-remove-value key='k' fail-on-cache-removal-error='true' "
        "caching-type='external' />"
    )
    book = play(inbound=policy, on_error=TELL, cache=cache).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert told.startswith("cache-remove-value|CacheRemovalFailure|The value was not")
    if cache is not None:
        cache.away = False
        book.call().passes()


def test_an_answer_is_kept_with_its_body() -> None:
    book = play(
        inbound="""<cache-lookup-value key='k' variable-name='v' /><choose>
          <when condition='@(context.Variables.ContainsKey("v"))'>
          <return-response response-variable-name='v' /></when></choose>""",
        outbound=STORE.format(value="@(context.Response)", seconds="60", more=""),
    )
    book.call().answered("from the backend").call().answered("from the backend")
    book.reached(1)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (STORE.format(value="v", seconds="0", more=""), "attribute 'duration' is '0'"),
        (
            STORE.format(value="v", seconds="2147483648", more=""),
            "it must be a whole number from 1 to 2147483647",
        ),
        (STORE.format(value="v", seconds="60", more="caching-type='far'"), "'far'"),
        ("<cache-lookup-value key='k' />", "needs the attribute 'variable-name'"),
        (
            REMOVE.format(more="fail-on-cache-removal-error='maybe'"),
            "it can be true or false",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    policy: str, problem: str
) -> None:
    assert problem in refusal_of(policy)
