"""Whether another file or connection can be opened; the log hears when none can."""

import errno
import logging
import os
import resource
from contextlib import suppress

log = logging.getLogger(__name__)

CALM = 10
"""Looks that find room before the shortage is said to be over."""
MOST_FILES = 1 << 20


class Descriptors:
    """The file descriptors of this process, looked at now and then.

    At their end the event loop cuts new connections and tells nobody.
    """

    def __init__(self) -> None:
        self._good = CALM

    def look(self, connections: int) -> None:
        """See whether there is one left; `connections` of clients are open."""
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if self._good >= CALM:
                most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
                log.error(
                    "%s: new connections are cut and backends not reached. %d clients "
                    "are connected, and this process may have %d files open; raise "
                    "that with `ulimit -n` or LimitNOFILE= of systemd",
                    error.strerror,
                    connections,
                    most,
                )
            self._good = 0
            return
        self._good += 1
        if self._good == CALM:
            log.info("files and connections can be opened again")

    @property
    def are_spent(self) -> bool:
        """Whether none was left at a look of late."""
        return self._good < CALM

    def __repr__(self) -> str:
        return f"<Descriptors: {'none' if self.are_spent else 'some'} left>"


def open_files() -> int | None:
    """How many this process has open; None where the system does not say."""
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 a count, no paths
    except OSError as error:
        # One is needed to look.
        spent = error.errno == errno.EMFILE
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0] if spent else None


def open_as_many_as_allowed() -> None:
    """Raise this process's own bound to what the system lets it have."""
    bound, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    if bound != resource.RLIM_INFINITY and bound < wanted:
        # Some systems allow less than they say.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
