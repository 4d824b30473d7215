"""The few errors of the product; the edge turns each into its protocol's one shape."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Detail:
    """One thing found wrong: a code, where it was found, and a sentence."""

    code: str
    target: str
    message: str


class BramkaError(Exception):
    """Base of all refusals; `message` is a sentence for the person who asked."""

    code = "InternalError"

    def __init__(
        self, message: str, *, target: str = "", details: tuple[Detail, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.details = details


class Invalid(BramkaError):
    """What was asked is malformed or breaks a rule (400)."""

    code = "ValidationError"


class Unsupported(Invalid):
    """What was asked is not done by this product, for the reason given (400)."""

    code = "NotSupported"


class Missing(BramkaError):
    """What was named does not exist (404)."""

    code = "ResourceNotFound"


class Conflict(BramkaError):
    """What was asked clashes with what exists (409)."""

    code = "Conflict"


class Stale(BramkaError):
    """Somebody else changed the thing first (412)."""

    code = "PreconditionFailed"


class Forbidden(BramkaError):
    """The caller is known but may not do this (403)."""

    code = "AuthorizationFailed"


class Unauthenticated(BramkaError):
    """The caller did not prove who they are (401)."""

    code = "AuthenticationFailed"


class IllegalStep(BramkaError):
    """A life (job, subscription, …) cannot take this step from where it is (409)."""

    code = "IllegalStep"


class Unavailable(BramkaError):
    """Something needed is away; asking again later may help (503)."""

    code = "ServiceUnavailable"


class TooMany(BramkaError):
    """Too many attempts; one after `seconds` is looked at again (429)."""

    code = "TooManyAttempts"

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(
            f"There were too many attempts; try again in {self.seconds} seconds."
        )
