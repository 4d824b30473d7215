"""Documents become APIs and come back as documents."""

import json
from typing import Any

import pytest
from tests.management.console import Console
from tests.scoring.published import SERVICE, answered, front_of, request

from bramka.app.console.fetching import guarded_fetch
from bramka.domain.errors import Invalid

PETSTORE: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {
        "title": "Petstore",
        "version": "1.0.0",
        "description": "Pets and who owns them",
        "contact": {"name": "Pat", "email": "pat@example.com"},
        "license": {"name": "MIT"},
    },
    "servers": [
        {"url": "http://pets.example.com/v1"},
        {"url": "https://pets.example.com/v1"},
    ],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "summary": "List all pets",
                "parameters": [
                    {
                        "name": "limit",
                        "in": "query",
                        "schema": {"type": "integer", "format": "int32", "maximum": 9},
                    },
                    {
                        "name": "kind",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "string", "enum": ["cat", "dog"]},
                    },
                ],
                "responses": {
                    "200": {
                        "description": "Some pets",
                        "headers": {"x-next": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Pets"}
                            }
                        },
                    }
                },
            },
            "post": {
                "summary": "Make a pet",
                "requestBody": {
                    "description": "The pet",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Pet"},
                            "examples": {"one": {"value": {"id": 1, "name": "Rex"}}},
                        }
                    },
                },
                "responses": {"201": {"description": "Made"}},
            },
        },
        "/pets/{petId}": {
            "parameters": [{"$ref": "#/components/parameters/petId"}],
            "get": {
                "operationId": "Show Pet! By-Id",
                "responses": {
                    "200": {
                        "description": "The pet",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"id": {"type": "integer"}},
                                }
                            }
                        },
                    }
                },
            },
        },
    },
    "components": {
        "parameters": {
            "petId": {
                "name": "petId",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
            }
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer"},
                    "friend": {"$ref": "#/components/schemas/Pet"},
                },
            },
            "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
        },
    },
}


def put(console: Console, name: str, text: str, form: str, **more: str) -> Any:
    given = {"path": name, "format": form, "value": text, **more}
    return console.call("PUT", f"/apis/{name}", given)


def put_document(console: Console, name: str, document: dict[str, Any]) -> None:
    answer = put(console, name, json.dumps(document), "openapi+json")
    assert answer.status_code == 201, answer.text


def operations_of(console: Console, name: str) -> dict[str, Any]:
    query = {"$top": "1000"}
    listed = console.call("GET", f"/apis/{name}/operations", query=query).json()
    return {one["name"]: one["properties"] for one in listed["value"]}


def exported(console: Console, name: str, form: str) -> str:
    query = {"export": "true", "format": f"{form}-link"}
    told = console.call("GET", f"/apis/{name}", query=query).json()
    answer = console.client.get(_here(console, told["value"]["link"]))
    assert answer.status_code == 200, answer.text
    return answer.text


def _here(console: Console, link: str) -> str:
    """The link at the socket of the test; settings name another port."""
    return console.url + "/exports/" + link.partition("/exports/")[2]


def test_a_document_becomes_an_api_with_operations(console: Console) -> None:
    put_document(console, "pets", PETSTORE)
    api = console.call("GET", "/apis/pets").json()["properties"]
    assert api["displayName"] == "Petstore"
    assert api["serviceUrl"] == "https://pets.example.com/v1"
    assert api["contact"]["email"] == "pat@example.com"
    found = operations_of(console, "pets")
    assert set(found) == {"listpets", "post-pets", "show-pet-by-id"}
    assert found["listpets"]["urlTemplate"] == "/pets?kind={kind}"
    assert found["listpets"]["templateParameters"][0]["values"] == ["cat", "dog"]
    limit = found["listpets"]["request"]["queryParameters"][0]
    assert (limit["name"], limit["type"]) == ("limit", "integer")
    assert found["show-pet-by-id"]["templateParameters"][0]["name"] == "petId"
    schema = console.call("GET", "/apis/pets/schemas/imported").json()["properties"]
    kept = schema["document"]["components"]["schemas"]
    assert kept["Pet"] == PETSTORE["components"]["schemas"]["Pet"]
    assert "limitParameter" in kept


@pytest.mark.parametrize("form", ["openapi", "openapi+json", "swagger"])
def test_what_is_exported_is_imported_as_the_same(console: Console, form: str) -> None:
    document = json.loads(json.dumps(PETSTORE))
    if form == "swagger":
        # Version 2.0 has no place for these.
        body = document["paths"]["/pets"]["post"]["requestBody"]
        del body["content"]["application/json"]["examples"]
    put_document(console, "pets", document)
    text = exported(console, "pets", form)
    read = {"openapi": "openapi", "swagger": "swagger-json"}.get(form, form)
    assert put(console, "again", text, read).status_code == 201
    assert operations_of(console, "again") == operations_of(console, "pets")
    assert exported(console, "again", "openapi").replace("again", "pets") == exported(
        console, "pets", "openapi"
    )


def test_required_parameters_can_stay_in_the_query(console: Console) -> None:
    text = json.dumps(PETSTORE)
    more = {"translateRequiredQueryParameters": "query"}
    put(console, "pets", text, "openapi+json", **more)
    assert operations_of(console, "pets")["listpets"]["urlTemplate"] == "/pets"


def test_an_import_keeps_policies_and_drops_what_is_gone(console: Console) -> None:
    put_document(console, "pets", PETSTORE)
    policy = {"value": "<policies><inbound><base /></inbound></policies>"}
    path = "/apis/pets/operations/{}/policies/policy"
    for name in ("listpets", "post-pets"):
        made = console.call("PUT", path.format(name), policy)
        assert made.status_code == 201, made.text
    changed = json.loads(json.dumps(PETSTORE))
    del changed["paths"]["/pets/{petId}"]
    changed["paths"]["/pets"]["post"]["operationId"] = "makePet"
    assert put(console, "pets", json.dumps(changed), "openapi").status_code == 200
    assert set(operations_of(console, "pets")) == {"listpets", "makepet"}
    for name in ("listpets", "makepet"):
        assert console.call("GET", path.format(name)).status_code == 200


def test_six_hundred_operations_come_and_go_without_loss(console: Console) -> None:
    paths = {
        f"/things{number}/{{id}}": {
            "get": {
                "operationId": f"get{number}",
                "parameters": [
                    {
                        "name": "id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"200": {"description": f"Thing {number}"}},
            }
        }
        for number in range(600)
    }
    document = {"openapi": "3.1.0", "info": {"title": "Big"}, "paths": paths}
    put_document(console, "big", document)
    text = exported(console, "big", "openapi+json")
    written = json.loads(text)["paths"]
    assert written.keys() == paths.keys()
    assert put(console, "again", text, "openapi+json").status_code == 201
    found = operations_of(console, "big")
    assert len(found) == 600
    assert operations_of(console, "again") == found


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("openapi",), "4.0", "#"),
        (("paths",), [], "#/paths"),
        (("paths", "/pets", "get", "parameters"), [{"in": "query"}], "/parameters/0"),
        (("paths", "/pets", "get", "parameters"), [{"$ref": "#/no"}], "/parameters/0"),
        (("paths", "/pets", "get", "parameters"), [{"$ref": "x.yaml#/a"}], "/0"),
        (("paths", "/pets", "get"), 1, "#/paths/~1pets/get"),
        (("paths", "pets"), {"get": {}}, "#/paths/pets"),
        (("paths", "/a/{x}/{x}"), {"get": {}}, "value"),
    ],
)
def test_a_bad_document_is_refused_with_a_pointer(
    console: Console, path: tuple[str, ...], value: object, pointer: str
) -> None:
    document = json.loads(json.dumps(PETSTORE))
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    answer = put(console, "pets", json.dumps(document), "openapi+json")
    assert answer.status_code == 400
    assert answer.json()["error"]["target"].endswith(pointer)
    assert console.call("GET", "/apis/pets").status_code == 404


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [1]\nb: *a",
        "{",
        "openapi: [",
        "a: " + "[" * 5000,
        "!!python/object/apply:os.system [true]",
    ],
)
def test_traps_in_documents_are_refused(console: Console, text: str) -> None:
    assert put(console, "pets", text, "openapi").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "http://[::1]/",
        "http://0x7f000001/",
        "file:///etc/passwd",
        "http://10.0.0.1/",
        "gopher://x",
        "http://user@example.com/",
    ],
)
def test_links_lead_to_no_inner_address(console: Console, address: str) -> None:
    answer = put(console, "pets", address, "openapi-link")
    assert answer.status_code == 400
    assert answer.json()["error"]["target"] == "value"


def test_a_link_of_ours_works_for_those_who_got_it(console: Console) -> None:
    put_document(console, "pets", PETSTORE)
    put_document(console, "other", PETSTORE | {"paths": {}})
    query = {"export": "true", "format": "openapi-link"}
    told = console.call("GET", "/apis/pets", query=query).json()
    link = _here(console, told["value"]["link"])
    for forged in (
        link.replace("pets", "other"),
        link.replace("expires=1", "expires=2"),
        link[:-1],
    ):
        assert console.client.get(forged).status_code == 403


WADL = """<application xmlns="http://wadl.dev.java.net/2009/02">
<doc title="News"/><resources base="https://news.example.com/v1">
<resource path="search/{topic}"><param name="topic" style="template" type="xs:string"/>
<method name="GET" id="find"><request>
<param name="limit" style="query" type="xs:int" required="true"/></request>
<response status="200"><representation mediaType="application/json"/></response>
</method></resource></resources></application>"""

WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t"
 xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" targetNamespace="urn:t">
<types><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/></types>
<binding name="B" type="t:P"><soap:binding style="document"
 transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="Add"><soap:operation soapAction="urn:t/Add"/></operation></binding>
<service name="Sums"><port name="S" binding="t:B">
<soap:address location="http://sums.example.com/s"/></port></service></definitions>"""


def test_wadl_becomes_operations(console: Console) -> None:
    assert put(console, "news", WADL, "wadl-xml").status_code == 201
    found = operations_of(console, "news")["find"]
    assert found["urlTemplate"] == "/search/{topic}"
    assert found["request"]["queryParameters"][0]["type"] == "int"


def test_wsdl_becomes_actions_that_are_passed_on(console: Console) -> None:
    assert put(console, "sums", WSDL, "wsdl").status_code == 201
    api = console.call("GET", "/apis/sums").json()["properties"]
    assert (api["type"], api["serviceUrl"]) == ("soap", "http://sums.example.com/s")
    found = operations_of(console, "sums")["add"]
    assert (found["method"], found["urlTemplate"]) == ("POST", "/?soapAction=urn:t/Add")


@pytest.mark.parametrize(
    ("form", "text"), [("wadl-xml", WADL), ("wsdl", WSDL)], ids=["wadl", "wsdl"]
)
def test_what_came_as_xml_is_exported_as_that(
    form: str, text: str, console: Console
) -> None:
    put(console, "one", text, form)
    document = exported(console, "one", form.partition("-")[0])
    assert put(console, "two", document, form).status_code == 201
    assert operations_of(console, "two") == operations_of(console, "one")
    api = console.call("GET", "/apis/two").json()["properties"]
    assert api["serviceUrl"].endswith("/one"), "it leads to the gateway"


def test_what_no_such_document_tells_is_refused(console: Console) -> None:
    put(console, "sums", WSDL, "wsdl")
    console.call("PUT", "/apis/plain", {"displayName": "\u0001", "path": "plain"})
    for name, kind, status in (
        ("sums", "wadl", 400),
        ("plain", "wsdl", 400),
        ("plain", "wadl", 200),
    ):
        query = {"export": "true", "format": f"{kind}-link"}
        answer = console.call("GET", f"/apis/{name}", query=query)
        assert answer.status_code == status
        if status == 400:
            assert answer.json()["error"]["code"] == "NotSupported"


def test_xml_with_a_document_type_is_refused(console: Console) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb">]>' + WADL
    assert put(console, "news", bomb, "wadl-xml").status_code == 400


def swagger_of_a_service() -> str:
    """What the services say of a published web service."""
    path = f"{SERVICE}/swagger.json"
    asked = request(b"", method="GET", path=path, query="", authorization=None)
    return answered(front_of(None), asked).body.decode()


def test_our_own_services_are_imported_without_loss(console: Console) -> None:
    text = swagger_of_a_service()
    assert put(console, "mine", text, "swagger-json").status_code == 201
    found = operations_of(console, "mine")
    paths = json.loads(text)["paths"]
    assert len(found) == sum(len(item) for item in paths.values())
    again = exported(console, "mine", "swagger")
    assert put(console, "again", again, "swagger-json").status_code == 201
    assert operations_of(console, "again") == found


def test_only_the_address_that_is_ours_may_be_an_inner_one(console: Console) -> None:
    own = guarded_fetch(console.url)
    assert json.loads(own(f"{console.url}/health")) == {"status": "ok"}
    with pytest.raises(Invalid, match="answered 404"):
        own(f"{console.url}/nothing")
    with pytest.raises(Invalid, match="private"):
        guarded_fetch("http://127.0.0.1:1")(f"{console.url}/health")


def test_an_address_with_other_letters_is_refused_with_what_to_do() -> None:
    for address in ("http://①②⑦.0.0.1/", "https://example.com/żółw.json"):
        with pytest.raises(Invalid, match="%C3%B3"):
            guarded_fetch("http://127.0.0.1:1")(address)


def test_what_stands_in_two_places_is_exported_without_aliases(
    console: Console,
) -> None:
    filters = {"name": "f", "in": "query", "content": {"application/json": {}}}
    answers = {"200": {"description": "Pets"}}
    document = PETSTORE | {
        "paths": {"/pets": {"get": {"parameters": [filters], "responses": answers}}}
    }
    put_document(console, "pets", document)
    text = exported(console, "pets", "openapi")
    assert put(console, "again", text, "openapi").status_code == 201
    assert operations_of(console, "again") == operations_of(console, "pets")
