"""What is told of an error that nobody raised on purpose: the database's, a body's."""

import logging

from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from bramka.domain.errors import BramkaError, Invalid, Unavailable

LOG = logging.getLogger(__name__)


def refusal_of(error: Exception) -> BramkaError:
    """The refusal that tells of `error`; what the caller is not to blame for is logged.

    One of ours tells of itself.
    """
    match error:
        case BramkaError():
            return error
        case OperationalError() | InterfaceError():
            LOG.error("the database is away: %s", type(error).__name__)
            return Unavailable("The database is away; try again in a moment.")
        case NoConnection():
            LOG.error("no connection to the database came free: %s", error)
            return Unavailable("The database is busy; try again in a moment.")
        case DataError():
            return Invalid(
                "A text holds a character that cannot be stored; leave out U+0000."
            )
        case RecursionError() | OverflowError():
            return Invalid("The body nests too deeply or holds a number too large.")
        case UnicodeDecodeError():
            return Invalid("The body is not UTF-8.")
    LOG.error("a call failed", exc_info=error)
    return BramkaError("Something went wrong here; the log says what.")
