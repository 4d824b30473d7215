"""<quota>: so many calls or bytes of a subscription in a fixed period."""

from bramka.testing.playbook import play, refusal_of

HOUR = 3600


def test_calls_above_the_quota_are_refused_until_it_is_renewed() -> None:
    book = play(f"<quota calls='2' renewal-period='{HOUR}'/>")
    book.call().passes().call().passes().after(600).call().refused(403)
    assert book.answer.reason == "Quota Exceeded"
    assert book.answer.text == (
        '{ "statusCode": 403, "message": "Out of call volume quota. '
        'Quota will be replenished in 00:50:00." }'
    )
    assert book.answer.header("Retry-After") == "3000"
    book.after(2999).call().refused(403).after(1).call().passes()


def test_the_period_begins_with_the_subscription() -> None:
    book = play(f"<quota calls='1' renewal-period='{HOUR}'/>")
    book.after(HOUR - 10).call().passes().call().refused(403)
    assert book.answer.header("Retry-After") == "10"


def test_a_quota_of_no_period_is_never_renewed() -> None:
    book = play("<quota calls='1' renewal-period='0'/>")
    book.call().passes().after(10**9).call().refused(403, "call volume quota.")
    assert book.answer.header("Retry-After") is None


def test_bytes_of_both_bodies_are_counted() -> None:
    book = play(f"<quota bandwidth='2' renewal-period='{HOUR}'/>")
    book.call("POST", body=b"x" * 1500).passes()
    book.call("POST", body=b"x" * 1500).passes()
    book.call().refused(403, "Out of bandwidth quota.")


def test_parts_are_counted_by_themselves() -> None:
    book = play(
        f"""<quota calls='9' renewal-period='{HOUR}'>
              <api id='tried' calls='9' renewal-period='{HOUR}'>
                <operation name='Get' calls='1' renewal-period='{HOUR}' />
              </api>
            </quota>"""
    )
    book.call().passes().call().refused(403).call("POST").passes()


def test_last_error_tells_what_was_exceeded() -> None:
    play(
        inbound="<quota calls='1' renewal-period='0' />",
        on_error="""<set-body>@(context.LastError.Reason + "|" +
            context.LastError.Message)</set-body>""",
        scope="product",
    ).call().call().answered("QuotaExceeded|Out of call volume quota.", 403)


def test_it_needs_something_to_limit() -> None:
    assert "needs calls or bandwidth" in refusal_of("<quota renewal-period='0'/>")
