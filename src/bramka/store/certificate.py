"""Certificates; their private keys are encrypted."""

from bramka.domain.traffic.certificate import Certificate
from bramka.store.collection import Collection

CERTIFICATES = Collection(
    Certificate, "certificate", wire="certificates", sealed=("key",)
)
