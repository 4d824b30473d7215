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
_ADDRESS = re.compile(r"(\w+://[^\s:/@]*:)[^\s@/]+@")


def set_up_logging(
    role: str, level: str = "info", stream: TextIO | None = None
) -> None:
    """Send the events of this process to `stream` (stderr if none is given)."""
    stream = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextLines(role) if stream.isatty() else JsonLines(role))
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
