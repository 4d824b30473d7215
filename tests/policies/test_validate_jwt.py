"""<validate-jwt>: which tokens are believed, and how keys are known."""

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from joserfc import jwe, jws
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from tests.policies.telling import TELL

from bramka.domain.traffic.certificate import Certificate
from bramka.testing.backends import Call, Reply
from bramka.testing.clock import FakeClock
from bramka.testing.playbook import Playbook, play, refusal_of

NOW = 1_700_000_000
SECRET = bytes(range(32))
TEXT = b64encode(SECRET).decode()
OURS = OctKey.import_key(
    {"kty": "oct", "k": urlsafe_b64encode(SECRET).rstrip(b"=").decode()}
)
RSA = RSAKey.generate_key(2048)
EC = ECKey.generate_key("P-256")
KEYS = f"<issuer-signing-keys><key>{TEXT}</key></issuer-signing-keys>"
URL = "http://login.test/.well-known/openid-configuration"
OPENID = f"<openid-config url='{URL}' />"


def token(
    payload: dict[str, Any] | None = None,
    key: Key = OURS,
    algorithm: str = "HS256",
    kid: str | None = None,
    ends: int | None = NOW + 60,
) -> str:
    header = {"alg": algorithm, "typ": "JWT"}
    if kid is not None:
        header["kid"] = kid
    claims = {**({} if ends is None else {"exp": ends}), **(payload or {})}
    content = json.dumps(claims).encode()
    return jws.serialize_compact(header, content, key, [algorithm])


def policy(
    inside: str = KEYS, more: str = "", where: str = "header-name='Authorization'"
) -> str:
    return f"<validate-jwt {where} {more}>{inside}</validate-jwt>"


def tried(document: str, text: str = "", **how: Any) -> Playbook:
    """A call with that token."""
    book = play(inbound=document, on_error=TELL, **how)
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    return book.call(headers=headers)


def told(book: Playbook) -> str:
    """Reason and message of a refusal."""
    source, _, rest = (book.answer.header("X-Told") or "").partition("|")
    assert source == "validate-jwt"
    return rest


def unsigned(payload: dict[str, Any]) -> str:
    parts = [{"alg": "none"}, payload]
    texts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in parts]
    return b".".join([*texts, b""]).decode()


# --- signatures ---------------------------------------------------------------------


def test_a_token_signed_with_our_secret_is_believed() -> None:
    tried(policy(), token()).passes()


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_secret_serves_its_algorithms(algorithm: str) -> None:
    tried(policy(), token(algorithm=algorithm)).passes()


def rsa_key(key: RSAKey = RSA) -> str:
    public = key.as_dict(private=False)
    numbers = f"n='{public['n']}' e='{public['e']}'"
    return f"<issuer-signing-keys><key {numbers} id='r' /></issuer-signing-keys>"


@pytest.mark.parametrize(
    "algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
)
def test_an_rsa_key_of_numbers_serves_its_algorithms(algorithm: str) -> None:
    tried(policy(rsa_key()), token(key=RSA, algorithm=algorithm)).passes()


def again(document: str, *texts: str, clock: FakeClock, pause: float) -> list[int]:
    """The statuses of calls with these tokens, with pauses between them."""
    book = play(inbound=document, on_error=TELL, clock=clock)
    statuses = []
    for text in texts:
        played = book.call(headers={"Authorization": f"Bearer {text}"})
        statuses.append(played.answer.status)
        clock.advance(pause)
    return statuses


def test_a_token_that_was_believed_is_still_refused_once_it_has_expired() -> None:
    text = token(ends=NOW + 5)
    clock = FakeClock(NOW)
    assert again(policy(), text, text, text, clock=clock, pause=3) == [200, 200, 401]


def test_a_token_that_was_believed_lends_nothing_to_one_that_differs() -> None:
    text = token()
    forged = text[:-2] + ("AA" if text[-2:] != "AA" else "BB")
    found = again(policy(), text, forged, text, clock=FakeClock(NOW), pause=0)
    assert found == [200, 401, 200]


def test_a_key_that_is_computed_for_each_call_is_asked_each_time() -> None:
    inside = (
        "<issuer-signing-keys><key>@(context.Request.Headers.GetValueOrDefault("
        "'X-Key',''))</key></issuer-signing-keys>"
    ).replace("'", '"')
    text, book = token(), play(inbound=policy(inside), on_error=TELL)
    other = b64encode(bytes(32)).decode()
    statuses = [
        book.call(
            headers={"Authorization": f"Bearer {text}", "X-Key": key}
        ).answer.status
        for key in (TEXT, other, TEXT)
    ]
    assert statuses == [200, 401, 200]


def test_another_secret_is_refused() -> None:
    other = OctKey.generate_key(256)
    book = tried(policy(), token(key=other)).refused(401)
    assert told(book) == (
        "TokenSignatureInvalid|The signature of the token is wrong. Access denied."
    )


def test_what_was_changed_after_signing_is_refused() -> None:
    head, _, signature = token().split(".")
    body = urlsafe_b64encode(json.dumps({"exp": NOW + 99}).encode()).decode()
    forged = f"{head}.{body.rstrip('=')}.{signature}"
    assert told(tried(policy(), forged)).startswith("TokenSignatureInvalid|")


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    head = urlsafe_b64encode(b'{"alg": "HS256"}').rstrip(b"=")
    body = urlsafe_b64encode(json.dumps({"exp": NOW + 60}).encode()).rstrip(b"=")
    made = hmac.digest(RSA.as_pem(private=False), head + b"." + body, "sha256")
    signature = urlsafe_b64encode(made).rstrip(b"=")
    forged = b".".join([head, body, signature]).decode()
    found = told(tried(policy(rsa_key()), forged))
    assert found.startswith("TokenSignatureKeyNotFound|")


@pytest.mark.parametrize("name", ["none", "None", "HS1", "RS256"])
def test_the_token_does_not_choose_the_algorithm(name: str) -> None:
    header = urlsafe_b64encode(json.dumps({"alg": name}).encode()).decode()
    _, body, signature = token().split(".")
    forged = f"{header.rstrip('=')}.{body}.{signature}"
    tried(policy(), forged).refused(401)


def test_a_token_names_its_key() -> None:
    inside = (
        "<issuer-signing-keys>"
        f"<key id='old'>{b64encode(b'o' * 32).decode()}</key><key id='new'>{TEXT}</key>"
        "</issuer-signing-keys>"
    )
    tried(policy(inside), token(kid="new")).passes()
    tried(policy(inside), token()).passes()
    found = told(tried(policy(inside), token(kid="old")))
    assert found.startswith("TokenSignatureInvalid|")
    found = told(tried(policy(inside), token(kid="else")))
    assert found == (
        "TokenSignatureKeyNotFound|No key is known for algorithm 'HS256' and key id "
        "'else'. Access denied."
    )


def test_a_secret_may_be_an_expression() -> None:
    inside = f"""<issuer-signing-keys><key>@("{TEXT}")</key></issuer-signing-keys>"""
    tried(policy(inside), token()).passes()
    bad = """<issuer-signing-keys><key>@("!")</key></issuer-signing-keys>"""
    assert told(tried(policy(bad), token()).refused(500)).startswith(
        "ExpressionValueEvaluationFailure|A signing key cannot be used"
    )


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificate(id="it", chain=made.public_bytes(Encoding.PEM), key=pem)


@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_a_key_may_be_a_certificates(kind: str) -> None:
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if kind == "RSA":
        private, algorithm = rsa.generate_private_key(65537, 2048), "RS256"
    else:
        private, algorithm = ec.generate_private_key(ec.SECP256R1()), "ES256"
    found = certificate(private)
    key = (RSAKey if kind == "RSA" else ECKey).import_key(found.key)
    inside = (
        """<issuer-signing-keys><key certificate-id='it' /></issuer-signing-keys>"""
    )
    tables = {"certificates": {"it": found}}
    text = token(key=key, algorithm=algorithm)
    tried(policy(inside), text, tables=tables).passes()


def test_an_unsigned_token_is_believed_only_where_none_has_to_be_signed() -> None:
    text = unsigned({"exp": NOW + 60})
    assert told(tried(policy(), text).refused(401)).startswith("JwtInvalid|")
    more = "require-signed-tokens='false'"
    tried(policy("", more), text).passes()
    tried(policy(KEYS, more), token()).passes()
    tried(policy(KEYS, more), token(key=OctKey.generate_key(256))).refused(401)


# --- where it is --------------------------------------------------------------------


def test_without_a_token_a_call_is_refused() -> None:
    book = tried(policy()).refused(401)
    assert book.answer.text == '{ "statusCode": 401, "message": "JWT not present." }'
    assert told(book) == "TokenNotPresent|JWT not present."
    book.reached(0)


def test_the_token_may_be_in_another_header_or_in_the_query() -> None:
    book = play(policy(where="header-name='X-Token'"))
    book.call(headers={"X-Token": token()}).passes()
    book.call(headers={"X-Token": f"Any {token()}"}).passes()
    book = play(policy(where="query-parameter-name='t'"))
    book.call(path=f"/?t={token()}").passes().call(path="/?u=1").refused(401)


def test_the_token_may_be_computed() -> None:
    source = '@(context.Request.Headers.GetValueOrDefault("X-T", "").Substring(1))'
    book = play(policy(where=f"token-value='{source}'"))
    book.call(headers={"X-T": f"_{token()}"}).passes()


def test_the_token_may_be_the_body_which_is_read_once() -> None:
    source = "@(context.Request.Body.As<string>())"
    book = play(policy(where=f"token-value='{source}'"))
    book.call("POST", body=token().encode()).passes()


def test_a_token_that_was_read_may_be_given() -> None:
    source = '@(context.Request.Headers.GetValueOrDefault("Authorization", "").AsJwt())'
    tried(policy(where=f"token-value='{source}'"), token()).passes()


def test_the_scheme_may_be_demanded() -> None:
    book = play(policy(more="require-scheme='Bearer'"))
    book.call(headers={"Authorization": f"bearer {token()}"}).passes()
    book.call(headers={"Authorization": f"JWT {token()}"}).refused(401)
    book.call(headers={"Authorization": token()}).refused(401)
    play(policy()).call(headers={"Authorization": token()}).passes()


# --- what it says -------------------------------------------------------------------


def test_an_expired_token_is_refused_up_to_the_skew() -> None:
    book = play(inbound=policy(), on_error=TELL)
    headers = {"Authorization": f"Bearer {token()}"}
    book.after(59).call(headers=headers).passes()
    book.after(1).call(headers=headers).refused(401)
    assert told(book) == "TokenExpired|The token is expired. Access denied."
    book = play(policy(more="clock-skew='10'"))
    book.after(69).call(headers=headers).passes().after(1).call(headers=headers)
    book.refused(401)


def test_a_token_that_never_ends_is_refused_unless_allowed() -> None:
    assert told(tried(policy(), token(ends=None))).startswith("JwtInvalid|")
    more = "require-expiration-time='false'"
    tried(policy(more=more), token(ends=None)).passes()


def test_a_token_is_not_valid_before_its_time() -> None:
    text = token({"nbf": NOW + 30})
    assert told(tried(policy(), text)) == "JwtInvalid|The token is not valid yet."
    tried(policy(more="clock-skew='30'"), text).passes()


@pytest.mark.parametrize("ends", ["soon", True, [1], 10**400])
def test_an_end_that_is_no_moment_is_never_later(ends: Any) -> None:
    book = tried(policy(), token({"exp": ends}))
    if ends == 10**400:
        return
    assert told(book.refused(401)).startswith("JwtInvalid|")


AUDIENCES = '<audiences><audience>a</audience><audience>@("b")</audience></audiences>'


@pytest.mark.parametrize(("audience", "fits"), [("a", 1), (["x", "b"], 1), ("c", 0)])
def test_one_of_the_audiences_has_to_be_meant(audience: Any, fits: int) -> None:
    book = tried(policy(KEYS + AUDIENCES), token({"aud": audience}))
    if fits:
        book.passes()
    else:
        assert told(book.refused(401)) == (
            "TokenAudienceNotAllowed|The audience of the token is not allowed. "
            "Access denied."
        )


def test_a_token_for_nobody_is_refused_where_audiences_are_named() -> None:
    tried(policy(KEYS + AUDIENCES), token()).refused(401)


def test_one_of_the_issuers_has_to_be_its_own() -> None:
    inside = KEYS + "<issuers><issuer>one</issuer><issuer>two</issuer></issuers>"
    tried(policy(inside), token({"iss": "two"})).passes()
    book = tried(policy(inside), token({"iss": "three"})).refused(401)
    assert told(book) == (
        "TokenIssuerNotAllowed|The issuer of the token is not allowed. Access denied."
    )


def claim(inside: str) -> str:
    return KEYS + f"<required-claims>{inside}</required-claims>"


def test_claims_may_have_to_be_there() -> None:
    inside = claim("<claim name='a'/><claim name='b'/><claim name='c'/>")
    book = tried(policy(inside), token({"b": 1})).refused(401)
    assert told(book) == (
        "TokenClaimNotFound|JWT token is missing the following claims: a, c. "
        "Access denied."
    )


@pytest.mark.parametrize(
    ("attributes", "given", "fits"),
    [
        ("", ["x", "y", "z"], True),
        ("", ["x"], False),
        ("match='all'", ["x"], False),
        ("match='any'", ["y"], True),
        ("match='any'", "z", False),
        ("match='any' separator=' '", "q y", True),
        ("separator=','", "x,y", True),
        ("", "x,y", False),
    ],
)
def test_claims_may_have_to_hold_values(
    attributes: str, given: Any, fits: bool
) -> None:
    values = '<value>x</value><value>@("y")</value>'
    inside = claim(f"<claim name='c' {attributes}>{values}</claim>")
    book = tried(policy(inside), token({"c": given}))
    if fits:
        book.passes()
    else:
        shown = given if isinstance(given, str) else ",".join(given)
        shown = shown.replace(" ", ",") if "separator=' '" in attributes else shown
        assert told(book.refused(401)) == (
            f"TokenClaimValueNotAllowed|Claim c value of {shown} is not allowed. "
            "Access denied."
        )


# --- how it refuses -----------------------------------------------------------------


def test_code_and_message_of_a_refusal_are_the_authors() -> None:
    more = (
        "failed-validation-httpcode='@(400 + 3)' "
        "failed-validation-error-message='@(\"No \" + context.Operation.Id)'"
    )
    book = tried(policy(more=more), "x.y.z")
    book.answered('{ "statusCode": 403, "message": "No get" }', 403)
    assert told(book).startswith("JwtInvalid|")


@pytest.mark.parametrize(
    "text",
    ["a", "a.b", "a.b.c", "..", "a.b.c.d.e", "e30.W10.x", "é.b.c", "x" * 65_000],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    book = tried(policy(), text).refused(401)
    assert told(book).startswith("JwtInvalid|")


def test_the_token_is_known_to_later_policies() -> None:
    show = """<return-response><set-body>@{ var t = (Jwt)context.Variables["t"];
        return t.Subject + " " + t.Issuer + " " + t.Claims["role"][1]; }</set-body>
        </return-response>"""
    text = token({"sub": "ada", "iss": "me", "role": ["a", "b"]})
    book = tried(policy(more="output-token-variable-name='t'") + show, text)
    book.answered("ada me b")


# --- encrypted tokens ---------------------------------------------------------------


@pytest.mark.parametrize("content", ["A256CBC-HS512", "A256GCM"])
def test_an_encrypted_token_is_decrypted_and_then_checked(content: str) -> None:
    size = 64 if content == "A256CBC-HS512" else 32
    shared = bytes(range(size))
    key = OctKey.import_key(
        {"kty": "oct", "k": urlsafe_b64encode(shared).rstrip(b"=").decode()}
    )
    header = {"alg": "dir", "enc": content}
    text = jwe.encrypt_compact(header, token().encode(), key, ["dir", content])
    decryption = b64encode(shared).decode()
    inside = f"{KEYS}<decryption-keys><key>{decryption}</key></decryption-keys>"
    tried(policy(inside), text).passes()
    assert "there is no key for it" in told(tried(policy(), text).refused(401))
    other = f"{KEYS}<decryption-keys><key>{TEXT}</key></decryption-keys>"
    if size == 64:
        assert "cannot be decrypted" in told(tried(policy(other), text))


def test_a_token_may_be_encrypted_for_a_certificate() -> None:
    private = rsa.generate_private_key(65537, 2048)
    found = certificate(private)
    key = RSAKey.import_key(found.key)
    header = {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256"}
    allowed = ["RSA-OAEP-256", "A128CBC-HS256"]
    text = jwe.encrypt_compact(header, token().encode(), key, allowed)
    inside = f"{KEYS}<decryption-keys><key certificate-id='it' /></decryption-keys>"
    tried(policy(inside), text, tables={"certificates": {"it": found}}).passes()


# --- OpenID -------------------------------------------------------------------------


class Login:
    """An OpenID provider."""

    def __init__(self, *keys: tuple[str, Key]) -> None:
        self.keys = dict(keys)
        self.issuer = "http://login.test"
        self.asked = 0
        self.away = False

    def __call__(self, call: Call) -> Reply:
        if self.away:
            return Reply(503)
        if call.target.endswith("openid-configuration"):
            self.asked += 1
            found: dict[str, Any] = {"jwks_uri": "http://login.test/keys"}
            found["issuer"] = self.issuer
        else:
            entries = [
                {**key.as_dict(private=False), "kid": kid}
                for kid, key in self.keys.items()
            ]
            # What nobody knows or nobody may use does no harm.
            strange = [{"kty": "AKP"}, {"kty": "oct", "k": "c2VjcmV0", "kid": "r"}, {}]
            found = {"keys": [*strange, *entries]}
        return Reply(200, json.dumps(found).encode())


def login_book(login: Login, inside: str = OPENID) -> Playbook:
    return play(
        inbound=policy(inside),
        on_error=TELL,
        hosts={"login.test": login},
        clock=FakeClock(float(NOW)),
    )


def bearer(kid: str | None = "r", key: Key = RSA, algorithm: str = "RS256") -> Any:
    payload = {"iss": "http://login.test"}
    text = token(payload, key, algorithm, kid, ends=NOW + 10**6)
    return {"Authorization": f"Bearer {text}"}


def test_the_keys_of_a_provider_are_fetched_once() -> None:
    login = Login(("r", RSA), ("e", EC))
    book = login_book(login).call(headers=bearer()).passes()
    book.call(headers=bearer("e", EC, "ES256")).passes()
    book.call(headers=bearer(None)).passes()
    assert login.asked == 1


def test_the_address_of_a_provider_may_be_computed() -> None:
    login = Login(("r", RSA))
    url = """@("http://login.test/" + context.Request.Headers.GetValueOrDefault("T", "")
        + "/.well-known/openid-configuration")"""
    book = login_book(login, f"<openid-config url='{url}' />")
    book.call(headers={**bearer(), "T": "one"}).passes()
    book.call(headers={**bearer(), "T": "one"}).passes()
    assert login.asked == 1
    book.call(headers={**bearer(), "T": "two"}).passes()
    assert login.asked == 2


def test_calls_at_the_same_moment_wait_for_one_fetch() -> None:
    login = Login(("r", RSA))
    book = login_book(login).together(5)
    assert [one.status for one in book.answers] == [401] * 5
    assert login.asked <= 1


def test_the_issuer_has_to_be_the_providers() -> None:
    login = Login(("r", RSA))
    login.issuer = "http://else.test"
    book = login_book(login).call(headers=bearer()).refused(401)
    assert told(book).startswith("TokenIssuerNotAllowed|")
    named = OPENID + "<issuers><issuer>http://login.test</issuer></issuers>"
    login_book(login, named).call(headers=bearer()).passes()


def test_keys_are_renewed_every_hour_without_a_call_that_waits() -> None:
    login = Login(("r", RSA))
    book = login_book(login).call(headers=bearer())
    book.after(3599).call(headers=bearer())
    assert login.asked == 1
    login.away = True
    book.after(1).call(headers=bearer()).passes().after(0)
    login.away = False
    book.after(3600).call(headers=bearer()).passes().after(0)
    assert login.asked == 2


def test_a_key_that_is_gone_is_not_believed_after_the_hour() -> None:
    login = Login(("r", RSA))
    book = login_book(login).call(headers=bearer()).passes()
    login.keys = {"e": EC}
    book.after(3600).call(headers=bearer()).after(0)
    book.call(headers=bearer()).refused(401)


def test_an_unknown_key_is_asked_for_at_most_every_five_minutes() -> None:
    login = Login(("r", RSA))
    book = login_book(login).call(headers=bearer()).passes()
    login.keys["e"] = EC
    new = bearer("e", EC, "ES256")
    book.after(299).call(headers=new).refused(401)
    assert told(book).startswith("TokenSignatureKeyNotFound|")
    book.after(1).call(headers=new).passes()
    assert login.asked == 2
    for _ in range(3):
        book.call(headers=bearer("zzz")).refused(401)
    assert login.asked == 2


def test_while_a_provider_was_never_there_calls_fail() -> None:
    login = Login(("r", RSA))
    login.away = True
    book = login_book(login).call(headers=bearer()).refused(500)
    assert told(book) == (
        f"OpenIdConfigurationNotAvailable|The OpenID configuration {URL} cannot be "
        f"had: {URL} answered 503."
    )
    login.away = False
    book.after(9).call(headers=bearer()).refused(500)
    book.after(1).call(headers=bearer()).passes()


def test_another_plan_keeps_the_keys() -> None:
    login = Login(("r", RSA))
    book = login_book(login).call(headers=bearer())
    book.gateway.take(book._configuration())
    book.call(headers=bearer()).passes()
    assert login.asked == 1


# --- compiling ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (policy(""), "needs an <openid-config> or <issuer-signing-keys>"),
        (policy(where=""), "needs exactly one of header-name"),
        (policy(more="token-value='x'"), "needs exactly one of header-name"),
        (policy(more="clock-skew='-1'"), "attribute 'clock-skew' is '-1'"),
        (policy(more="require-signed-tokens='so'"), "it can be true or false"),
        (policy(more="require-expiration-time='so'"), "it can be true or false"),
        (policy(KEYS.replace(TEXT, "!!")), "the key cannot be used: it is not base64"),
        (policy(KEYS.replace(TEXT, "")), "the key cannot be used: it is empty"),
        (
            policy(KEYS.replace("<key>", "<key certificate-id='x'>")),
            "there is no certificate 'x'",
        ),
        (policy(KEYS.replace("<key>", "<key n='x'>")), "the key cannot be used"),
        (policy(OPENID.replace("url", "uri")), "did you mean 'url'?"),
        (
            policy(claim("<claim name='a' match='some' />")),
            "attribute 'match' is 'some'",
        ),
        (
            policy(KEYS + "<decryption-keys><key>!</key></decryption-keys>"),
            "the key cannot be used: it is not base64",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_when_compiled(
    document: str, problem: str
) -> None:
    assert problem in refusal_of(document)


@pytest.mark.parametrize("name", ["audiences", "issuers"])
def test_a_list_that_lets_nobody_in_is_refused(name: str) -> None:
    told = refusal_of(f"""<validate-jwt header-name='A'>
        <openid-config url='https://id.test/config' /><{name} /></validate-jwt>""")
    assert f"<{name}> is empty" in told


def test_half_of_a_public_key_is_refused() -> None:
    told = refusal_of("""<validate-jwt header-name='A'>
        <issuer-signing-keys><key n='AQAB' /></issuer-signing-keys></validate-jwt>""")
    assert "it needs both numbers, n and e" in told
