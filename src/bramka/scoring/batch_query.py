"""The query of a list of jobs: what fits, and which page of it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bramka.domain.learning.job import STATUS, JobState
from bramka.scoring.refusal import Refusal, refuse
from bramka.store.job import Sought

USUAL = 100


def read_query(query: Mapping[str, str], endpoint: str) -> Sought:
    """The jobs of an endpoint that are asked for; Refusal names what cannot be read."""
    return Sought(
        endpoint=endpoint,
        states=_states(query.get("state")),
        since=_moment("since", query.get("since")),
        until=_moment("until", query.get("until")),
        subscription=query.get("subscription"),
        search=query.get("search", "")[:256],
        skip=_skip(query.get("skip")),
        limit=_limit(query.get("limit")),
    )


def _states(text: str | None) -> tuple[JobState, ...]:
    """The states behind status codes, or states by their own names, with commas."""
    if not text:
        return ()
    found: list[JobState] = []
    for word in text.lower().split(","):
        fitting = [
            state for state, code in STATUS.items() if word in (state, code.lower())
        ]
        if not fitting:
            known = sorted(set(STATUS.values()))
            raise _bad("state", f"There is no state {word[:40]!r}: {', '.join(known)}.")
        found += fitting
    return tuple(found)


def _moment(name: str, text: str | None) -> float | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise _bad(
            name, f"{text[:40]!r} is not a moment such as 2026-01-31T12:00:00Z."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not text.isdecimal() or not 0 < int(text[:9]) <= 1000:
        raise _bad("limit", f"It is {text[:40]!r}; it must be from 1 to 1000.")
    return int(text)


def _skip(text: str | None) -> int:
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 9:
        raise _bad("skip", f"It is {text[:40]!r}; it must be a whole number.")
    return int(text)


def _bad(name: str, reason: str) -> Refusal:
    return refuse(
        "BadArgument",
        "InvalidQueryParameter",
        f"Invalid query parameter '{name}'. {reason}",
        name,
    )
