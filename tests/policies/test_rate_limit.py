"""<rate-limit>: so many calls in any stretch of time."""

from bramka.testing.playbook import play, refusal_of


def test_the_call_above_the_limit_is_refused_until_the_window_moved_on() -> None:
    book = play("<rate-limit calls='2' renewal-period='60'/>")
    book.call().passes().after(20).call().passes().call().refused(429)
    assert book.answer.text == (
        '{ "statusCode": 429, "message": '
        '"Rate limit is exceeded. Try again in 40 seconds." }'
    )
    assert book.answer.header("Retry-After") == "40"
    book.after(39).call().refused(429).after(1).call().passes().call().refused(429)
    book.reached(3)


def test_a_call_without_a_subscription_is_not_counted() -> None:
    book = play("<rate-limit calls='1' renewal-period='60'/>", open_api=True)
    book.call(key=None).passes().call(key=None).passes()


def test_what_is_left_and_allowed_can_be_told_in_headers() -> None:
    book = play(
        """<rate-limit calls='3' renewal-period='60'
             remaining-calls-header-name='X-Left' total-calls-header-name='X-All' />"""
    )
    told = [(book.call().answer.header("X-Left"), book.answer.header("X-All"))]
    told += [(book.call().answer.header("X-Left"), book.answer.header("X-All"))]
    assert told == [("2", "3"), ("1", "3")]


def test_what_is_left_can_be_told_in_a_variable() -> None:
    play(
        inbound="""<rate-limit calls='3' renewal-period='60'
             remaining-calls-variable-name='left' />""",
        outbound='<set-body>@((int)context.Variables["left"])</set-body>',
    ).call().answered("2").call().answered("1")


def test_the_wait_can_be_told_under_other_names() -> None:
    book = play(
        inbound="""<rate-limit calls='1' renewal-period='60'
             retry-after-header-name='X-Wait' retry-after-variable-name='wait' />""",
        on_error="""<set-header name="X-Told">
            <value>@(context.Variables["wait"].ToString())</value></set-header>""",
    )
    book.call().after(10).call().refused(429)
    assert book.answer.header("X-Wait") == "50"
    assert book.answer.header("X-Told") == "50"
    assert book.answer.header("Retry-After") is None


def test_an_operation_is_counted_by_itself() -> None:
    book = play(
        """<rate-limit calls='9' renewal-period='60'>
             <api name='Tried' calls='9' renewal-period='60'>
               <operation id='get' calls='1' renewal-period='60' />
             </api>
           </rate-limit>"""
    )
    book.call().passes().call().refused(429)
    book.call("POST").passes().call("POST").passes()


def test_an_api_is_counted_by_itself() -> None:
    book = play(
        """<rate-limit calls='9' renewal-period='60'>
             <api id='tried' calls='2' renewal-period='60' />
             <api id='another' calls='1' renewal-period='60' />
           </rate-limit>"""
    )
    book.call().passes().call("POST").passes().call().refused(429)


def test_last_error_tells_what_was_exceeded() -> None:
    play(
        inbound="<rate-limit calls='1' renewal-period='60' id='mine' />",
        on_error="""<set-body>@{ var e = context.LastError;
            return $"{e.Source}|{e.Reason}|{e.Message}|" +
                $"{e.Scope}|{e.Section}|{e.PolicyId}"; }</set-body>""",
    ).call().call().answered(
        "rate-limit|RateLimitExceeded|Rate limit is exceeded|api|inbound|mine", 429
    )


def test_a_part_needs_a_name() -> None:
    told = refusal_of(
        "<rate-limit calls='1' renewal-period='60'>"
        "<api calls='1' renewal-period='60'/></rate-limit>"
    )
    assert "<api> needs a name or an id" in told


def test_the_window_is_at_most_five_minutes() -> None:
    told = refusal_of("<rate-limit calls='1' renewal-period='301'/>")
    assert "'renewal-period' is '301'" in told
