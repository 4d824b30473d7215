"""Loggers, and what of calls they are told; credentials are encrypted."""

from bramka.domain.traffic.diagnostic import Diagnostic, Logger
from bramka.store.collection import Collection

LOGGERS = Collection(Logger, "logger", wire="loggers", sealed=("credentials",))
DIAGNOSTICS = Collection(
    Diagnostic, "diagnostic", wire="diagnostics", key=("api_id", "id")
)
