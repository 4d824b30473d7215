"""Policies that hold calls to what their operation describes."""

from typing import Any

import pytest
from tests.policies.telling import TELL

from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    RequestContract,
    ResponseContract,
)
from bramka.testing.backends import Reply
from bramka.testing.playbook import Playbook, play, refusal_of

OPERATION = Operation(
    id="get",
    api_id="tried",
    display_name="Get",
    method="GET",
    url_template="/items/{id}",
    template_parameters=(Parameter(name="id", type="integer", required=True),),
    request=RequestContract(
        query_parameters=(
            Parameter(name="limit", type="number"),
            Parameter(name="sort", type="string", values=("up", "down")),
        ),
        headers=(Parameter(name="X-Flag", type="boolean", required=True),),
    ),
    responses=(
        ResponseContract(
            status_code=200,
            headers=(Parameter(name="X-Count", type="integer", required=True),),
        ),
        ResponseContract(status_code=404),
    ),
)
SHOW = """<set-header name='X-Found'><value>@(
    context.Variables.ContainsKey("found").ToString())</value></set-header>"""


def tried(answers: Any = None, **how: Any) -> Playbook:
    return play(
        operations=[OPERATION],
        on_error=TELL,
        answers=answers or Reply(200, b"", [("X-Count", "1")]),
        **how,
    )


# --- parameters ---------------------------------------------------------------------


def parameters(
    specified: str = "prevent", unspecified: str = "prevent", inside: str = ""
) -> str:
    return f"""<validate-parameters specified-parameter-action='{specified}'
        unspecified-parameter-action='{unspecified}' errors-variable-name='found'>
        {inside}</validate-parameters>"""


def asked(book: Playbook, path: str = "/items/7", **headers: str) -> Playbook:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return book.call(path=path, headers={"X-Flag": "true", **fields})


@pytest.mark.parametrize(
    ("path", "headers", "problem"),
    [
        ("/items/7?limit=1.5&sort=up", {}, ""),
        ("/items/-7?LIMIT=3&subscription-key=the-key", {"X_Flag": "FALSE"}, ""),
        ("/items/7", {"User_Agent": "me", "Authorization": "b", "Accept": "x"}, ""),
        ("/items/x", {}, "The parameter id of the path is not of type integer."),
        ("/items/7?limit=many", {}, "limit of the query is not of type number."),
        ("/items/7?limit=nan", {}, "limit of the query is not of type number."),
        ("/items/7?sort=left", {}, "sort of the query is not one of up, down."),
        ("/items/7?else=1", {}, "The parameter else of the query is not described."),
        ("/items/7", {"X_Flag": "1"}, "X-Flag of the headers is not of type boolean."),
        ("/items/7", {"X_Else": "1"}, "x-else of the headers is not described."),
    ],
)
def test_parameters_have_to_be_as_described(
    path: str, headers: dict[str, str], problem: str
) -> None:
    book = asked(tried(inbound=parameters()), path, **headers)
    if not problem:
        book.passes()
        return
    book.refused(400, problem).reached(0)
    assert (book.answer.header("X-Told") or "").startswith("validate-parameters|")


def test_a_required_parameter_has_to_be_there() -> None:
    book = tried(inbound=parameters()).call(path="/items/7")
    book.refused(400, "The parameter X-Flag of the headers is missing.")


@pytest.mark.parametrize(("action", "found"), [("detect", "True"), ("ignore", "False")])
def test_what_is_wrong_may_be_noted_or_ignored(action: str, found: str) -> None:
    book = tried(inbound=parameters(action, action), outbound=SHOW)
    asked(book, "/items/x?else=1").passes()
    assert book.answer.header("X-Found") == found


def test_places_and_parameters_may_have_actions_of_their_own() -> None:
    inside = """<headers unspecified-parameter-action='ignore'>
          <parameter name='x-old' action='prevent' /></headers>
        <query specified-parameter-action='@("ignore")' />
        <path specified-parameter-action='detect' />"""
    book = tried(inbound=parameters(inside=inside))
    asked(book, "/items/x?limit=many", X_Else="1").passes()
    asked(book, X_Old="1").refused(400)
    asked(book, "/items/7?else=1").refused(400)


# --- status codes -------------------------------------------------------------------


def codes(action: str = "prevent", inside: str = "") -> str:
    return f"""<validate-status-code unspecified-status-code-action='{action}'
        errors-variable-name='found'>{inside}</validate-status-code>"""


@pytest.mark.parametrize(("status", "passes"), [(200, True), (404, True), (500, False)])
def test_a_status_has_to_be_described(status: int, passes: bool) -> None:
    book = tried(Reply(status, b"own"), outbound=codes())
    book.call(path="/items/7")
    if passes:
        assert book.answer.status == status
    else:
        book.refused(502, "The answer of the backend is not as described.")
        assert book.answer.header("X-Told") == (
            "validate-status-code|Unspecified|"
            "The status 500 is not described for this operation."
        )


def test_a_status_may_have_an_action_of_its_own() -> None:
    inside = """<status-code code='404' action='prevent' />
        <status-code code='500' action='@("detect")' />"""
    book = tried(Reply(404), outbound=codes(inside=inside)).call(path="/items/7")
    book.refused(502)
    book = tried(Reply(500), outbound=codes(inside=inside) + SHOW).call(path="/items/7")
    assert (book.answer.status, book.answer.header("X-Found")) == (500, "True")
    book = tried(Reply(500), outbound=codes("ignore") + SHOW).call(path="/items/7")
    assert (book.answer.status, book.answer.header("X-Found")) == (500, "False")


# --- headers ------------------------------------------------------------------------


def headers(
    specified: str = "prevent", unspecified: str = "prevent", inside: str = ""
) -> str:
    return f"""<validate-headers specified-header-action='{specified}'
        unspecified-header-action='{unspecified}' errors-variable-name='found'>
        {inside}</validate-headers>"""


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ([("X-Count", "1"), ("Content-Type", "a/b"), ("Date", "x")], ""),
        (
            [("X-Count", "one")],
            "The header x-count of the answer is not of type integer.",
        ),
        ([], "The header x-count of the answer is missing."),
        ([("X-Count", "1"), ("X-Else", "1")], "x-else of the answer is not described."),
    ],
)
def test_headers_of_the_answer_have_to_be_described(
    fields: list[tuple[str, str]], problem: str
) -> None:
    book = tried(Reply(200, b"", fields), outbound=headers()).call(path="/items/7")
    if problem:
        book.refused(502)
        assert problem in (book.answer.header("X-Told") or "")
    else:
        book.passes()


def test_headers_may_be_let_through_and_have_actions_of_their_own() -> None:
    reply = Reply(200, b"", [("X-Debug", "1"), ("X-Else", "1")])
    book = tried(reply, outbound=headers("detect", "ignore") + SHOW).call(
        path="/items/7"
    )
    assert book.passes().answer.header("X-Found") == "True"
    inside = "<header name='x-debug' action='@(\"prevent\")' />"
    book = tried(reply, outbound=headers("ignore", "ignore", inside))
    book.call(path="/items/7").refused(502)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (parameters("stop"), "it can be ignore, prevent, detect"),
        (parameters(inside="<body />"), "<body> cannot stand inside"),
        (codes(inside="<status-code code='99' action='prevent' />"), "'code' is '99'"),
        (headers(inside="<header name='a' />"), "needs the attribute 'action'"),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    policy: str, problem: str
) -> None:
    assert problem in refusal_of(policy)
