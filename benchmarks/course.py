"""The course: what every contender of one race is asked to do, and where."""

import datetime
import hashlib
import re
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from benchmarks.scenario import Scenario

KEY_HEADER = "Ocp-Apim-Subscription-Key"
PEPPER = "pepper of the race"
AUDIENCE, ISSUER = "bench", "race"
_DAY = 86400
_PLACE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Course:
    """One scenario with its callers, its upstream and a folder for what is written."""

    scenario: Scenario
    folder: Path
    upstream_port: int
    keys: tuple[str, ...]
    """Keys of the callers who go round in the load."""
    limited_key: str
    """A key whose rate limit lets `scenario.probe_calls` calls pass."""
    spent_key: str
    """A key whose quota lets `scenario.probe_calls` calls pass."""
    now: float = field(default_factory=time.time)

    @property
    def unknown_key(self) -> str:
        """A key nobody has."""
        return _key("nobody")

    @cached_property
    def signer(self) -> RSAKey:
        """What signs the callers' tokens."""
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return RSAKey.import_key(pem, {"kid": "race", "use": "sig", "alg": "RS256"})

    def headers_of(self, key: str) -> dict[str, str]:
        """What a caller with this key sends."""
        headers = {KEY_HEADER: key}
        if self.scenario.feature == "jwt":
            told = {"sub": key, "aud": AUDIENCE, "iss": ISSUER}
            told |= {"exp": int(self.now) + _DAY}  # type: ignore[dict-item]  # a number
            head = {"alg": "RS256", "kid": "race"}
            headers["Authorization"] = f"Bearer {jwt.encode(head, told, self.signer)}"
        return headers

    def callers(self) -> list[str]:
        """What the load reads: key, path and token of each caller."""
        scenario, found = self.scenario, []
        for number, key in enumerate(self.keys):
            _, *token = self.headers_of(key).values()
            place = scenario.path
            if scenario.operations > 1:
                place += str(number * scenario.operations // scenario.callers)
            found.append(" ".join([key, place, *token]))
        return found

    def certificate(self) -> tuple[Path, Path]:
        """Files of a certificate for 127.0.0.1 and of its key."""
        files = self.folder / "certificate.pem", self.folder / "key.pem"
        if not files[0].exists():
            _certify(*files)
        return files


def lay_course(scenario: Scenario, folder: Path, upstream_port: int) -> Course:
    """The course of `scenario`; the same keys every time, as they guard nothing."""
    return Course(
        scenario=scenario,
        folder=folder,
        upstream_port=upstream_port,
        keys=tuple(_key(f"caller {n}") for n in range(scenario.callers)),
        limited_key=_key("limited"),
        spent_key=_key("spent"),
    )


def _key(name: str) -> str:
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


def _certify(certificate: Path, key: Path) -> None:
    """A key on P-256, as most have today, and a certificate that it signs itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def fill(template: Path, **values: object) -> str:
    """The text of `template` with every `{{name}}` replaced by its value."""
    return _PLACE.sub(lambda place: str(values[place[1]]), template.read_text())
