"""Policy documents and expressions that people use compile, and do what they say."""

# ruff: noqa: E501 - a line of a table is one case

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.expressions.evaluating import AROUND, compiled, exchange, response, value

from bramka.domain.errors import Invalid
from bramka.domain.traffic.exchange import Exchange, LastError
from bramka.domain.traffic.jwt import Jwt
from bramka.domain.traffic.policy_text import Element, Expression, Value, read
from bramka.domain.traffic.product import Product
from bramka.expressions import compile_expression, text_of
from bramka.expressions.values.json_text import read as read_json

FOLDER = Path(__file__).parent / "corpus"
NAMED = {"MyTrafficSplitApp_TrafficSplitWeight": "30"}
DAMAGED = {"Call_out_to", "Loopback_req", "Pre-authoriz"}
DOCUMENTS = sorted(path.name for path in FOLDER.glob("*.xml"))


def document(name: str) -> str:
    text = (FOLDER / name).read_text(encoding="utf-8-sig")
    for key, worth in NAMED.items():
        text = text.replace("{{" + key + "}}", worth)
    return text


def expressions_in(element: Element) -> list[Expression]:
    values: list[Value] = [*element.attributes.values(), element.text]
    found = [
        part for one in values for part in one.parts if isinstance(part, Expression)
    ]
    for child in element.children:
        found += expressions_in(child)
    return found


def compile_all(name: str) -> int:
    found = expressions_in(read(document(name)))
    for one in found:
        compile_expression(one.source, is_block=one.is_block, place=one.place)
    return len(found)


def is_damaged(name: str) -> bool:
    return any(name.startswith(start) for start in DAMAGED)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if not is_damaged(name)])
def test_every_expression_of_a_document_compiles(name: str) -> None:
    compile_all(name)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if is_damaged(name)])
def test_a_damaged_document_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        compile_all(name)
    assert "line " in caught.value.details[0].message


def test_the_corpus_is_whole() -> None:
    assert len(DOCUMENTS) == 30
    assert sum(compile_all(name) for name in DOCUMENTS if not is_damaged(name)) == 83


# --- the expressions people write most ------------------------------------------------


def call(**variables: Any) -> Exchange:
    made = exchange(
        target="/echo/resource-cached",
        query="param1=p",
        headers={"Authorization": "Bearer", "Content-Length": "9"},
        body=b'{"encrpText": "Z0x+8454yr2c7JwSWCOmOQ=="}',
    )
    made.request.matched_parameters = {"place": "Oslo"}
    made.response = response(
        200,
        b'{"current":1,"minutely":2,"hourly":3,"daily":4,"alerts":5,"lat":6}',
        **{"location": "/next", "Cache-Control": "public, max-age=60"},
    )
    made.product = Product(id="starter", display_name="Starter")
    made.last_error = LastError("configuration", "OperationNotFound", "")
    made.variables.update(variables)
    return made


def answered(body: str) -> Any:
    return response(202, body.encode())


WRITTEN: list[tuple[str, dict[str, Any], object]] = [
    ("true", {}, True),
    (
        'context.Request.Headers.GetValueOrDefault("Authorization","").Trim().Equals("Bearer")',
        {},
        True,
    ),
    ('!context.Request.Headers.ContainsKey("Authorization")', {}, False),
    ('context.Response.Headers["location"][0]', {}, "/next"),
    ('context.Request.Method != "GET" && context.Request.Method != "HEAD"', {}, False),
    (
        '"proto=" + context.Request.OriginalUrl.Scheme + ";host=" + context.Request.OriginalUrl.Host + ";"',
        {},
        "proto=https;host=gate.example;",
    ),
    (
        '"{{bff-baseurl}}/operation1?param1=" + context.Request.Url.Query.GetValueOrDefault("param1", "value1")',
        {},
        "{{bff-baseurl}}/operation1?param1=p",
    ),
    ('context.Request.MatchedParameters.GetValueOrDefault("place", "")', {}, "Oslo"),
    (
        '"Bearer " + (string)context.Variables["bearerToken"]',
        {"bearerToken": "t"},
        "Bearer t",
    ),
    (
        'context.Variables.GetValueOrDefault<bool>("is-eus-down")',
        {"is-eus-down": True},
        True,
    ),
    (
        '((IResponse)context.Variables["response"]).Body.As<JObject>()["status"].ToString()',
        {"response": answered('{"status": 403}')},
        "403",
    ),
    (
        '(int)((JObject)context.Variables["accessToken"])["expires_in"]',
        {"accessToken": read_json('{"expires_in": 60}')},
        60,
    ),
    (
        '((JObject)context.Variables["finalResponseData"]).SelectToken("body").ToString(Newtonsoft.Json.Formatting.None)',
        {"finalResponseData": read_json('{"body": [1, 2]}')},
        "[1,2]",
    ),
    ("context.Response != null && (context.Response.StatusCode == 404)", {}, False),
    (
        'context.Response.StatusCode == 200 && context.Product.Name.Equals("Starter")',
        {},
        True,
    ),
    (
        '"West US".Equals(context.Deployment.Region, StringComparison.OrdinalIgnoreCase)',
        {},
        True,
    ),
    ("context.Request.Body.As<string>(preserveContent: true).Length<256000", {}, True),
    (
        'int.Parse(context.Variables.GetValueOrDefault<string>("bodySize"))<256000',
        {"bodySize": "300000"},
        False,
    ),
    ("new Random(context.RequestId.GetHashCode()).Next(1, 3)", {}, 1),
    ("new System.Random().Next(1,100) <= 30", {}, True),
    (
        '"SAPPrincipal" + context.Request.Headers.GetValueOrDefault("Authorization","").AsJwt()?.Subject',
        {},
        "SAPPrincipal",
    ),
    (
        '$"{((IResponse)context.Variables["blobdata"]).Body.As<JObject>() }"',
        {"blobdata": answered('{"a":1}')},
        '{\n  "a": 1\n}',
    ),
    (
        'Convert.FromBase64String((string)context.Variables["keyVaultCertBase64"])',
        {"keyVaultCertBase64": "AQI="},
        bytearray(b"\x01\x02"),
    ),
    (
        'DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm:ssZ")',
        {},
        "2023-11-15T22:13:20Z",
    ),
    ('DateTime.UtcNow.ToString("R")', {}, "Tue, 14 Nov 2023 22:13:20 GMT"),
    (
        'context.LastError.Source == "configuration" && context.Request.OriginalUrl.Path == "/echo/resource-cached"',
        {},
        True,
    ),
    (
        'Regex.Match(context.Response.Headers.GetValueOrDefault("Cache-Control",""), @"max-age=(?<maxAge>\\d+)").Groups["maxAge"]?.Value',
        {},
        "60",
    ),
    (
        'context.Variables.ContainsKey("maxAge") ? int.Parse((string)context.Variables["maxAge"]) : 3600',
        {},
        3600,
    ),
    (
        'return new JObject(\n new JProperty("status", "HTTP 405"),\n new JProperty("message", "Method not allowed")\n).ToString();',
        {},
        '{\n  "status": "HTTP 405",\n  "message": "Method not allowed"\n}',
    ),
    (
        'var response = context.Response.Body.As<JObject>();\nforeach (var key in new [] {"current", "minutely", "hourly", "daily", "alerts"}) {\n response.Property (key).Remove ();\n}\nreturn response.ToString();',
        {},
        '{\n  "lat": 6\n}',
    ),
    (
        'var doc = XDocument.Parse(((IResponse)context.Variables["sendRequestResponse"]).Body.As<string>());\nvar obj = new JObject();\nobj["conditionValue"] = doc.Descendants().Where(r=>r.Name.LocalName == "conditionValue").First().Value;\nreturn obj.ToString(Newtonsoft.Json.Formatting.None);',
        {
            "sendRequestResponse": answered(
                "<a><conditionValue>yes</conditionValue></a>"
            )
        },
        '{"conditionValue":"yes"}',
    ),
    (
        'var jwt = (Jwt)context.Variables["valid-jwt"];\nvar permissions = jwt.Claims["permissions"];\nreturn Array.Exists(permissions, element => element == "sendEmail");',
        {"valid-jwt": Jwt(claims={"permissions": ("a", "sendEmail")})},
        True,
    ),
    (
        'System.Security.Cryptography.HMACSHA256 hasher = new System.Security.Cryptography.HMACSHA256(Convert.FromBase64String((string)context.Variables["accessKey"]));\nreturn Convert.ToBase64String(hasher.ComputeHash(System.Text.Encoding.UTF8.GetBytes((string)context.Variables["stringToSign"])));',
        {"accessKey": "a2V5", "stringToSign": "data"},
        "UDH+PZicbRU3oBP6bnOdojRj/a7DtwE32Cjjas4iG9A=",
    ),
    (
        'byte[] inBytes = Convert.FromBase64String(context.Request.Body.As<JObject>().SelectToken("encrpText").ToString());\nbyte[] IV = Convert.FromBase64String((string)context.Variables["IV"]);\nbyte[] key = Convert.FromBase64String((string)context.Variables["key"]);\nbyte[] decryptedBytes = inBytes.Decrypt("Aes", key, IV);\nreturn Encoding.UTF8.GetString(decryptedBytes);',
        {"IV": "AAAAAAAAAAAAAAAAAAAAAA==", "key": "MDEyMzQ1Njc4OWFiY2RlZg=="},
        "hello",
    ),
    (
        'var id = context.Variables["SAPOAuthClientID"];\nvar secret = context.Variables["SAPOAuthClientSecret"];\nreturn "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));',
        {"SAPOAuthClientID": "i", "SAPOAuthClientSecret": "s"},
        "Basic aTpz",
    ),
    (
        'string[] value;\nif (context.Request.Headers.TryGetValue("Authorization", out value))\n{\n if(value != null && value.Length > 0)\n {\n return Encoding.UTF8.GetString(Convert.FromBase64String("aGk="));\n }\n}\nreturn null;',
        {},
        "hi",
    ),
    (
        'var header = context.Response.Headers.GetValueOrDefault("Cache-Control","");\nvar maxAge = Regex.Match(header, @"max-age=(?<maxAge>\\d+)").Groups["maxAge"]?.Value;\nreturn (!string.IsNullOrEmpty(maxAge))?int.Parse(maxAge):300;',
        {},
        60,
    ),
]


@pytest.mark.parametrize(("source", "variables", "expected"), WRITTEN)
def test_an_expression_from_the_field_gives_what_it_should(
    source: str, variables: dict[str, Any], expected: object
) -> None:
    got = compiled(source).evaluate(call(**variables), AROUND)
    assert got == expected
    assert type(got) in (type(expected), str, int, bool)


# --- whole documents -------------------------------------------------------------------


def evaluated(name: str, made: Exchange) -> list[Any]:
    """What every expression of a document gives, in order."""
    return [
        compile_expression(one.source, is_block=one.is_block, place=one.place).evaluate(
            made, AROUND
        )
        for one in expressions_in(read(document(name)))
    ]


def test_the_correlation_id_is_a_guid() -> None:
    (got,) = evaluated("Add_correlation_id_to_inbound_request.policy.xml", exchange())
    assert str(UUID(got)) == got


def test_the_signed_token_holds_the_claims_of_its_author() -> None:
    (got,) = evaluated("Create_HMAC_SHA256-Signed_JWT.policy.xml", exchange())
    source = (
        'context.Variables.GetValueOrDefault<string>("t").AsJwt().Claims["username"][0]'
    )
    made = exchange()
    made.variables["t"] = got
    assert value(source, made) == "john_doe"


def test_the_reader_finds_the_nested_element() -> None:
    assert evaluated("Extract_value_from_XML.xml", exchange())[0] == "ABCDEF123456789"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.2.3:5000", "{{ipValidated}}"),
        ("8.8.8.8", "8.8.8.8"),
        ("172.31.0.1", "{{ipValidated}}"),
    ],
)
def test_an_address_is_looked_for_in_ranges(address: str, expected: str) -> None:
    name = next(item for item in DOCUMENTS if item.startswith("Filter_on_IP"))
    made = exchange(headers={"X-Forwarded-For": address})
    made.variables["originalXForwardedForValue"] = "x"
    assert evaluated(name, made)[1] == expected


def test_answers_of_several_operations_are_gathered() -> None:
    name = next(item for item in DOCUMENTS if item.startswith("Backend_for"))
    gather = next(e for e in expressions_in(read(document(name))) if e.is_block)
    made = exchange()
    for number in (1, 2, 3):
        made.variables[f"operation{number}"] = response(200, b'{"n": 1}')
    run = compile_expression(gather.source, is_block=True, place=gather.place)
    got = run.evaluate(made, AROUND)
    made.variables["got"] = got
    source = '((JObject)context.Variables["got"])'
    assert value(f'(int){source}["status"]', made) == 207
    assert value(f'{source}.SelectTokens("$.body[*].status").Count()', made) == 3
    assert "Multi Status" in text_of(got)
