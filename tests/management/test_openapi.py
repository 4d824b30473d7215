"""The REST keeps to its own document: no 5xx, no status that is not in it."""

from collections import Counter
from typing import Any

import msgspec
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from tests.management.console import BASE, Console

EXAMPLES = 1
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_every_operation_answers_as_it_is_documented(console: Console) -> None:
    document = msgspec.json.decode(console.client.get("/openapi.json").content)
    schema = schemathesis.openapi.from_dict(document)
    wrong: list[str] = []
    met: Counter[int] = Counter()

    def try_out(case: Case[Any]) -> None:
        answer = case.call(base_url=f"{console.url}{BASE}", headers=bearer, timeout=90)
        status = answer.status_code
        met[status] += 1
        if case.method == "DELETE" and case.path == "/":
            # All went with the instance; the other operations want to see it.
            console.call("PUT", "", {"restore": True})
        if str(status) not in case.operation.definition.raw["responses"]:
            told = f"{case.method} {case.path}: {status} {answer.text[:300]}"
            wrong.append(f"{told} {case.body!r}"[:800])

    bearer = {"Authorization": f"Bearer {console.token}"}
    count = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), "our own document can be read"
        CALM(given(found.ok().as_strategy())(try_out))()
        count += 1
    assert wrong == []
    assert count == sum(len(path) for path in document["paths"].values())
    assert met.total() >= count
    # Not only refusals: things are made and read as well.
    assert {200, 201, 204, 404} <= met.keys()
