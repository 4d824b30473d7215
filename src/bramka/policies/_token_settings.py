"""What the elements that check tokens have in common: where the token is, its parts."""

from collections.abc import Callable
from typing import Annotated, Literal, Protocol

from msgspec import Meta, Struct

from bramka.domain.traffic.exchange import Exchange, LastError, Response
from bramka.domain.traffic.jwt import Jwt
from bramka.domain.traffic.policy_text import Element
from bramka.domain.traffic.site import Children, Site, Source, printed
from bramka.domain.traffic.step import Awaiting, Outcome, Step
from bramka.policies._keys import DecryptionKey, decryption_secret, private
from bramka.policies._refusals import needs, refusal, status_of
from bramka.policies._token_checks import Claim, Demands, Refused
from bramka.policies._tokens import Rules, check, check_at_once

PARTS: Children = {
    "decryption-keys": {"key": {}},
    "audiences": {"audience": {}},
    "required-claims": {"claim": {"value": {}}},
}

HeaderName = Annotated[Source | None, Meta(description="Header that holds the token.")]
QueryName = Annotated[
    Source | None, Meta(description="Query parameter that holds the token.")
]
TokenValue = Annotated[Source | None, Meta(description="The token itself.")]
Code = Annotated[
    Source | None, Meta(description="Status of the refusal; 401 unless told.")
]
ErrorMessage = Annotated[
    Source | None, Meta(description="Message of the refusal instead of the reason.")
]
Output = Annotated[
    str | None, Meta(description="Variable that gets the token, read, as a Jwt.")
]


class Asked(Protocol):
    """Attributes that all elements which check tokens have."""

    @property
    def header_name(self) -> Source | None: ...
    @property
    def query_parameter_name(self) -> Source | None: ...
    @property
    def token_value(self) -> Source | None: ...
    @property
    def failed_validation_httpcode(self) -> Source | None: ...
    @property
    def failed_validation_error_message(self) -> Source | None: ...
    @property
    def output_token_variable_name(self) -> str | None: ...


class ClaimSettings(Struct, forbid_unknown_fields=True, frozen=True):
    """Attributes of `<claim>`."""

    name: Annotated[str, Meta(min_length=1, description="Name of the claim.")]
    match: Annotated[
        Literal["all", "any"],
        Meta(description="Whether all values are needed, or any of them."),
    ] = "all"
    separator: Annotated[
        str | None, Meta(description="What lies between values within one text.")
    ] = None


class DecryptionKeySettings(
    Struct, rename="kebab", forbid_unknown_fields=True, frozen=True
):
    """Attributes of a decryption `<key>`; without them it holds base64."""

    certificate_id: Annotated[
        str | None, Meta(description="Certificate whose private key it is.")
    ] = None


def texts(site: Site, name: str) -> tuple[Source, ...]:
    """The texts inside the child of that name, which must not be there for nothing.

    A list that was meant to narrow what is let in must not let everything in.
    """
    found = []
    for part in site.element.children:
        if part.name == name:
            if not part.children:
                site.refuse(f"<{name}> is empty", part.place)
            found += [site.source(one.text) for one in part.children]
    return tuple(found)


def claims(site: Site) -> tuple[Claim, ...]:
    """What `<required-claims>` asks for."""
    return tuple(
        _claim(site, one)
        for part in site.element.children
        if part.name == "required-claims"
        for one in part.children
    )


def _claim(site: Site, element: Element) -> Claim:
    settings = site.settings(element, ClaimSettings)
    values = tuple(site.source(value.text) for value in element.children)
    return Claim(settings.name, values, settings.match == "any", settings.separator)


def decryption_keys(site: Site) -> tuple[DecryptionKey, ...]:
    """What `<decryption-keys>` holds."""
    return tuple(
        _decryption_key(site, one)
        for part in site.element.children
        if part.name == "decryption-keys"
        for one in part.children
    )


def _decryption_key(site: Site, element: Element) -> DecryptionKey:
    settings = site.settings(element, DecryptionKeySettings)
    try:
        if settings.certificate_id is not None:
            found = site.lookup("certificates", settings.certificate_id)
            if found is None:
                raise ValueError(f"there is no certificate '{settings.certificate_id}'")
            return private(found)
        return decryption_secret(element.text.literal or "")
    except ValueError as error:
        site.refuse(f"the key cannot be used: {error}", element.place)


def checking(
    name: str,
    settings: Asked,
    site: Site,
    rules: Rules,
    demands: Callable[[Exchange, float], Demands],
    *,
    scheme: Source | None = None,
    default_header: str = "",
) -> Step:
    """A step that lets a call in only with a token which keeps the rules."""
    find = _finder(settings, site, scheme, default_header)
    code = status_of(
        site,
        "failed-validation-httpcode",
        settings.failed_validation_httpcode or Source.of("401"),
    )
    message = settings.failed_validation_error_message
    output, clock = settings.output_token_variable_name, site.clock

    def refuse(refused: Refused, exchange: Exchange) -> Response:
        told = refused.message if message is None else message.text(exchange)
        error = LastError(name, refused.reason, refused.message)
        return refusal(code.of(exchange), told, error)

    def run(exchange: Exchange) -> Outcome | Awaiting:
        try:
            text = find(exchange)
            asked = demands(exchange, clock.now())
            token = check_at_once(text, rules, asked, exchange)
        except Refused as refused:
            return refuse(refused, exchange)
        if token is None:
            return wait(text, asked, exchange)
        if output:
            exchange.variables[output] = token
        return None

    async def wait(text: str, asked: Demands, exchange: Exchange) -> Outcome:
        try:
            token = await check(text, rules, asked, exchange)
        except Refused as refused:
            return refuse(refused, exchange)
        if output:
            exchange.variables[output] = token
        return None

    read = (settings.header_name, settings.query_parameter_name, settings.token_value)
    inside = (*rules.audiences, *rules.issuers)
    values = (value for claim in rules.claims for value in claim.values)
    needed = needs(*read, *inside, *values, *rules.sources, message, scheme)
    return Step(run, waits=True, seldom=True, **needed)


def _finder(
    settings: Asked, site: Site, scheme: Source | None, default_header: str
) -> Callable[[Exchange], str]:
    """How the token of a call is found; Refused when there is none."""
    header, query = settings.header_name, settings.query_parameter_name
    value = settings.token_value
    if header is None and query is None and value is None and default_header:
        header = Source.of(default_header)
    if sum(one is not None for one in (header, query, value)) != 1:
        site.refuse(
            "needs exactly one of header-name, query-parameter-name and token-value"
        )

    def find(exchange: Exchange) -> str:
        if header is not None:
            text = _from_header(exchange, header, scheme)
        elif query is not None:
            name = query.text(exchange)
            pairs = exchange.request.original_url.pairs()
            text = next((one for key, one in pairs if key == name), "")
        else:
            assert value is not None, "one of the three is given"
            given: object = value.evaluate(exchange)
            text = given.encoded if isinstance(given, Jwt) else printed(given)
            text = text.strip().rpartition(" ")[2]
        if not text:
            raise Refused("TokenNotPresent", "JWT not present.")
        return text

    return find


def _from_header(exchange: Exchange, header: Source, scheme: Source | None) -> str:
    name = header.text(exchange).strip()
    field = exchange.request.headers.get(name.encode("latin-1", "replace"))
    given = (field or b"").decode("latin-1").strip()
    word, _, rest = given.rpartition(" ")
    if scheme is not None and name.lower() == "authorization":
        wanted = scheme.text(exchange).strip()
        if wanted and word.strip().lower() != wanted.lower():
            raise Refused("TokenNotPresent", "JWT not present.")
    return rest
