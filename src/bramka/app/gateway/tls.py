"""TLS of the gateway: certificates from the settings, read anew when files change."""

import asyncio
import logging
from collections.abc import Iterable

from bramka.app.settings import Settings
from bramka.domain.errors import Invalid
from bramka.domain.traffic.api import Api
from bramka.wire.tls import Certificates, TlsHost

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


def certificates_of(settings: Settings) -> Certificates | None:
    """The certificates that the settings name; None when they name none."""
    if not settings.tls:
        return None
    # Paths are relative to the folder that the file of settings lies in.
    data = settings.data
    return Certificates(
        TlsHost(
            names=table.hosts,
            certificate=data / table.certificate,
            key=data / table.key,
            client_ca=data / table.client_ca if table.client_ca else None,
            negotiate=table.negotiate,
        )
        for table in settings.tls
    )


def check(settings: Settings) -> None:
    """Raise Invalid when the gateway could not serve TLS with these settings."""
    certificates_of(settings)


def renew(certificates: Certificates) -> None:
    """Read the certificates anew; broken ones leave those before in use."""
    try:
        certificates.load()
    except Invalid as error:
        log.error("%s; the certificates from before stay in use", error.message)
    else:
        log.info("read anew: %r", certificates)


async def watch(certificates: Certificates) -> None:
    """Renew the certificates whenever one of their files changes, for ever."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if await asyncio.to_thread(certificates.changed):
            renew(certificates)


def warn_of_open_doors(apis: Iterable[Api]) -> None:
    """Tell of APIs that are meant for https, which this gateway does not have."""
    for api in apis:
        if not {"http", "ws"}.intersection(api.protocols):
            log.warning(
                "API '%s' is offered over %s only, but this gateway has no https, so "
                "it is served over http. Give the gateway a [[tls]] table or, where "
                "TLS ends in front of it, a gateway_url that begins with https",
                api.id,
                " and ".join(api.protocols),
            )
