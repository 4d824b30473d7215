"""The cloud's own client drives us; nobody here wrote it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.apimanagement import ApiManagementClient, models
from tests.databases import DEMO
from tests.management.console import Console

from bramka.domain.traffic.usage import Batch, Row

AT = (DEMO.resource_group, DEMO.name)
Sdk = Any
"""The client; its generated types say that everything may be None."""
ALWAYS = "timestamp ge datetime'2000-01-01T00:00:00'"


@pytest.fixture
def sdk(console: Console) -> Iterator[Sdk]:
    credential: Any = AzureKeyCredential(console.token)
    with ApiManagementClient(
        credential=credential,
        subscription_id=DEMO.subscription_id,
        base_url=console.url,
        # A token over plain HTTP: the client's own policy insists on TLS.
        authentication_policy=AzureKeyCredentialPolicy(
            credential, "Authorization", prefix="Bearer"
        ),
        polling_interval=0,
    ) as client:
        yield client


def make_echo(sdk: Sdk) -> None:
    wanted = models.ApiCreateOrUpdateParameter(
        display_name="Echo API",
        path="echo",
        service_url="http://127.0.0.1:1",
        protocols=["http", "https"],
    )
    sdk.api.begin_create_or_update(*AT, "echo", wanted).result()


def test_the_instance_is_found_and_described(sdk: Sdk) -> None:
    (found,) = sdk.api_management_service.list_by_resource_group(DEMO.resource_group)
    assert found.id == sdk.api_management_service.get(*AT).id
    assert found.publisher_email == DEMO.publisher_email
    change = models.ApiManagementServiceUpdateParameters(publisher_name="Readers")
    changed = sdk.api_management_service.begin_update(*AT, change).result()
    assert changed.publisher_name == "Readers"


def test_an_api_goes_from_put_to_delete(sdk: Sdk) -> None:
    make_echo(sdk)
    found = sdk.api.get(*AT, "echo")
    assert (found.display_name, found.protocols) == ("Echo API", ["http", "https"])
    assert sdk.api.get_entity_tag(*AT, "echo")
    update = models.ApiUpdateContract(description="Says it again")
    changed = sdk.api.update(*AT, "echo", "*", update)
    assert (changed.description, changed.path) == ("Says it again", "echo")
    sdk.api.begin_delete(*AT, "echo", "*").result()
    with pytest.raises(ResourceNotFoundError):
        sdk.api.get(*AT, "echo")


def test_operations_stand_under_their_api(sdk: Sdk) -> None:
    make_echo(sdk)
    wanted = models.OperationContract(
        display_name="Read",
        method="GET",
        url_template="/things/{id}",
        template_parameters=[
            models.ParameterContract(name="id", type="string", required=True)
        ],
        responses=[models.ResponseContract(status_code=200, description="The thing")],
    )
    sdk.api_operation.create_or_update(*AT, "echo", "read", wanted)
    (found,) = sdk.api_operation.list_by_api(*AT, "echo")
    assert found.responses[0].description == "The thing"
    assert found.template_parameters[0].name == "id"
    sdk.api_operation.delete(*AT, "echo", "read", "*")
    assert not list(sdk.api_operation.list_by_api(*AT, "echo"))


def test_a_version_set_stays_while_an_api_uses_it(sdk: Sdk) -> None:
    wanted = models.ApiVersionSetContract(
        display_name="Echo", versioning_scheme="Segment"
    )
    made = sdk.api_version_set.create_or_update(*AT, "echo", wanted)
    api = models.ApiCreateOrUpdateParameter(
        display_name="Echo", path="echo", api_version="v1", api_version_set_id=made.id
    )
    found = sdk.api.begin_create_or_update(*AT, "echo-v1", api).result()
    assert found.api_version_set_id == made.id
    with pytest.raises(HttpResponseError, match="used by API 'echo-v1'"):
        sdk.api_version_set.delete(*AT, "echo", "*")
    sdk.api.begin_delete(*AT, "echo-v1", "*").result()
    sdk.api_version_set.delete(*AT, "echo", "*")


def test_products_bundle_apis_for_groups(sdk: Sdk) -> None:
    make_echo(sdk)
    sdk.product_api.create_or_update(*AT, "starter", "echo")
    assert sdk.product_api.check_entity_exists(*AT, "starter", "echo")
    assert [api.name for api in sdk.product_api.list_by_product(*AT, "starter")] == [
        "echo"
    ]
    assert [one.name for one in sdk.api_product.list_by_apis(*AT, "echo")] == [
        "starter"
    ]
    groups = sdk.product_group.list_by_product(*AT, "starter")
    everybody = ["administrators", "developers", "guests"]
    assert [group.name for group in groups] == everybody
    sdk.product_group.delete(*AT, "starter", "developers")
    sdk.product_api.delete(*AT, "starter", "echo")
    with pytest.raises(ResourceNotFoundError):
        sdk.product_api.check_entity_exists(*AT, "starter", "echo")


def test_a_new_product_is_unpublished_and_seen_by_administrators(
    sdk: Sdk,
) -> None:
    wanted = models.ProductContract(display_name="Gold", subscriptions_limit=3)
    made = sdk.product.create_or_update(*AT, "gold", wanted)
    assert (made.state, made.subscription_required) == ("notPublished", True)
    (group,) = sdk.product_group.list_by_product(*AT, "gold")
    assert group.name == "administrators"


def make_subscriber(sdk: Sdk) -> Any:
    person = models.UserCreateParameters(
        email="dev@example.com",
        first_name="Dev",
        last_name="Eloper",
        password="pass-word",
    )
    sdk.user.create_or_update(*AT, "dev", person)
    wanted = models.SubscriptionCreateParameters(
        scope="/products/starter", display_name="Mine", owner_id="/users/dev"
    )
    return sdk.subscription.create_or_update(*AT, "mine", wanted)


def test_a_subscription_is_approved_and_its_keys_rotated(
    sdk: Sdk,
) -> None:
    made = make_subscriber(sdk)
    assert made.state == "submitted"
    assert made.primary_key is None
    assert made.scope.endswith(f"/service/{DEMO.name}/products/starter")
    assert made.owner_id.endswith(f"/service/{DEMO.name}/users/dev")
    change = models.SubscriptionUpdateParameters(state="active")
    assert sdk.subscription.update(*AT, "mine", "*", change).start_date is not None
    before = sdk.subscription.list_secrets(*AT, "mine")
    sdk.subscription.regenerate_primary_key(*AT, "mine")
    after = sdk.subscription.list_secrets(*AT, "mine")
    assert after.primary_key != before.primary_key
    assert after.secondary_key == before.secondary_key
    assert [one.name for one in sdk.product_subscriptions.list(*AT, "starter")] == [
        "mine"
    ]
    assert [one.name for one in sdk.user_subscription.list(*AT, "dev")] == ["mine"]


def test_people_join_groups(sdk: Sdk) -> None:
    make_subscriber(sdk)
    wanted = models.GroupCreateParameters(display_name="Readers")
    assert sdk.group.create_or_update(*AT, "readers", wanted).built_in is False
    assert not sdk.group_user.check_entity_exists(*AT, "readers", "dev")
    sdk.group_user.create(*AT, "readers", "dev")
    assert sdk.group_user.check_entity_exists(*AT, "readers", "dev")
    assert [user.name for user in sdk.group_user.list(*AT, "readers")] == ["dev"]
    assert {group.name for group in sdk.user_group.list(*AT, "dev")} == {
        "developers",
        "readers",
    }
    sdk.group.delete(*AT, "readers", "*")
    assert {group.name for group in sdk.user_group.list(*AT, "dev")} == {"developers"}


def test_deleting_a_user_with_subscriptions_needs_the_flag(
    sdk: Sdk,
) -> None:
    make_subscriber(sdk)
    with pytest.raises(HttpResponseError, match="deleteSubscriptions=true"):
        sdk.user.begin_delete(*AT, "dev", "*")
    sdk.user.begin_delete(*AT, "dev", "*", delete_subscriptions=True).result()
    assert [one.name for one in sdk.subscription.list(*AT)] == ["master"]


POLICY = "<policies><inbound><base />{}</inbound></policies>"
HEADER = '<set-header name="x"><value>1</value></set-header>'


def test_policies_stand_at_four_scopes(sdk: Sdk) -> None:
    make_echo(sdk)
    operation = models.OperationContract(
        display_name="All", method="GET", url_template="/*"
    )
    sdk.api_operation.create_or_update(*AT, "echo", "all", operation)
    document = models.PolicyContract(value=POLICY.format(HEADER), format="rawxml")
    for group, ids in (
        (sdk.policy, ()),
        (sdk.product_policy, ("unlimited",)),
        (sdk.api_policy, ("echo",)),
        (sdk.api_operation_policy, ("echo", "all")),
    ):
        group.create_or_update(*AT, *ids, "policy", document)
        assert group.get(*AT, *ids, "policy", format="rawxml").value == document.value
        group.delete(*AT, *ids, "policy", "*")
        with pytest.raises(ResourceNotFoundError):
            group.get(*AT, *ids, "policy")


def test_a_policy_the_gateway_cannot_compile_is_refused_with_its_place(
    sdk: Sdk,
) -> None:
    document = models.PolicyContract(value=POLICY.format("\n<set-headr />"))
    with pytest.raises(HttpResponseError) as refused:
        sdk.policy.create_or_update(*AT, "policy", document)
    assert refused.value.status_code == 400
    assert refused.value.error is not None
    (detail,) = refused.value.error.details
    assert "'set-headr' on line 2, column 1" in str(detail.message)
    assert "did you mean <set-header>?" in str(detail.message)
    with pytest.raises(ResourceNotFoundError):
        sdk.policy.get(*AT, "policy")


def test_secret_named_values_are_only_told_by_post(sdk: Sdk) -> None:
    wanted = models.NamedValueCreateContract(
        display_name="token", value="hush", secret=True, tags=["a"]
    )
    made = sdk.named_value.begin_create_or_update(*AT, "token", wanted).result()
    assert made.value is None
    assert sdk.named_value.list_value(*AT, "token").value == "hush"
    change = models.NamedValueUpdateParameters(tags=["b"])
    sdk.named_value.begin_update(*AT, "token", "*", change).result()
    assert sdk.named_value.list_value(*AT, "token").value == "hush"
    assert sdk.named_value.get(*AT, "token").tags == ["b"]


def test_backends_and_their_pools(sdk: Sdk) -> None:
    single = models.BackendContract(
        url="http://127.0.0.1:1",
        protocol="http",
        credentials=models.BackendCredentialsContract(
            header={"x-key": ["hush"]},
        ),
    )
    sdk.backend.create_or_update(*AT, "one", single)
    member = models.BackendPoolItem(id="/backends/one", weight=2)
    pool = models.BackendContract(
        type_properties_type="Pool",
        pool=models.BackendBaseParametersPool(services=[member]),
    )
    sdk.backend.create_or_update(*AT, "all", pool)
    found = sdk.backend.get(*AT, "all")
    assert found.pool.services[0].id.endswith("/backends/one")
    assert sdk.backend.get(*AT, "one").credentials.header == {"x-key": ["hush"]}
    assert {one.name for one in sdk.backend.list_by_service(*AT)} == {"one", "all"}


def test_an_etag_guards_against_the_change_of_somebody_else(
    sdk: Sdk,
) -> None:
    tags: list[str] = []
    sdk.product.get(
        *AT,
        "starter",
        cls=lambda answer, *_: tags.append(answer.http_response.headers["ETag"]),
    )
    change = models.ProductUpdateParameters(description="mine")
    sdk.product.update(*AT, "starter", tags[0], change)
    with pytest.raises(HttpResponseError) as refused:
        sdk.product.update(*AT, "starter", tags[0], change)
    assert refused.value.status_code == 412
    assert refused.value.error is not None
    assert refused.value.error.code == "PreconditionFailed"


def test_lists_are_paged_filtered_and_counted(sdk: Sdk) -> None:
    for number in range(7):
        wanted = models.ProductContract(display_name=f"Product {number}")
        sdk.product.create_or_update(*AT, f"p{number}", wanted)
    everything = [one.name for one in sdk.product.list_by_service(*AT, top=2)]
    assert everything == [*(f"p{n}" for n in range(7)), "starter", "unlimited"]
    chosen = sdk.product.list_by_service(
        *AT, filter="startswith(name, 'p') and (displayName gt 'Product 4')"
    )
    assert [one.name for one in chosen] == ["p5", "p6"]


def test_reports_add_up(console: Console, sdk: Sdk) -> None:
    make_echo(sdk)
    rows = tuple(
        Row(minute=100 + n, api="echo", product="starter", success=n, failed=1)
        for n in range(30)
    )
    batch = Batch(gateway="g", batch="b", rows=rows)
    headers = {"Authorization": f"Bearer {console.gateway_token}"}
    console.client.post(
        "/gateway/usage", content=msgspec.json.encode(batch), headers=headers
    ).raise_for_status()
    (by_api,) = sdk.reports.list_by_api(*AT, filter="timestamp ge datetime'1970-01-01'")
    assert (by_api.name, by_api.api_id) == ("Echo API", "/apis/echo")
    assert (by_api.call_count_success, by_api.call_count_failed) == (435, 30)
    by_time = list(
        sdk.reports.list_by_time(
            *AT,
            filter="timestamp ge datetime'1970-01-01' and apiId eq '/apis/echo'",
            interval=timedelta(minutes=15),
        )
    )
    assert sum(one.call_count_total for one in by_time) == 465
    assert not list(sdk.reports.list_by_product(*AT, filter=ALWAYS))
