"""Send a message to a logger.

    <log-to-eventhub logger-id="orders" partition-key="shop">
      @(context.Request.Method + " " + context.Operation.Name)
    </log-to-eventhub>

The logger is a webhook, which is posted to, or a log file of the gateway. The call does
not wait for it and does not fail with it. Messages are cut at 200 KB. A partition is
told to a webhook in the field X-Partition-Id or X-Partition-Key.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.diagnostic import Logger
from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.log_delivery import has_address, webhook
from bramka.domain.traffic.site import ALL_SCOPES, EVERYWHERE, Site, Source
from bramka.domain.traffic.step import Step
from bramka.policies._refusals import needs

SECTIONS = EVERYWHERE
SCOPES = ALL_SCOPES
TEXT = True
LONGEST = 200 * 1024
FILE_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
log = logging.getLogger(__name__)

Deliver = Callable[[Exchange, bytes, list[tuple[str, str]]], None]
"""Takes a message and the partition it is for."""


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<log-to-eventhub>`."""

    logger_id: Annotated[str, Meta(description="Id of the logger.")]
    partition_id: Annotated[
        str | None, Meta(description="Id of the partition, or else a key.")
    ] = None
    partition_key: Annotated[
        Source | None, Meta(description="Messages of the same key stay together.")
    ] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    source = site.source(site.element.text)
    if source.constant is not None and not source.constant.strip():
        site.refuse("holds no message")
    if settings.partition_id is not None and settings.partition_key is not None:
        site.refuse("takes partition-id or partition-key, not both")
    deliver = _delivery(settings.logger_id, site)
    fixed = settings.partition_id and Source.of(settings.partition_id)
    partitions = [
        (name, value)
        for name, value in (
            ("X-Partition-Id", fixed),
            ("X-Partition-Key", settings.partition_key),
        )
        if value
    ]

    def run(exchange: Exchange) -> None:
        message = source.text(exchange).strip().encode()[:LONGEST]
        where = [(name, value.text(exchange)) for name, value in partitions]
        deliver(exchange, message, where)

    return Step(run, **needs(source, *(value for _, value in partitions)))


def _delivery(name: str, site: Site) -> Deliver:
    logger: Logger | None = site.lookup("loggers", name)
    if logger is None:
        site.refuse(f"there is no logger '{name}'")
    known = logger.credentials or {}
    if logger.logger_type == "webhook":
        if not has_address(logger):
            site.refuse(f"logger '{name}' has no url among its credentials")
        underway: set[str] = site.keep("underway", set)
        return webhook(known, "text/plain; charset=utf-8", site, underway)
    if logger.logger_type == "logFile":
        file = known.get("name", "")
        if not FILE_NAME.fullmatch(file):
            site.refuse(
                f"logger '{name}' names the file '{file}'; it must be of letters, "
                "digits, - and _"
            )
        return _log_file(file, site)
    return site.refuse(
        f"logger '{name}' is of type {logger.logger_type}, which this gateway does not "
        "reach; make it a webhook or a logFile"
    )


def _log_file(file: str, site: Site) -> Deliver:
    def deliver(
        exchange: Exchange, message: bytes, where: list[tuple[str, str]]
    ) -> None:
        moment = datetime.fromtimestamp(exchange.timestamp, UTC)
        line = {
            "timestamp": moment.isoformat(timespec="milliseconds"),
            "requestId": exchange.request_id,
            "message": message.decode("utf-8", "replace"),
        }
        if where:
            line["partition"] = where[0][1]
        try:
            site.append(file, json.dumps(line, ensure_ascii=False).encode())
        except OSError as error:
            log.warning("call %s: not logged: %s", exchange.request_id, error)

    return deliver
