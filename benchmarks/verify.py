"""Before the race: does every contender answer rightly and do what it claims?"""

from benchmarks.contender import CannotRaceError, Contender, Lane
from benchmarks.course import KEY_HEADER
from benchmarks.process import ask

_REFUSAL = {"presence": 401, "key": 401, "limit": 429, "quota": 403}


def verify(contender: Contender, lane: Lane) -> dict[str, int]:
    """The status of each refusal seen; says why if an answer or a claim is wrong."""
    course = lane.course
    status, body = _call(lane, course.keys[0])
    if status != 200 or body != course.scenario.body:
        raise CannotRaceError(f"answered {status} {body[:60]!r} to a rightful call")
    seen: dict[str, int] = {}
    if "presence" in contender.claims:
        headers = course.headers_of("")
        del headers[KEY_HEADER]
        secure = course.scenario.secure
        seen["presence"] = ask(lane.port, course.scenario.path, headers, secure=secure)[
            0
        ]
    if "key" in contender.claims:
        seen["key"] = _call(lane, course.unknown_key)[0]
    if "limit" in contender.claims:
        seen["limit"] = _status_after_the_last(lane, course.limited_key)
    if "quota" in contender.claims:
        seen["quota"] = _status_after_the_last(lane, course.spent_key)
    for claim, status in seen.items():
        if status != _REFUSAL[claim]:
            raise CannotRaceError(
                f"claims to check the {claim}, yet answered {status} to a call that "
                f"deserves {_REFUSAL[claim]}"
            )
    return seen


def _status_after_the_last(lane: Lane, key: str) -> int:
    """The status of the first call past what `key` may make."""
    for number in range(lane.course.scenario.probe_calls):
        status, _ = _call(lane, key)
        if status != 200:
            raise CannotRaceError(f"answered {status} to probing call {number + 1}")
    return _call(lane, key)[0]


def _call(lane: Lane, key: str) -> tuple[int, bytes]:
    course, secure = lane.course, lane.course.scenario.secure
    return ask(lane.port, course.scenario.path, course.headers_of(key), secure=secure)
