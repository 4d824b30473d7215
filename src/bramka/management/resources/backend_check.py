"""What of a backend a gateway could not serve, or would send on as something else.

One breaker that cannot be read would keep every later change from all gateways.
"""

import re
from collections.abc import Mapping

from bramka.domain.traffic.backend import Backend, Credentials
from bramka.domain.traffic.breaker import Breaker
from bramka.management.shape import is_address, wrong

MOST_RULES, MOST_CERTIFICATES = 15, 32
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""A line end inside of a field would begin another one."""


def check_backend(noun: Backend) -> None:
    """Invalid names the property that is wrong."""
    _check_breaker(noun)
    if noun.credentials is not None:
        _check_credentials(noun.credentials)
    if noun.proxy is not None and not is_address(noun.proxy.url, "http", "https"):
        raise wrong("proxy.url", f"'{noun.proxy.url}' is not an http or https address")


def _check_breaker(noun: Backend) -> None:
    settings = noun.circuit_breaker
    if settings is None or not settings.rules:
        return
    if len(settings.rules) > MOST_RULES:
        raise wrong("circuitBreaker.rules", f"are more than {MOST_RULES}")
    for rule in settings.rules:
        failure = rule.failure_condition
        if failure.count is None and failure.percentage is None:
            raise wrong("circuitBreaker.rules", "needs a count or a percentage")
        for one in failure.status_code_ranges:
            if one.min > one.max:
                raise wrong(
                    "circuitBreaker.rules", f"has a range from {one.min} to {one.max}"
                )
    try:
        # The gateway's own reading: what it takes, it can serve.
        Breaker(settings)
    except ValueError as error:
        raise wrong("circuitBreaker.rules", str(error)) from None


def _check_credentials(given: Credentials) -> None:
    if len(given.certificate_ids) > MOST_CERTIFICATES:
        raise wrong("credentials.certificateIds", f"are more than {MOST_CERTIFICATES}")
    for name in given.header or {}:
        if not _TOKEN.fullmatch(name):
            raise wrong("credentials.header", f"'{name}' is not the name of a field")
    _check_values("credentials.header", given.header or {})
    if given.authorization is not None:
        proof = given.authorization
        pair = {"authorization": (proof.scheme, proof.parameter)}
        _check_values("credentials.authorization", pair)


def _check_values(place: str, fields: Mapping[str, tuple[str, ...]]) -> None:
    for name, values in fields.items():
        if any(_CONTROL.search(value) for value in values):
            # The value may be a secret: it is not told.
            raise wrong(place, f"the value of '{name}' holds a line end or the like")
