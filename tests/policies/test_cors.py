"""<cors>: calls from pages of other sites."""

import pytest

from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import PolicyDocument
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play, refusal_of

SHOP = "https://shop.example.com"
ALLOW = "Access-Control-Allow-"


def cors(
    *origins: str,
    methods: str = "",
    headers: str = "",
    exposed: str = "",
    how: str = "",
    age: str = "",
) -> str:
    def listed(name: str, inner: str, values: str, more: str = "") -> str:
        items = "".join(f"<{inner}>{one}</{inner}>" for one in values.split())
        return f"<{name} {more}>{items}</{name}>" if items else ""

    more = f"preflight-result-max-age='{age}'" if age else ""
    return (
        f"<cors {how}>"
        + listed("allowed-origins", "origin", " ".join(origins or (SHOP,)))
        + listed("allowed-methods", "method", methods, more)
        + listed("allowed-headers", "header", headers)
        + listed("expose-headers", "header", exposed)
        + "</cors>"
    )


def preflight(
    book: Playbook,
    method: str = "GET",
    headers: str = "",
    origin: str = SHOP,
) -> Playbook:
    fields = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        fields["Access-Control-Request-Headers"] = headers
    return book.call("OPTIONS", "/x", headers=fields, key=None)


def allowed(book: Playbook) -> str | None:
    return book.answer.header(f"{ALLOW}Origin")


def test_a_preflight_is_answered_without_a_key_and_without_the_backend() -> None:
    book = preflight(play(cors(methods="PUT POST", headers="X-A X-B", age="60")), "PUT")
    book.answered("").reached(0)
    assert allowed(book) == SHOP
    assert book.answer.header(f"{ALLOW}Methods") == "PUT, POST"
    assert book.answer.header(f"{ALLOW}Headers") == "X-A, X-B"
    assert book.answer.header("Access-Control-Max-Age") == "60"
    assert book.answer.header("Vary") == "Origin"
    assert book.answer.header(f"{ALLOW}Credentials") is None


@pytest.mark.parametrize(
    ("text", "method", "headers", "is_allowed"),
    [
        (cors(), "GET", "", True),
        (cors(), "POST", "Accept, content-language", True),
        (cors(), "PUT", "", False),
        (cors(), "GET", "X-A", False),
        (cors(methods="*"), "DELETE", "", True),
        (cors(headers="*"), "GET", "X-A, X-B", True),
        (cors(headers="X-A"), "GET", "x-a", True),
        (cors(headers="X-A"), "GET", "x-a, x-b", False),
    ],
)
def test_a_preflight_asks_for_a_method_and_headers(
    text: str, method: str, headers: str, is_allowed: bool
) -> None:
    book = preflight(play(text), method, headers).answered("")
    assert (allowed(book) == SHOP) is is_allowed


def test_other_policies_do_not_run_on_a_preflight() -> None:
    book = play("<return-response />" + cors())
    assert allowed(preflight(book)) == SHOP


def test_the_answer_to_a_call_says_who_may_read_it() -> None:
    book = play(cors(exposed="ETag X-B")).call(headers={"Origin": SHOP}).passes()
    assert allowed(book) == SHOP
    assert book.answer.header("Access-Control-Expose-Headers") == "ETag, X-B"
    assert book.answer.header("Vary") == "Origin"


def test_what_the_backend_says_of_it_is_replaced() -> None:
    backend = Reply(200, b"", [(f"{ALLOW}Origin", "*"), ("Vary", "Accept")])
    book = play(cors(), answers=backend).call(headers={"Origin": SHOP})
    assert book.answer.headers_of(f"{ALLOW}Origin") == [SHOP]
    assert book.answer.header("Vary") == "Accept,Origin"


def test_errors_may_be_read_too() -> None:
    text = cors() + "<rate-limit calls='1' renewal-period='60' />"
    book = play(text).call().call(headers={"Origin": SHOP}).refused(429)
    assert allowed(book) == SHOP


def test_any_origin_may_be_let_in() -> None:
    book = play(cors("*")).call(headers={"Origin": "null"})
    assert allowed(book) == "*"
    assert book.answer.header("Vary") is None


def test_credentials_may_be_let_in() -> None:
    book = play(cors(how='allow-credentials="@(true)"'))
    assert preflight(book).answer.header(f"{ALLOW}Credentials") == "true"
    book.call(headers={"Origin": SHOP})
    assert book.answer.header(f"{ALLOW}Credentials") == "true"


def test_an_origin_may_be_an_expression() -> None:
    text = """<cors><allowed-origins><origin>
        @("https://" + context.Request.Headers.GetValueOrDefault("X-Site"))
        </origin></allowed-origins></cors>"""
    book = play(text).call(headers={"Origin": "https://a", "X-Site": "a"})
    assert allowed(book) == "https://a"


def test_another_origin_gets_an_empty_200() -> None:
    book = play(cors()).call(headers={"Origin": "https://evil"}).answered("").reached(0)
    assert allowed(book) is None
    assert allowed(preflight(book, origin="https://evil").answered("")) is None


def test_another_origin_may_be_let_through_without_permission_to_read() -> None:
    book = play(cors(how="terminate-unmatched-request='false'"))
    book.call(headers={"Origin": "https://evil"}).passes().reached(1)
    assert allowed(book) is None
    preflight(book, origin="https://evil").refused(404)


def below_a_wider_one(narrow: str) -> Playbook:
    """A policy for an API where the global document lets in `https://wide` only."""
    wide = f"""<policies><inbound>{cors("https://wide")}</inbound>
        <backend><forward-request /></backend></policies>"""
    tables = {"policies": {"": PolicyDocument(scope="", text=wide)}}
    text = f"""<policies><inbound>{narrow}<base /></inbound>
        <backend><base /></backend></policies>"""
    return play(text, tables=tables)


def test_wider_policies_are_looked_at_then() -> None:
    book = below_a_wider_one(cors(how="terminate-unmatched-request='false'"))
    assert allowed(book.call(headers={"Origin": "https://wide"})) == "https://wide"
    assert allowed(preflight(book, origin="https://wide")) == "https://wide"
    assert allowed(book.call(headers={"Origin": SHOP}).passes()) == SHOP


def test_whom_a_narrower_policy_lets_in_no_wider_one_turns_away() -> None:
    book = below_a_wider_one(cors("*"))
    assert allowed(book.call(headers={"Origin": SHOP}).passes()) == "*"


def test_calls_that_come_from_no_page_pass_untouched() -> None:
    assert allowed(play(cors()).call().passes().reached(1)) is None


def test_an_operation_for_options_answers_preflights_itself() -> None:
    own = Operation(
        id="options",
        api_id="tried",
        display_name="Options",
        method="OPTIONS",
        url_template="/*",
    )
    book = preflight(play(cors(), operations=[own])).refused(401)
    fields = {"Origin": SHOP, "Access-Control-Request-Method": "GET"}
    book.call("OPTIONS", headers=fields).answered("").reached(0)
    assert allowed(book) == SHOP
    book.call("OPTIONS").passes().reached(1)


def test_a_preflight_for_nothing_there_is_not_found() -> None:
    book = play(cors(), operations=[])
    preflight(book, "TRACE").refused(404)
    book.call("OPTIONS", key=None).refused(404)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<cors />", "needs <allowed-origins>"),
        ("<cors><allowed-origins /></cors>", "<allowed-origins> is empty"),
        (cors("*", how="allow-credentials='true'"), "browsers refuse it"),
        (cors(how="allow-credentials='x'"), "'allow-credentials' is 'x'"),
        (cors(methods="GET", age="x"), "preflight-result-max-age is 'x'"),
        (cors().replace("</cors>", cors()[7:]), "holds an element twice"),
        (
            f"<choose><when condition='true'>{cors()}</when></choose>",
            "stands directly in <inbound>",
        ),
    ],
)
def test_its_form_is_checked(text: str, told: str) -> None:
    assert told in refusal_of(text)


@pytest.mark.parametrize(
    ("known", "origin"),
    [
        ("http://shop.test:80", "http://shop.test"),
        ("https://Shop.test", "https://shop.test:443"),
        ("https://shop.test:443/", "https://shop.test"),
    ],
)
def test_the_port_of_the_scheme_may_be_left_out(known: str, origin: str) -> None:
    text = f"<cors><allowed-origins><origin>{known}</origin></allowed-origins></cors>"
    answer = play(text).call(headers={"Origin": origin}).answer
    assert answer.header("Access-Control-Allow-Origin") == origin
