"""Certificates of the instance, as those that callers may show."""

import logging
from collections.abc import Iterable

from cryptography import x509

from bramka.domain.traffic.certificate import Certificate

log = logging.getLogger(__name__)


def known(certificates: Iterable[Certificate]) -> list[x509.Certificate]:
    """Each one itself; the issuers that came with it vouch for others as well."""
    found: list[x509.Certificate] = []
    for one in certificates:
        try:
            found.append(x509.load_pem_x509_certificate(one.chain))
        except ValueError as error:
            log.error("the certificate '%s' cannot be read: %s", one.id, error)
    return found
