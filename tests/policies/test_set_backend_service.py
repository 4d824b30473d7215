"""<set-backend-service>: another backend than the API's own."""

from msgspec.structs import replace

from bramka.domain.traffic.backend import Backend
from bramka.testing.backends import Reply
from bramka.testing.playbook import play, refusal_of

SPARE = {"spare.test": Reply(200, b"spare")}
NOUNS: dict[str, dict[str, Backend]] = {
    "backends": {"spare": Backend(id="spare", url="http://spare.test/v2")}
}


def test_an_address_replaces_the_apis_own() -> None:
    text = "<set-backend-service base-url='http://spare.test/base' />"
    book = play(text, hosts=SPARE).call(path="/a/b?c=d").answered("spare")
    assert book.sent.url == "spare.test/base/a/b?c=d"
    assert book.sent.header("Host") == "spare.test"


def test_a_known_backend_is_chosen_by_its_id() -> None:
    text = "<set-backend-service backend-id='spare' />"
    book = play(text, hosts=SPARE, tables=NOUNS).call(path="/a").answered("spare")
    assert book.sent.target == "/v2/a"


def test_it_takes_expressions() -> None:
    url = '<set-backend-service base-url="@("http://spare." + "test")" />'
    play(url, hosts=SPARE).call().answered("spare")
    named = '<set-backend-service backend-id="@("spa" + "re")" />'
    play(named, hosts=SPARE, tables=NOUNS).call().answered("spare")


def test_the_last_one_wins() -> None:
    both = (
        "<set-backend-service backend-id='spare' />"
        "<set-backend-service base-url='http://backend.test' />"
    )
    play(both, hosts=SPARE, tables=NOUNS).call().answered("from the backend")


def test_an_unknown_backend_is_refused() -> None:
    told = refusal_of("<set-backend-service backend-id='none' />")
    assert "there is no backend 'none'" in told


def test_exactly_one_of_both_is_needed() -> None:
    assert "exactly one" in refusal_of("<set-backend-service />")
    both = "<set-backend-service backend-id='spare' base-url='http://spare.test' />"
    assert "exactly one" in refusal_of(both, tables=NOUNS)
    fabric = "<set-backend-service backend-id='spare' sf-resolve-condition='@(true)' />"
    assert "it is for Service Fabric" in refusal_of(fabric, tables=NOUNS)


def test_expressions_see_where_the_request_goes() -> None:
    look = "<set-variable name='before' value='@(context.Request.Url.Host)' />"
    move = "<set-backend-service base-url='http://spare.test/base' />"
    told = """<set-header name="X-Told"><value>@((string)context.Variables["before"] +
        " " + context.Request.Url.Host + context.Request.Url.Path)</value>
        </set-header>"""
    book = play(look + move + told, hosts=SPARE).call(path="/a")
    assert book.sent.header("X-Told") == "backend.test spare.test/base/a"
    assert book.sent.target == "/base/a"


def test_what_is_no_address_is_refused() -> None:
    told = refusal_of("<set-backend-service base-url='spare.test' />")
    assert "base-url 'spare.test' is not an http or https address" in told
    text = '<set-backend-service base-url="@("x")" />'
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    play(text, on_error=told).call().answered("InvalidBackendUrl", 500)


def test_an_unknown_backend_that_an_expression_names_is_an_error() -> None:
    text = '<set-backend-service backend-id="@("x")" />'
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    play(text, on_error=told).call().answered("BackendNotFound", 500)


def test_a_backend_added_later_can_be_named_by_an_expression() -> None:
    text = """<set-backend-service
        backend-id="@(context.Request.Headers.GetValueOrDefault("X-To"))" />"""
    book = play(text, hosts=SPARE, tables={"backends": {}})
    book.call(headers={"X-To": "spare"}).refused(500)
    plan = book.gateway.engine.plan
    assert plan is not None
    book.gateway.take(replace(plan.configuration, version=2, **NOUNS))
    book.call(headers={"X-To": "spare"}).answered("spare")
