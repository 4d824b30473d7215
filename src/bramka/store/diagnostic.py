"""Loggers, and what of calls they are told; credentials are encrypted."""

from bramka.domain.traffic.diagnostic import Diagnostic, Logger
from bramka.store.change import QUIET
from bramka.store.collection import Collection

LOGGERS = Collection(Logger, "logger", wire="loggers", sealed=("credentials",))
DIAGNOSTICS = Collection(Diagnostic, "diagnostic", wire=QUIET, key=("api_id", "id"))
