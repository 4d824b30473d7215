"""<emit-metric>: sums of one's own."""

from bramka.domain.traffic.metric import Metrics
from bramka.testing.playbook import Playbook, play, refusal_of


def metrics(book: Playbook) -> Metrics:
    return book.gateway.workshop.state.keep(("", "metrics"), Metrics)


def test_values_are_added_up_by_their_dimensions() -> None:
    text = """<emit-metric name="Orders" value="@(1 + 1)" namespace="shop">
        <dimension name="Method" value="@(context.Request.Method)" />
        <dimension name="Fixed" value="a &quot;b&quot;" /></emit-metric>"""
    book = play(text).call().call().call("POST")
    fixed = ("Fixed", 'a "b"')
    assert metrics(book).total("shop", "Orders", (("Method", "GET"), fixed)) == 4
    lines = metrics(book).exposition().splitlines()
    assert "# TYPE shop_Orders summary" in lines
    assert 'shop_Orders_sum{Method="POST",Fixed="a \\"b\\""} 2.0' in lines
    assert 'shop_Orders_count{Method="GET",Fixed="a \\"b\\""} 2' in lines


def test_without_a_value_it_counts() -> None:
    book = play("<emit-metric name='calls' />").call().call()
    assert metrics(book).total("API Management", "calls") == 2


def test_some_dimensions_need_no_value() -> None:
    names = [
        "API ID",
        "Operation ID",
        "Product ID",
        "User ID",
        "Subscription ID",
        "Location",
        "Gateway ID",
        "Backend ID",
    ]
    values = ["tried", "get", "starter", "ada", "first", "local", "managed", ""]
    for name, value in zip(names, values, strict=True):
        text = f"<emit-metric name='m'><dimension name='{name}' /></emit-metric>"
        book = play(text).call().passes()
        assert metrics(book).total("API Management", "m", ((name, value),)) == 1


def test_a_name_can_be_computed() -> None:
    text = """<emit-metric name='m'>
        <dimension name='@("Per " + context.Api.Id)' value='a' /></emit-metric>"""
    told = metrics(play(text).call().passes())
    assert told.total("API Management", "m", (("Per tried", "a"),)) == 1


def test_what_is_no_number_is_an_error() -> None:
    told = "<set-body>@(context.LastError.Reason)</set-body>"
    text = '<emit-metric name="m" value="@("x")" />'
    play(text, on_error=told).call().answered("InvalidValue", 500)


def test_its_form_is_checked() -> None:
    assert "value is 'x'" in refusal_of("<emit-metric name='m' value='x' />")
    assert "dimension 'x' needs a value; without one there are API ID" in refusal_of(
        "<emit-metric name='m'><dimension name='x' /></emit-metric>"
    )
    six = "<dimension name='x' value='y' />" * 6
    told = refusal_of(f"<emit-metric name='m'>{six}</emit-metric>")
    assert "has more than 5 dimensions" in told


def test_there_is_a_bound_to_what_is_kept() -> None:
    kept = Metrics()
    for number in range(10_002):
        kept.add("", "m", (("n", str(number)),), 1)
    assert kept.dropped == 2
    kept.add("", "m", (("n", "0"),), 1)
    assert kept.total("", "m", (("n", "0"),)) == 2
