"""Where the processes of a data folder answer while `bramka up` runs there."""

import os
from contextlib import suppress

import msgspec
from msgspec import Struct

from bramka.app.settings import Settings, local_url

RUN_FILE = "run.json"


class _Run(Struct):
    """What of the run file is asked for."""

    supervisor: int
    services_url: str = ""


def services_address(settings: Settings) -> str:
    """What the settings name; where they name nothing, what runs in the data folder.

    Ports may have been told to `bramka up` alone, or be any that were free.
    """
    told = settings.services_url
    if told == local_url(settings.host, settings.services_port):
        told = _running(settings) or told
    return told.rstrip("/")


def _running(settings: Settings) -> str:
    """The address that the run file tells; empty where nobody runs."""
    with suppress(OSError, msgspec.DecodeError):
        content = (settings.data / RUN_FILE).read_bytes()
        run = msgspec.json.decode(content, type=_Run)
        # Who was killed could not take its file away.
        os.kill(run.supervisor, 0)
        return run.services_url
    return ""
