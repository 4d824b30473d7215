"""<set-method>: the method that the backend sees."""

from bramka.testing.playbook import play, refusal_of


def test_the_backend_is_asked_with_the_other_method() -> None:
    assert play("<set-method>DELETE</set-method>").call().sent.method == "DELETE"


def test_an_expression_may_give_it() -> None:
    text = '<set-method>@("pa" + "tch")</set-method>'
    assert play(text).call().sent.method == "PATCH"


def test_a_body_goes_along() -> None:
    book = play("<set-method>PUT</set-method>").call("POST", body=b"abc")
    assert (book.sent.method, book.sent.body) == ("PUT", b"abc")


def test_asking_with_head_for_a_get_is_answered_without_a_body() -> None:
    play("<set-method>HEAD</set-method>").call().answered("")


def test_asking_with_get_for_a_head_is_answered_without_a_body() -> None:
    book = play("<set-method>GET</set-method>").call("HEAD").answered("")
    assert book.sent.method == "GET"
    book.call("HEAD").answered("")


def test_what_is_no_method_is_refused() -> None:
    assert "'two words' is not a method" in refusal_of(
        "<set-method>two words</set-method>"
    )
    text = '<set-method>@("a b")</set-method>'
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    play(text, on_error=told).call().answered("InvalidMethod", 500)
