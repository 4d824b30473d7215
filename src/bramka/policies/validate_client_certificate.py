"""Let a call in only with a client certificate, perhaps one of certain clients.

    <validate-client-certificate validate-not-after="true" ignore-error="false">
      <identities>
        <identity common-name="orders.example.com" issuer-subject="CN=Example CA" />
        <identity thumbprint="9A3D6CE9E1A1C5E3B6A1D6DDA1B7B7A4B3A0C0DE" />
      </identities>
    </validate-client-certificate>

All that is said of one identity has to match, for any of them. Trusted is what leads
to the `client_ca` of the host name or, where it has none, to a certificate of the
instance; a host that takes any certificate adds those up. Revocation lists are not
asked. Issuers are known by the certificates of the instance, and have to have signed
what is shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from msgspec import Meta, Struct, structs

from bramka.domain.traffic.certificate import Certificate
from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site
from bramka.domain.traffic.step import Step
from bramka.policies._certificates import plain_print
from bramka.policies._refusals import refusal

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {"identities": {"identity": {}}}
NAME = "validate-client-certificate"
MOST_IDENTITIES = 10


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-client-certificate>`."""

    validate_revocation: Annotated[
        bool, Meta(description="Has no effect: revocation lists are not asked.")
    ] = True
    validate_trust: Annotated[
        bool, Meta(description="Refuse certificates that lead to no trusted one.")
    ] = True
    validate_not_before: Annotated[
        bool, Meta(description="Refuse certificates that are not valid yet.")
    ] = True
    validate_not_after: Annotated[
        bool, Meta(description="Refuse certificates that are not valid any more.")
    ] = True
    ignore_error: Annotated[
        bool, Meta(description="Only note in LastError what is wrong.")
    ] = False


class IdentitySettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<identity>`; at least one is needed."""

    thumbprint: Annotated[
        str | None, Meta(description="SHA-1 print of the certificate.")
    ] = None
    serial_number: Annotated[
        str | None, Meta(description="Serial number in hexadecimal digits.")
    ] = None
    common_name: Annotated[
        str | None, Meta(description="Common name of the subject.")
    ] = None
    subject: Annotated[
        str | None, Meta(description="Whole name of the subject, as `CN=a, O=b`.")
    ] = None
    dns_name: Annotated[
        str | None, Meta(description="A DNS name among the alternative names.")
    ] = None
    issuer_subject: Annotated[
        str | None, Meta(description="Whole name of the issuer.")
    ] = None
    issuer_thumbprint: Annotated[
        str | None, Meta(description="SHA-1 print of the issuer's certificate.")
    ] = None
    issuer_certificate_id: Annotated[
        str | None, Meta(description="Certificate of the instance that signed it.")
    ] = None


Matches = Callable[[x509.Certificate], bool]


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    identities = [
        _identity(site, one) for part in site.element.children for one in part.children
    ]
    if len(identities) > MOST_IDENTITIES:
        site.refuse(f"holds more than {MOST_IDENTITIES} identities")
    clock = site.clock

    def problem(shown: x509.Certificate | None) -> tuple[str, str] | None:
        if shown is None:
            return "ClientCertificateNotPresent", "No client certificate was shown."
        worthless = _standing(settings, shown, clock.now())
        if worthless is not None:
            return worthless
        if identities and not any(one.matches(shown) for one in identities):
            what = "The client certificate is none of those that are allowed."
            return "ClientCertificateIdentityNotMatched", what
        return None

    def run(exchange: Exchange) -> Response | None:
        found = problem(exchange.request.certificate)
        if found is None:
            return None
        error = LastError(NAME, *found)
        if settings.ignore_error:
            exchange.last_error = error
            return None
        return refusal(403, "Invalid client certificate", error)

    return Step(run)


def _standing(
    settings: Settings, shown: x509.Certificate, now: float
) -> tuple[str, str] | None:
    """What is wrong with a certificate, whoever it may belong to."""
    if settings.validate_trust and not getattr(shown, "is_trusted", False):
        what = "The client certificate leads to none that is trusted."
        return "ClientCertificateNotTrusted", what
    if settings.validate_not_before and now < shown.not_valid_before_utc.timestamp():
        return (
            "ClientCertificateNotYetValid",
            "The client certificate is not valid yet.",
        )
    if settings.validate_not_after and now > shown.not_valid_after_utc.timestamp():
        return "ClientCertificateExpired", "The client certificate is expired."
    return None


@dataclass(frozen=True, slots=True)
class _Identity:
    """What one client's certificate has to be like."""

    tests: tuple[Matches, ...]

    def matches(self, shown: x509.Certificate) -> bool:
        return all(test(shown) for test in self.tests)


def _identity(site: Site, element: Element) -> _Identity:
    given = site.settings(element, IdentitySettings)
    wanted = {name: text for name, text in structs.asdict(given).items() if text}
    if not wanted:
        site.refuse("needs at least one attribute", element.place)
    known = site.table("certificates")
    tests: list[Matches] = []
    for name, text in wanted.items():
        if name == "issuer_certificate_id":
            issuer = known.get(text)
            if issuer is None:
                site.refuse(f"there is no certificate '{text}'", element.place)
            tests.append(_issued_by([issuer]))
        elif name == "issuer_thumbprint":
            wanted_print = plain_print(text)
            tests.append(
                _issued_by(
                    one
                    for one in known.values()
                    if plain_print(one.thumbprint) == wanted_print
                )
            )
        else:
            tests.append(_TESTS[name](text.strip()))
    return _Identity(tuple(tests))


def _issued_by(issuers: Iterable[Certificate]) -> Matches:
    """Whether any of these signed a certificate."""
    loaded = [x509.load_pem_x509_certificate(one.chain) for one in issuers]

    def test(shown: x509.Certificate) -> bool:
        return any(_signed(issuer, shown) for issuer in loaded)

    return test


def _signed(issuer: x509.Certificate, shown: x509.Certificate) -> bool:
    try:
        shown.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _thumbprint(text: str) -> Matches:
    wanted = plain_print(text)
    return lambda shown: (
        shown.fingerprint(hashes.SHA1()).hex().upper() == wanted  # noqa: S303 its name
    )


def _serial_number(text: str) -> Matches:
    wanted = plain_print(text).lstrip("0")
    return lambda shown: f"{shown.serial_number:X}" == wanted


def _common_name(text: str) -> Matches:
    def test(shown: x509.Certificate) -> bool:
        names = shown.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return any(one.value == text for one in names)

    return test


def _dns_name(text: str) -> Matches:
    def test(shown: x509.Certificate) -> bool:
        try:
            found = shown.extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            )
        except x509.ExtensionNotFound:
            return False
        names = found.value.get_values_for_type(x509.DNSName)
        return any(name.lower() == text.lower() for name in names)

    return test


def _parts(text: str) -> list[str]:
    """A distinguished name's parts, whatever their order and spacing."""
    return sorted(part.strip() for part in text.split(",") if part.strip())


def _name_of(name: x509.Name) -> list[str]:
    return _parts(name.rfc4514_string())


def _subject(text: str) -> Matches:
    return lambda shown: _name_of(shown.subject) == _parts(text)


def _issuer_subject(text: str) -> Matches:
    return lambda shown: _name_of(shown.issuer) == _parts(text)


_TESTS: dict[str, Callable[[str], Matches]] = {
    "thumbprint": _thumbprint,
    "serial_number": _serial_number,
    "common_name": _common_name,
    "subject": _subject,
    "dns_name": _dns_name,
    "issuer_subject": _issuer_subject,
}
