"""Certificates with their private keys: what the gateway shows to backends."""

import base64
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from sqlalchemy import ColumnElement

from bramka.domain.errors import Conflict, Unsupported
from bramka.domain.traffic.certificate import Certificate
from bramka.management.call import Call
from bramka.management.cloud import of_vaults
from bramka.management.filter import Field
from bramka.management.made import refused
from bramka.management.resource import Action, Ids, Resource, Sent
from bramka.management.shape import Shape, wrong
from bramka.store.backend import BACKENDS
from bramka.store.certificate import CERTIFICATES
from bramka.store.collection import Record
from bramka.store.self_hosted import AUTHORITIES, HOSTNAMES


class Certificates(Resource[Certificate]):
    """Given as PFX with its password; shown without the key."""

    segment = "certificates"
    type = "certificates"
    collection = CERTIFICATES
    verbs = "LHGPD"
    shape = Shape(
        noun=Certificate,
        hidden=frozenset(("id", "chain", "key")),
        read_only=frozenset(("subject", "thumbprint", "expirationDate")),
        write_only=frozenset(("data", "password", "keyVault")),
        dates=frozenset(("expirationDate",)),
    )

    @property
    def filters(self) -> dict[str, Field]:
        column = self.collection.column
        return {
            "name": Field(column.id),
            "subject": Field(column.subject),
            "thumbprint": Field(column.thumbprint),
            "expirationDate": Field(column.expiration_date, "date"),
        }

    def within(self, call: Call, ids: Ids) -> Sequence[ColumnElement[bool]]:
        return [*super().within(call, ids), *of_vaults(call)]

    @property
    def actions(self) -> dict[str, Action]:
        return {
            "refreshSecret": refused(
                "Certificates are kept here, not in a key vault; send the new one by "
                "PUT."
            )
        }

    def accept(self, call: Call, sent: Sent[Certificate]) -> Certificate:
        del call
        taken = self.shape.take(sent.given)
        if "keyVault" in taken:
            raise Unsupported(
                "There is no key vault here; send the certificate as 'data'.",
                target="keyVault",
            )
        data, password = taken.get("data"), taken.get("password", "")
        if not isinstance(data, str) or not isinstance(password, str):
            raise wrong("data", "'data' is required: a PFX in base64")
        return read_pfx(sent.ids[-1], data, password)

    def remove(self, call: Call, record: Record[Certificate]) -> None:
        noun = record.noun
        for backend in BACKENDS.all(call.transaction):
            proof = backend.noun.credentials
            named = proof.certificate_ids if proof else ()
            if noun.id in (one.rpartition("/")[2] for one in named):
                raise _in_use(noun, f"backend '{backend.noun.id}'")
        for host in HOSTNAMES.all(call.transaction):
            if host.noun.certificate_id == noun.id:
                raise _in_use(noun, f"host name '{host.noun.hostname}'")
        for trusted in AUTHORITIES.all(call.transaction):
            if trusted.noun.id == noun.id:
                raise _in_use(noun, f"gateway '{trusted.noun.gateway_id}'")
        super().remove(call, record)


def _in_use(noun: Certificate, where: str) -> Conflict:
    return Conflict(
        f"Certificate '{noun.id}' is used by {where}; take it out of there first.",
        target="certificateId",
    )


def read_pfx(name: str, data: str, password: str) -> Certificate:
    """The certificate in a PFX; Invalid when it cannot be opened."""
    try:
        pfx = base64.b64decode(data, validate=True)
    except ValueError as error:
        raise wrong("data", f"is not base64: {error}") from None
    try:
        found = pkcs12.load_pkcs12(pfx, password.encode() or None)
    except ValueError:
        message = "cannot be opened: it is no PFX, or the password is another one"
        raise wrong("data", message) from None
    if found.cert is None:
        raise wrong("data", "holds no certificate")
    own = found.cert.certificate
    chain = (own, *(one.certificate for one in found.additional_certs))
    return Certificate(
        id=name,
        subject=own.subject.rfc4514_string(),
        # Names it, as everywhere else; nothing is trusted because of it.
        thumbprint=own.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
        expiration_date=own.not_valid_after_utc.timestamp(),
        chain=b"".join(_pem(one) for one in chain),
        key=_key(found),
    )


def _pem(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)


def _key(found: pkcs12.PKCS12KeyAndCertificates) -> bytes:
    if found.key is None:
        return b""
    return found.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
