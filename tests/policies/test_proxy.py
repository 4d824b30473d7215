"""<proxy>: between the gateway and the backend; the sockets are tested elsewhere."""

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.backend import ForwardProxy
from bramka.testing.playbook import play, refusal_of

ACCOUNT = "url='http://proxy.test:3128' username='ada' password='p'"


def test_the_backend_is_dialled_through_the_proxy() -> None:
    book = play(f"<proxy {ACCOUNT} />").call(path="/x?y=1").passes()
    dialling = book.backends.dialled[-1].dialling
    assert dialling is not None
    assert dialling.proxy == ForwardProxy(
        url="http://proxy.test:3128", username="ada", password="p"
    )


def test_without_a_tunnel_the_proxy_gets_the_whole_url_and_who_we_are() -> None:
    book = play(f"<proxy {ACCOUNT} />").call(path="/x?y=1")
    assert book.sent.target == "http://backend.test/x?y=1"
    assert book.sent.header("Host") == "backend.test"
    assert book.sent.header("Proxy-Authorization") == "Basic YWRhOnA="


def test_a_proxy_may_want_no_account() -> None:
    book = play("<proxy url='http://proxy.test' />").call()
    assert book.sent.header("Proxy-Authorization") is None


def test_all_may_be_expressions() -> None:
    book = play(
        "<proxy url='@(\"http://proxy.test\")' username='@(context.User.Id)' "
        "password='@(\"p\")' />"
    ).call()
    assert book.sent.header("Proxy-Authorization") == "Basic YWRhOnA="


def test_what_is_no_address_fails_the_call() -> None:
    book = play(inbound="<proxy url='@(\"x\")' />", on_error=TELL).call().refused(500)
    told = book.answer.header("X-Told") or ""
    assert told.startswith("proxy|ExpressionValueEvaluationFailure|'x' is not")


@pytest.mark.parametrize("url", ["proxy.test:3128", "https://proxy.test", "http://"])
def test_what_is_no_address_is_refused_when_compiled(url: str) -> None:
    assert "it must be an address such as" in refusal_of(f"<proxy url='{url}' />")
