"""Manage this service: what one call puts in front of a web service."""

from collections.abc import Iterator

import pytest
from tests.studio_rest.studio import Studio
from tests.studio_rest.test_experiment import REVIEWS, article, run

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.worker.laboratory import Laboratory
from bramka.domain.learning.endpoint import gateway_proof
from bramka.store import api, body_schema, named_value, operation, policy, product


@pytest.fixture(scope="module")
def laboratory(studio: Studio) -> Iterator[Laboratory]:
    working = Laboratory(studio.settings, studio.store, SystemClock(), SystemChance())
    working.start()
    yield working
    working.stop()


@pytest.fixture(scope="module")
def service(studio: Studio, laboratory: Laboratory) -> dict[str, str]:
    """A deployed service: its id and its endpoint's."""
    reviews = studio.dataset(REVIEWS, "Book Reviews", "GenericTSVNoHeader")
    done = run(studio, article(reviews))
    deployed = studio.post(f"/experiments/{done['ExperimentId']}/webservice")
    return {"id": deployed["WebServiceGroupId"], "endpoint": deployed["EndpointId"]}


def test_one_call_makes_api_operations_schemas_and_products(
    studio: Studio, service: dict[str, str]
) -> None:
    told = studio.post(f"/webservices/{service['id']}/manage", {"apiPath": "texts"})
    assert (told["ApiId"], told["Products"]) == ("texts", ["starter", "unlimited"])
    with studio.store.reading() as transaction:
        made = api.APIS.get(transaction, "texts").noun
        found = [each.noun for each in operation.of_api(transaction, "texts")]
        types = body_schema.API_SCHEMAS.get(transaction, "texts", "service").noun
        bundles = [
            product.PRODUCTS.get(transaction, name).noun.apis
            for name in ("starter", "unlimited")
        ]
    assert made.service_url == studio.settings.services_url
    assert [each.display_name for each in found] == [
        "RRS Execute",
        "BES Submit",
        "BES Start",
        "BES Status",
        "BES Delete",
    ]
    assert "input1Item" in types.document["definitions"]
    assert all("texts" in bundle for bundle in bundles)
    execute = found[0]
    defaults = {p.name: p.default_value for p in execute.template_parameters}
    assert defaults["service"] == service["endpoint"]
    assert execute.request is not None
    [body] = execute.request.representations
    assert (body.schema_id, body.type_name) == ("service", "ExecutionRequest")
    example = (body.examples or {})["default"]["value"]
    assert example["Inputs"]["input1"] == {
        "ColumnNames": ["Col2"],
        "Values": [["This is a good day"]],
    }


def test_the_key_is_added_by_policy_and_follows_a_new_one(
    studio: Studio, service: dict[str, str]
) -> None:
    key = f"service-key-{service['endpoint']}"
    body = {"ApiPath": "keyless", "AddServiceKey": True, "Products": ["unlimited"]}
    told = studio.post(f"/webservices/{service['id']}/manage", body)
    assert told["NamedValues"] == [f"service-proof-{service['endpoint']}", key]
    base = f"/workspaces/{studio.workspace}/webservices/{service['id']}"
    endpoint = f"{base}/endpoints/default"
    new = studio.client.post(f"{endpoint}/keys", json={"Key": "primary"}).json()
    with studio.store.reading() as transaction:
        kept = named_value.NAMED_VALUES.get(transaction, key).noun
        proof = named_value.NAMED_VALUES.get(transaction, told["NamedValues"][0]).noun
        text = policy.POLICIES.get(transaction, "apis/keyless").noun.text
        pepper = transaction.vault.pepper
    assert (kept.value, kept.secret) == (new["PrimaryKey"], True)
    assert proof.value == gateway_proof(pepper, service["endpoint"])
    assert "Bearer {{" + key + "}}" in text
    assert new["PrimaryKey"] not in text


def test_managing_again_renews_and_never_takes_anothers_api(
    studio: Studio, service: dict[str, str]
) -> None:
    path = f"/webservices/{service['id']}/manage"
    again = {"apiPath": "again", "products": []}
    assert studio.post(path, again) == studio.post(path, again)
    base = f"/workspaces/{studio.workspace}/webservices/{service['id']}"
    assert studio.client.put(f"{base}/endpoints/two", json={}).is_success
    taken = studio.call("POST", path, {**again, "endpoint": "two"})
    assert taken.status_code == 409
    wrong = studio.call("POST", path, {"apiPth": "x"})
    assert wrong.status_code == 400
    assert "apiPth" in wrong.json()["error"]["message"]
    with studio.other() as other:
        assert other.call("POST", path, {}).status_code == 404
