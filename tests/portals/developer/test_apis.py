"""APIs, their operations and products, as each reader may see them."""

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.portals.developer.face import Face

from bramka.domain.traffic.body_type import BodyTypes, example_of
from bramka.domain.traffic.schema import ApiSchema

OPENAPI = "application/vnd.oai.openapi.components+json"


def publish_three(face: Face) -> None:
    """One API for developers, one for guests, one that is in no published product."""
    face.publish_product("inner", "developers")
    face.publish_product("outer", "developers", "guests", subscriptionRequired=False)
    face.publish_product("draft", "developers", "guests", state="notPublished")
    face.publish_api("alpha", "inner")
    face.publish_api("beta", "outer")
    face.publish_api("gamma", "draft")
    face.publish_api("delta")


def test_each_group_sees_the_apis_of_its_products(each_face: Face) -> None:
    face = each_face
    publish_three(face)
    face.join("ann")
    face.join("eve", "suspects")
    assert face.ids("/apis") == ["beta"]
    assert face.ids("/apis", "ann") == ["alpha", "beta"]
    assert face.ids("/apis", "eve") == []


def test_administrators_look_at_products_before_they_are_published(face: Face) -> None:
    publish_three(face)
    face.join("root", "administrators")
    assert face.ids("/apis", "root") == ["alpha", "beta", "gamma"]
    assert face.get("/products/draft", "root")["reason"] == "NotPublished"


def test_a_product_tells_what_its_apis_are_for(face: Face) -> None:
    face.publish_product("inner", "developers")
    face.publish_api("beta", "inner")
    face.publish_api("alpha", "inner", description="Counts words.")
    face.join("ann")
    held = face.get("/products/inner", "ann")["apis"]
    assert held == [
        {"id": "alpha", "name": "alpha", "description": "Counts words."},
        {"id": "beta", "name": "beta", "description": None},
    ]


def test_what_a_reader_does_not_see_is_not_there(face: Face) -> None:
    publish_three(face)
    for tail in ("", "/operations", "/openapi", "/issues"):
        for hidden in ("alpha", "gamma", "delta", "nobody"):
            answer = face.call("GET", f"/apis/{hidden}{tail}")
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "ResourceNotFound"
        assert face.call("GET", f"/apis/beta{tail}").status_code == 200
    assert face.call("GET", "/products/inner").status_code == 404


def test_lists_are_paged_and_link_to_the_rest(face: Face) -> None:
    face.publish_product("outer", "guests")
    for name in ("c", "a", "e", "b", "d"):
        face.publish_api(name, "outer")
    first = face.get("/apis", top="2")
    assert ([one["id"] for one in first["value"]], first["count"]) == (["a", "b"], 5)
    rest = face.client.get(first["nextLink"]).json()
    assert [one["id"] for one in rest["value"]] == ["c", "d"]
    assert "nextLink" not in face.get("/apis", top="2", skip="4")
    for wrong in ({"top": "0"}, {"top": "x"}, {"skip": "-1"}, {"top": "99999"}):
        assert face.call("GET", "/apis", params=wrong).status_code == 400


def test_apis_are_searched_by_text_and_tag(each_face: Face) -> None:
    face = each_face
    face.publish_product("outer", "guests")
    face.publish_api("alpha", "outer", description="Speaks of 100% Weather")
    face.publish_api("beta", "outer")
    face.publish("/tags/sky", {"displayName": "Sky & sea"})
    face.publish("/apis/beta/tags/sky")
    assert face.ids("/apis", search="WEATHER") == ["alpha"]
    assert face.ids("/apis", search="0% w") == ["alpha"]
    assert face.ids("/apis", search="%") == ["alpha"]
    assert face.ids("/apis", tag="sky") == ["beta"]
    assert face.ids("/apis", tag="Sky & sea") == ["beta"]
    tags = face.get("/tags")["value"]
    assert tags == [{"id": "sky", "name": "Sky & sea", "count": 1}]


def test_tags_of_apis_that_are_not_seen_are_not_told(face: Face) -> None:
    publish_three(face)
    face.publish("/tags/secret", {"displayName": "Secret"})
    face.publish("/apis/alpha/tags/secret")
    assert face.get("/tags")["value"] == []


def test_an_api_tells_its_address_versions_and_changes(face: Face) -> None:
    face.publish_product("outer", "guests")
    scheme = {"displayName": "Echo", "versioningScheme": "Segment"}
    face.publish("/apiVersionSets/echo", scheme)
    for version in ("v1", "v2"):
        more = {"apiVersion": version, "apiVersionSetId": "/apiVersionSets/echo"}
        face.publish(
            f"/apis/echo-{version}", {"displayName": "Echo", "path": "echo", **more}
        )
        face.publish(f"/products/outer/apis/echo-{version}")
    face.publish(
        "/apis/echo-v1;rev=2", {"apiRevision": "2", "sourceApiId": "/apis/echo-v1"}
    )
    release = {"apiId": "/apis/echo-v1;rev=2", "notes": "Louder"}
    face.publish("/apis/echo-v1/releases/one", release)
    told = face.get("/apis/echo-v1")
    assert told["urls"] == [f"{face.settings.gateway_url}/echo/v1"]
    document = face.get("/apis/echo-v1/openapi")
    assert document["servers"] == [{"url": told["urls"][0]}]
    assert told["versionSet"] == {"id": "echo", "name": "Echo", "scheme": "Segment"}
    assert [one["version"] for one in told["versions"]] == ["v1", "v2"]
    assert [(one["revision"], one["notes"]) for one in told["changeLog"]] == [
        ("2", "Louder")
    ]
    assert told["revision"] == "2"
    assert told["keyNames"]["header"] == "Ocp-Apim-Subscription-Key"
    assert told["products"] == [{"id": "outer", "name": "outer"}]


def publish_typed(face: Face) -> None:
    face.publish_product("outer", "guests")
    face.publish_api("typed", "outer")
    node = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer", "minimum": 3},
            "next": {"$ref": "#/components/schemas/Node"},
        },
    }
    face.publish(
        "/apis/typed/schemas/imported",
        {
            "contentType": OPENAPI,
            "document": {"components": {"schemas": {"Node": node}}},
        },
    )
    body = {
        "contentType": "application/json",
        "schemaId": "imported",
        "typeName": "Node",
    }
    said = {
        "contentType": "application/json",
        "examples": {"one": {"value": {"said": 1}}},
    }
    form = {
        "contentType": "application/x-www-form-urlencoded",
        "formParameters": [{"name": "size", "type": "integer", "required": True}],
    }
    face.publish(
        "/apis/typed/operations/send",
        {
            "displayName": "Send it",
            "method": "POST",
            "urlTemplate": "/send/{to}",
            "templateParameters": [{"name": "to", "type": "string", "required": True}],
            "request": {"representations": [body, said, form]},
            "responses": [{"statusCode": 200, "representations": [body]}],
        },
    )


def test_operations_write_types_out_and_make_up_examples(face: Face) -> None:
    publish_typed(face)
    (told,) = face.get("/apis/typed/operations")["value"]
    made, given, form = told["request"]["representations"]
    inner = made["schema"]["properties"]["next"]
    # Written out once; inside itself only its name stands.
    assert inner == {"title": "Node", "type": "object"}
    assert made["example"] == {"name": "text", "size": 3, "next": {}}
    assert (given["example"], given["schema"]) == ({"said": 1}, None)
    assert form["schema"]["required"] == ["size"]
    assert told["templateParameters"][0]["name"] == "to"
    assert told["responses"][0]["representations"][0]["schema"]["title"] == "Node"
    assert face.ids("/apis/typed/operations", search="SEND") == ["send"]
    assert face.ids("/apis/typed/operations", search="nothing") == []


def test_documents_are_downloaded_as_files(face: Face) -> None:
    publish_typed(face)
    answer = face.call("GET", "/apis/typed/openapi")
    assert answer.headers["content-disposition"] == 'attachment; filename="typed.json"'
    assert (
        json.loads(answer.text)["paths"]["/send/{to}"]["post"]["summary"] == "Send it"
    )
    answer = face.call("GET", "/apis/typed/openapi", params={"format": "yaml"})
    assert yaml.safe_load(answer.text)["openapi"].startswith("3.")
    wrong = face.call("GET", "/apis/typed/openapi", params={"format": "exe"})
    assert wrong.status_code == 400


_NAMES = st.sampled_from(["A", "B", "C"])
_TYPES = st.recursive(
    st.one_of(
        _NAMES.map(lambda name: {"$ref": f"#/components/schemas/{name}"}),
        st.sampled_from([{"type": "string"}, {"type": "integer"}, {}, True]),
    ),
    lambda inner: st.one_of(
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(
            lambda found: {"type": "object", "properties": found}
        ),
        inner.map(lambda one: {"type": "array", "items": one, "minItems": 9**9}),
        st.lists(inner, max_size=3).map(lambda found: {"allOf": found}),
        st.lists(inner, max_size=3).map(lambda found: {"oneOf": found}),
    ),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"A": _TYPES, "B": _TYPES, "C": _TYPES}))
def test_no_types_are_written_out_for_ever(types: dict[str, Any]) -> None:
    document = {"components": {"schemas": types}}
    schema = ApiSchema(api_id="x", id="y", content_type=OPENAPI, document=document)
    found = BodyTypes([schema]).resolved("A")
    assert found == BodyTypes([schema]).resolved("A")
    assert len(json.dumps(found)) < 2_000_000
    assert example_of(found) == example_of(found)
