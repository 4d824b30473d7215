"""<authentication-basic>: the gateway's name and password for the backend."""

from bramka.testing.playbook import play, refusal_of


def test_the_backend_gets_them_instead_of_what_the_caller_sent() -> None:
    book = play("<authentication-basic username='ada' password='l&#252;ck:e' />")
    book.call(headers={"Authorization": "Bearer mine"}).passes()
    assert book.sent.headers_of("Authorization") == ["Basic YWRhOmzDvGNrOmU="]


def test_both_may_be_expressions() -> None:
    book = play(
        "<authentication-basic username='@(context.User.Id)' "
        "password='@(context.Operation.Id)' />"
    ).call()
    assert book.sent.header("Authorization") == "Basic YWRhOmdldA=="


def test_a_name_with_a_colon_is_refused() -> None:
    told = refusal_of("<authentication-basic username='a:b' password='c' />")
    assert "holds a colon" in told
