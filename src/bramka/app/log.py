"""Logging: one line per event, text for a terminal, JSON for everything else."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import TextIO

CHATTY = ("httpx2", "httpcore2", "uvicorn.error", "alembic", "asyncio")
"""Libraries that tell each step; their warnings are enough."""

# The last net, not the first: callers do not hand secrets to the log at all.
_SECRETS = re.compile(
    r"(?i)\b((?:subscription-key|sig|accountkey|api[-_]?key|password|token|"
    r"ocp-apim-subscription-key)[\"']?\s*[=:]\s*[\"']?|bearer\s+|sharedkey\s+)"
    r"[^\s\"'&;,]+"
)
MOST_OF_A_KIND = 10
KIND_SECONDS = 10.0
"""Of one kind so many lines in so long; those left out are told with the next."""
MOST_KINDS = 1000
_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+@")


def set_up_logging(
    role: str, level: str = "info", stream: TextIO | None = None
) -> None:
    """Send the events of this process to `stream` (stderr if none is given)."""
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines(role) if stream.isatty() else JsonLines(role))
    handler.addFilter(Sparing())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # Its access log repeats the gateway's journal and would hold query strings.
    logging.getLogger("uvicorn.access").disabled = True
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def without_secrets(text: str) -> str:
    """`text` with everything that looks like a secret replaced by `***`."""
    return _ADDRESS.sub(r"\1***@", _SECRETS.sub(r"\1***", text))


class Sparing(logging.Filter):
    """Lets few lines of one kind through: what every call may say fills no disk.

    Of a kind are lines with the same `sparing` among their extra fields.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        sparing = getattr(record, "sparing", None)
        if sparing is None:
            return True
        kind = (record.pathname, record.lineno, str(sparing))
        if kind not in self._kinds and len(self._kinds) >= MOST_KINDS:
            self._kinds.clear()
        begun, seen = self._kinds.get(kind, (record.created, 0))
        # A clock that was set back begins anew as well.
        left_out = 0
        if not 0 <= record.created - begun < KIND_SECONDS:
            left_out = max(0, seen - MOST_OF_A_KIND)
            begun, seen = record.created, 0
        self._kinds[kind] = (begun, seen + 1)
        if seen >= MOST_OF_A_KIND:
            return False
        if left_out:
            record.msg = f"{record.getMessage()}; {left_out} like it were left out"
            record.args = ()
        return True


class TextLines(logging.Formatter):
    """`12:30:01 info gateway: listening` for eyes."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        line = f"{time} {record.levelname.lower()} {self.role}: {record.getMessage()}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return without_secrets(line)


class JsonLines(logging.Formatter):
    """One JSON object a line for machines."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.role = role

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "role": self.role,
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            event["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)
