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
    """Base of all refusals; `message` is a sentence for the person who asked.

    `code` and `status` are what a protocol over HTTP tells of the kind.
    """

    code = "InternalError"
    status = 500

    def __init__(
        self, message: str, *, target: str = "", details: tuple[Detail, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.details = details


class Invalid(BramkaError):
    """What was asked is malformed or breaks a rule."""

    code = "ValidationError"
    status = 400


class Unsupported(Invalid):
    """What was asked is not done by this product, for the reason given."""

    code = "NotSupported"


class Missing(BramkaError):
    """What was named does not exist."""

    code = "ResourceNotFound"
    status = 404


class Conflict(BramkaError):
    """What was asked clashes with what exists."""

    code = "Conflict"
    status = 409


class Stale(BramkaError):
    """Somebody else changed the thing first."""

    code = "PreconditionFailed"
    status = 412


class Forbidden(BramkaError):
    """The caller is known but may not do this."""

    code = "AuthorizationFailed"
    status = 403


class Unauthenticated(BramkaError):
    """The caller did not prove who they are."""

    code = "AuthenticationFailed"
    status = 401


class IllegalStep(BramkaError):
    """A life (job, subscription, …) cannot take this step from where it is."""

    code = "IllegalStep"
    status = 409


class Unavailable(BramkaError):
    """Something needed is away; asking again later may help."""

    code = "ServiceUnavailable"
    status = 503


class TooMany(BramkaError):
    """Too many attempts; one after `seconds` is looked at again."""

    code = "TooManyAttempts"
    status = 429

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(
            f"There were too many attempts; try again in {self.seconds} seconds."
        )


def status_of(code: str) -> int:
    """The status of the kind of errors with this code; 500 if there is none."""
    kinds = [BramkaError]
    while kinds:
        kind = kinds.pop()
        if kind.code == code:
            return kind.status
        kinds += kind.__subclasses__()
    return BramkaError.status
