"""Many who write at once over the REST lose nothing, on either database."""

from concurrent.futures import ThreadPoolExecutor

from tests.management.console import Console

WRITERS = 100


def test_of_a_hundred_writers_none_is_lost(console: Console) -> None:
    def write(number: int) -> int:
        noun = {"displayName": f"n{number}", "value": str(number)}
        return console.call("PUT", f"/namedValues/n{number}", noun).status_code

    with ThreadPoolExecutor(WRITERS) as pool:
        statuses = list(pool.map(write, range(WRITERS)))
    assert statuses == [201] * WRITERS
    listed = console.call("GET", "/namedValues", query={"$top": "1000"}).json()
    assert {one["name"] for one in listed["value"]} == {
        f"n{number}" for number in range(WRITERS)
    }


def test_of_writers_that_read_the_same_one_wins(console: Console) -> None:
    noun = {"displayName": "n", "value": "0"}
    made = console.call("PUT", "/namedValues/n", noun)

    def write(number: int) -> int:
        wanted, tag = {"value": str(number)}, made.headers["etag"]
        answer = console.call("PATCH", "/namedValues/n", wanted, match=tag)
        return answer.status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(write, range(1, 21)))
    assert statuses == [200] + [412] * 19
