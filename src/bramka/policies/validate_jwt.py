"""Let a call in only with a JSON web token that can be believed.

    <validate-jwt header-name="Authorization" require-scheme="Bearer"
        output-token-variable-name="token">
      <openid-config url="https://login.example.com/.well-known/openid-configuration" />
      <issuer-signing-keys>
        <key id="ours">{{signing-key}}</key>
      </issuer-signing-keys>
      <audiences>
        <audience>api://orders</audience>
      </audiences>
      <required-claims>
        <claim name="scp" match="any" separator=" ">
          <value>orders.read</value>
        </claim>
      </required-claims>
    </validate-jwt>

Which algorithms are accepted follows from the keys: HS256, HS384 and HS512 for secrets;
RS and PS with 256, 384 and 512 for RSA; ES256, ES384 and ES512 by curve.
"""

from collections.abc import Callable, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.policy import Section
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import ALL_SCOPES, Children, Site, Source
from bramka.domain.traffic.step import Step, StepFailure
from bramka.policies._keys import SigningKey, numbers, public, secret
from bramka.policies._openid import OpenId, provider_at
from bramka.policies._refusals import Number, flag_source
from bramka.policies._token_checks import Demands
from bramka.policies._token_settings import (
    PARTS,
    Code,
    ErrorMessage,
    HeaderName,
    Output,
    QueryName,
    TokenValue,
    checking,
    claims,
    decryption_keys,
    texts,
)
from bramka.policies._tokens import Rules

SECTIONS = frozenset({Section.INBOUND})
SCOPES = ALL_SCOPES
CHILDREN: Children = {
    **(PARTS or {}),
    "openid-config": {},
    "issuer-signing-keys": {"key": {}},
    "issuers": {"issuer": {}},
}
LONGEST_SKEW = 86_400

FindKey = Callable[[Exchange], SigningKey]


class Settings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of `<validate-jwt>`; exactly one of the first three is needed."""

    header_name: HeaderName = None
    query_parameter_name: QueryName = None
    token_value: TokenValue = None
    failed_validation_httpcode: Code = None
    failed_validation_error_message: ErrorMessage = None
    require_expiration_time: Annotated[
        Source | None, Meta(description="Refuse tokens without an end: true.")
    ] = None
    require_scheme: Annotated[
        Source | None,
        Meta(description="Scheme that Authorization must have, such as Bearer."),
    ] = None
    require_signed_tokens: Annotated[
        Source | None, Meta(description="Refuse tokens that are not signed: true.")
    ] = None
    clock_skew: Annotated[
        Source | None, Meta(description="Seconds that clocks may differ: 0.")
    ] = None
    output_token_variable_name: Output = None


class OpenIdSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Attributes of `<openid-config>`."""

    url: Annotated[Source, Meta(description="Address of the configuration.")]


class KeySettings(Struct, rename="kebab", forbid_unknown_fields=True, frozen=True):
    """Attributes of a signing `<key>`; without them it holds a secret in base64."""

    id: Annotated[str | None, Meta(description="Key id that tokens name.")] = None
    certificate_id: Annotated[
        str | None, Meta(description="Certificate whose public key it is.")
    ] = None
    n: Annotated[str | None, Meta(description="Modulus of an RSA key.")] = None
    e: Annotated[str | None, Meta(description="Exponent of an RSA key.")] = None


def compile(settings: Settings, site: Site) -> Step:  # noqa: A001 the shelf's word
    parts = site.element.children
    keys = tuple(
        _key(site, one)
        for part in parts
        if part.name == "issuer-signing-keys"
        for one in part.children
    )
    urls = [
        site.settings(part, OpenIdSettings).url
        for part in parts
        if part.name == "openid-config"
    ]
    found = [_provider(site, url) for url in urls]
    true = Source.of("true")
    signed = settings.require_signed_tokens or true
    expires = settings.require_expiration_time or true
    flag_source(site, "require-signed-tokens", signed)
    flag_source(site, "require-expiration-time", expires)
    if not keys and not found and signed is true:
        site.refuse("needs an <openid-config> or <issuer-signing-keys>")
    given = settings.clock_skew or Source.of("0")
    skew = Number(site, "clock-skew", given, 0, LONGEST_SKEW)
    decrypting = decryption_keys(site)

    def own(exchange: Exchange) -> Sequence[SigningKey]:
        return [find(exchange) for find in keys]

    def demands(exchange: Exchange, now: float) -> Demands:
        signature, expiration = signed.flag(exchange), expires.flag(exchange)
        return Demands(signature, expiration, float(skew.of(exchange)), now)

    rules = Rules(
        keys=own,
        providers=lambda exchange: tuple(find(exchange) for find in found),
        decryption_keys=lambda _: decrypting,
        audiences=texts(site, "audiences"),
        issuers=texts(site, "issuers"),
        claims=claims(site),
        sources=tuple(urls),
    )
    scheme = settings.require_scheme
    return checking("validate-jwt", settings, site, rules, demands, scheme=scheme)


def _provider(site: Site, url: Source) -> Callable[[Exchange], OpenId]:
    """How a provider is found: at once, where its address is written out."""
    if url.constant is None:
        return lambda exchange: provider_at(url.text(exchange).strip(), site)
    if not url.constant:
        site.refuse("attribute 'url' of <openid-config> is empty; write an address")
    if not url.constant.strip().lower().startswith(("https://", "http://")):
        what = f"<openid-config url='{url.constant}'> is not an http or https address"
        site.refuse(what, url.place)
    made = provider_at(url.constant, site)
    return lambda _: made


def _key(site: Site, element: Element) -> FindKey:
    """How a signing key is found; it is made at once where it is known."""
    settings = site.settings(element, KeySettings)
    kid = settings.id
    try:
        if settings.certificate_id is not None:
            found = site.lookup("certificates", settings.certificate_id)
            if found is None:
                site.refuse(
                    f"there is no certificate '{settings.certificate_id}'",
                    element.place,
                )
            made = public(found, kid)
        elif settings.n is not None or settings.e is not None:
            if not settings.n or not settings.e:
                raise ValueError("it needs both numbers, n and e")
            made = numbers(settings.n, settings.e, kid)
        else:
            source = site.source(element.text)
            if source.constant is None:
                return _computed(source, kid)
            made = secret(source.constant, kid)
    except ValueError as error:
        site.refuse(f"the key cannot be used: {error}", element.place)
    return lambda _: made


def _computed(source: Source, kid: str | None) -> FindKey:
    def find(exchange: Exchange) -> SigningKey:
        try:
            return secret(source.text(exchange), kid)
        except ValueError as error:
            message = f"A signing key cannot be used: {error}."
            raise StepFailure("", "ExpressionValueEvaluationFailure", message) from None

    return find
