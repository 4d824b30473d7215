"""What `context` tells, and the expressions that people wrote with it."""

# ruff: noqa: E501 - a line of a table is one case

import base64
import datetime
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.expressions.evaluating import (
    Chance,
    Clock,
    compiled,
    exchange,
    response,
    text,
    value,
)

from bramka.domain.errors import Invalid
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.exchange import Exchange, LastError
from bramka.domain.traffic.group import Group
from bramka.domain.traffic.jwt import read_jwt
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import User
from bramka.expressions import EvaluationFailure, Surroundings


def called(**variables: object) -> Exchange:
    """A call with everything a context can hold."""
    made = exchange(
        method="POST",
        target="/echo/resource-cached",
        query="param1=v1&a=1&a=2&e=%C3%A9+x",
        headers={
            "Authorization": "Bearer abc",
            "Content-Length": "3",
            "X-Twice": "1",
            "x-twice": "2",
        },
        body=b'{"name": "Ann", "encrpText": "kA=="}',
    )
    made.request.matched_parameters = {"place": "Oslo"}
    made.api = Api(id="echo;rev=2", display_name="Echo", path="echo")
    made.operation = Operation(
        id="get", api_id="echo", display_name="Get", method="GET", url_template="/r"
    )
    made.product = Product(id="starter", display_name="Starter", groups=("devs",))
    made.user = User(
        id="u1", first_name="Ann", last_name="Lee", email="a@b.c", groups=("devs",)
    )
    made.subscription = Subscription(id="s1", scope="/products/starter")
    made.subscription_key = "key1"
    made.response = response(
        200,
        b'{"current": 1, "x": 2}',
        **{"Cache-Control": "max-age=60", "location": "/l"},
    )
    made.last_error = LastError("configuration", "OperationNotFound", "No operation.")
    made.variables.update(variables)
    return made


FACTS = [
    ("context.Request.Method", "POST"),
    ("context.Request.Url.Host + context.Request.Url.Port", "backend.example8080"),
    (
        "context.Request.OriginalUrl.Host + context.Request.OriginalUrl.Port",
        "gate.example443",
    ),
    (
        "context.Request.OriginalUrl.Path + context.Request.OriginalUrl.QueryString.Length",
        "/echo/resource-cached29",
    ),
    ('context.Request.Url.Query.GetValueOrDefault("a", "")', "1,2"),
    ('context.Request.Url.Query["e"][0]', "é x"),
    ('context.Request.Url.Query.ContainsKey("A")', "True"),
    ('context.Request.Headers.GetValueOrDefault("x-TWICE")', "1,2"),
    ('context.Request.Headers["X-Twice"].Length', "2"),
    ('context.Request.Headers.TryGetValue("zz", out var v)', "False"),
    ("context.Request.Headers.Select(h => h.Key).Count()", "3"),
    (
        'string.Join("; ", context.Request.Headers.Select(h => string.Format("{0}={1}", h.Key, string.Join(",", h.Value))))',
        "Authorization=Bearer abc; Content-Length=3; X-Twice=1,2",
    ),
    ('context.Request.MatchedParameters["place"]', "Oslo"),
    ('context.Request.MatchedParameters.GetValueOrDefault("zz", "d")', "d"),
    ("context.Request.IpAddress", "203.0.113.9"),
    (
        "context.Api.Id + context.Api.Name + context.Api.Path + context.Api.Revision",
        "echoEchoecho1",
    ),
    ("context.Operation.Name + context.Operation.UrlTemplate", "Get/r"),
    ("context.Product.Name + context.Product.Id", "Starterstarter"),
    ("context.Subscription.Id + context.Subscription.Key", "s1key1"),
    ("context.Subscription.PrimaryKey == null", "True"),
    ("context.Subscription.SecondaryKey ?? context.Subscription.Key", "key1"),
    ("context.Workspace == null && context.GraphQL == null", "True"),
    ("context.Request.Foundry?.Deployment == null", "True"),
    ("context.Request.PrivateEndpointConnection == null", "True"),
    ("context.Deployment.SustainabilityInfo?.CurrentCarbonIntensity == null", "True"),
    ("context.Backend?.Type == null && context.Backend?.AzureRegion == null", "True"),
    ("context.User.Id + context.User.FirstName + context.User.Email", "u1Anna@b.c"),
    ('context.User.Groups.Any(g => g.Name == "Developers")', "True"),
    (
        "context.LastError.Source + context.LastError.Reason",
        "configurationOperationNotFound",
    ),
    ("context.Deployment.Region + context.Deployment.Gateway.Id", "West USmanaged"),
    ('context.Timestamp.ToString("s")', "2023-11-14T22:13:20"),
    ("context.Elapsed.TotalSeconds < 60", "True"),
    (
        'context.Response.StatusCode == 200 && context.Product.Name.Equals("Starter")',
        "True",
    ),
    ('context.Variables.ContainsKey("n") ? (int)context.Variables["n"] : 0', "7"),
    ('context.Variables.GetValueOrDefault("zz", "d")', "d"),
    ('context.Variables.GetValueOrDefault<int>("zz")', "0"),
    ('context.Variables["n"] + "!"', "7!"),
    ("context.Request.Body.AsFormUrlEncodedContent().Count", "1"),
]
AROUND = Surroundings(
    Clock(),
    Chance(),
    region="West US",
    groups={"devs": Group(id="devs", display_name="Developers")},
)


@pytest.mark.parametrize(("source", "expected"), FACTS)
def test_the_context_tells(source: str, expected: str) -> None:
    got = compiled(source).evaluate(called(n=7), AROUND)
    assert text('$"{context.Variables["got"]}"', called(got=got)) == expected


def test_a_noun_that_is_missing_is_null() -> None:
    source = (
        "context.User == null && context.Product == null && context.Response == null"
    )
    assert (
        value(source + " && context.Subscription == null && context.LastError == null")
        is True
    )
    with pytest.raises(EvaluationFailure, match="Object reference not set"):
        value("context.User.Id")
    assert value("context.User?.Id") is None


def test_a_variable_of_another_type_is_an_invalid_cast() -> None:
    with pytest.raises(EvaluationFailure) as caught:
        value('context.Variables.GetValueOrDefault<bool>("n")', called(n="true"))
    assert caught.value.kind == "InvalidCastException"
    with pytest.raises(EvaluationFailure, match="'zz' was not present"):
        value('context.Variables["zz"]')


def test_a_body_is_gone_once_it_was_taken() -> None:
    call = called()
    assert (
        value("context.Request.Body.As<string>(preserveContent: true).Length", call)
        == 36
    )
    assert value('(string)context.Request.Body.As<JObject>()["name"]', call) == "Ann"
    assert call.request.body.consumed
    assert value("context.Request.Body.As<string>()", call) is None


def test_a_request_without_a_body_has_null_there() -> None:
    call = exchange(body=b"")
    assert value("context.Request.Body == null", call) is True
    assert value('context.Request.Body?.As<string>() ?? "none"', call) == "none"
    with pytest.raises(EvaluationFailure, match="Object reference not set"):
        value("context.Request.Body.As<string>()", call)
    assert compiled("context.Request.Body != null").reads_request_body
    call = called()
    value("context.Request.Body.As<string>()", call)
    assert value("context.Request.Body != null", call) is True


def test_a_body_is_read_as_what_is_asked_for() -> None:
    call = exchange(body=b"<a><b>1</b></a>")
    assert (
        value('context.Request.Body.As<XElement>(true).Element("b").Value', call) == "1"
    )
    assert (
        value("context.Request.Body.As<XDocument>(true).Root.Name.LocalName", call)
        == "a"
    )
    assert value("context.Request.Body.As<byte[]>(true).Length", call) == 15


def test_a_token_is_read_without_being_believed() -> None:
    def part(data: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()

    token = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part({'sub': 'ann', 'aud': ['a', 'b'], 'exp': 1700000000, 'roles': ['r1', 'r2']})}.c2ln"
    call = exchange(headers={"Authorization": f"Bearer {token}"})
    head = 'context.Request.Headers.GetValueOrDefault("Authorization","")'
    assert value(f"{head}.AsJwt()?.Subject", call) == "ann"
    assert value(f'{head}.AsJwt().Claims["roles"].Contains("r2")', call) is True
    assert (
        value(f'{head}.AsJwt().Claims.GetValueOrDefault("roles", "")', call) == "r1,r2"
    )
    assert (
        text(f'{head}.AsJwt().ExpirationTime?.ToString("s")', call)
        == "2023-11-14T22:13:20"
    )
    assert value('"x.y".AsJwt() == null') is True
    assert read_jwt(f"{part([])}.{part({})}.x") is None


def test_certificates_are_compared_by_thumbprint() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "client")])
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(255)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    around = Surroundings(Clock(), Chance(), certificates={"c1": certificate})
    call = exchange()
    source = (
        "context.Deployment.Certificates.Any(c => c.Value.Thumbprint == "
        "context.Request.Certificate.Thumbprint) == true"
    )
    with pytest.raises(EvaluationFailure, match="Object reference"):
        compiled(source).evaluate(call, around)
    call.request.shown_certificate = lambda: certificate
    assert compiled(source).evaluate(call, around) is True
    shown = (
        "context.Request.Certificate.Subject + context.Request.Certificate.SerialNumber"
    )
    assert compiled(shown).evaluate(call, around) == "CN=clientFF"
    assert (
        compiled("context.Request.Certificate.Verify()").evaluate(call, around) is False
    )


@pytest.mark.parametrize(
    ("source", "request_body", "response_body", "variables", "constant"),
    [
        ("1 + 2", False, False, set(), True),
        ("context.Request.Body.As<string>()", True, False, set(), False),
        ("context.Response.Body.As<string>()", False, True, set(), False),
        ("context.Response.StatusCode", False, False, set(), False),
        (
            "var r = context.Response; return r.Body.As<string>();",
            False,
            True,
            set(),
            False,
        ),
        (
            '((IResponse)context.Variables["r"]).Body.As<string>()',
            False,
            False,
            {"r"},
            False,
        ),
        ('context.Variables["a" + context.Api.Id]', False, False, {"*"}, False),
        ("DateTime.UtcNow", False, False, set(), False),
        ("Guid.NewGuid()", False, False, set(), False),
    ],
)
def test_what_it_reads_is_known_beforehand(
    source: str,
    request_body: bool,
    response_body: bool,
    variables: set[str],
    constant: bool,
) -> None:
    made = compiled(source)
    assert made.reads_request_body is request_body
    assert made.reads_response_body is response_body
    assert made.variables == variables
    assert made.is_constant is constant


def test_a_variable_cannot_be_set_from_an_expression() -> None:
    with pytest.raises(Invalid) as caught:
        compiled('context.Variables["a"] = 1; return 1;')
    assert "set-variable" in caught.value.details[0].message


@pytest.mark.parametrize(
    "source",
    [
        '((BasicAuthCredentials)((object)"Basic YTpi".AsBasic())).UserId',
        '((StringBuilder)((object)new StringBuilder("a"))).ToString()',
        '((Regex)((object)new Regex("a"))).Match("xa").Value',
    ],
)
def test_what_was_kept_in_a_variable_is_cast_back(source: str) -> None:
    assert text(source) == "a"
