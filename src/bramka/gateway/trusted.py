"""Certificates of the instance, as those that callers may show."""

import logging

from cryptography import x509

from bramka.domain.traffic.configuration import Configuration

log = logging.getLogger(__name__)


def known(configuration: Configuration) -> list[x509.Certificate]:
    """Certificates that callers may show, or one they signed.

    Each one itself; the issuers that came with it vouch for others as well.
    """
    found: list[x509.Certificate] = []
    for one in configuration.certificates.values():
        if one.id in configuration.instance.distrusted:
            continue
        try:
            found.append(x509.load_pem_x509_certificate(one.chain))
        except ValueError as error:
            log.error("the certificate '%s' cannot be read: %s", one.id, error)
    return found
