"""The article's API in front of the demo's web service, its products and developer."""

from msgspec import Struct, structs

from bramka.domain.clock import Chance
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.operation import (
    Operation,
    Parameter,
    Representation,
    RequestContract,
    ResponseContract,
)
from bramka.domain.traffic.subscription import Subscription
from bramka.domain.traffic.user import Identity, User
from bramka.store import api, operation, product, subscription, user
from bramka.store.transaction import Transaction

API = "azureml-demo"
DEVELOPER = "developer"
DEVELOPER_EMAIL = "developer@demoazureml.example"
PRODUCTS = ("starter", "unlimited")
BODY = {
    "Inputs": {"input1": {"ColumnNames": ["Col2"], "Values": [["This is a good day"]]}},
    "GlobalParameters": {},
}
SERVICE = "/workspaces/{workspace}/services/{service}"
VERSION = "?api-version={apiversion}"
JOB = f"{SERVICE}/jobs/{{jobid}}"
OPERATIONS = (
    ("RRS Execute", "POST", f"{SERVICE}/execute{VERSION}&details={{details}}"),
    ("BES Submit", "POST", f"{SERVICE}/jobs{VERSION}"),
    ("BES Start", "POST", f"{JOB}/start{VERSION}"),
    ("BES Status", "GET", f"{JOB}{VERSION}"),
    ("BES Delete", "DELETE", f"{JOB}{VERSION}"),
)
PARAMETERS = {
    "workspace": Parameter(
        name="workspace", type="string", required=True, description="Workspace id."
    ),
    "service": Parameter(
        name="service", type="string", required=True, description="Endpoint id."
    ),
    "jobid": Parameter(
        name="jobid", type="string", required=True, description="As BES Submit told."
    ),
    "apiversion": Parameter(
        name="apiversion", type="string", required=True, default_value="2.0"
    ),
    "details": Parameter(
        name="details", type="string", required=True, default_value="true"
    ),
}


class Keys(Struct, frozen=True):
    """The developer's subscription keys."""

    starter: str
    unlimited: str


def set_up_api(
    transaction: Transaction, services_url: str, services_url_before: str | None
) -> None:
    """Make the API if there is none; else let it follow the services' address.

    Whatever else was changed since is left as it is, and so is an address that
    somebody chose; without an address from before, that cannot be told.
    """
    record = api.APIS.find(transaction, API)
    if record is None:
        _create_api(transaction, services_url)
    elif services_url_before in (None, record.noun.service_url):
        moved = structs.replace(record.noun, service_url=services_url)
        api.put(transaction, moved)


def _create_api(transaction: Transaction, services_url: str) -> None:
    api.put(
        transaction,
        Api(
            id=API,
            display_name="AzureML Demo API",
            path=API,
            service_url=services_url,
            protocols=("http", "https"),
        ),
    )
    for title, method, template in OPERATIONS:
        operation.put(transaction, _operation(title, method, template))
    for product_id in PRODUCTS:
        product.add_api(transaction, product_id, API)


def _operation(title: str, method: str, template: str) -> Operation:
    example = Representation(
        content_type="application/json", examples={"default": {"value": BODY}}
    )
    return Operation(
        id=title.lower().replace(" ", "-"),
        api_id=API,
        display_name=title,
        method=method,
        url_template=template,
        template_parameters=tuple(
            parameter
            for key, parameter in PARAMETERS.items()
            if f"{{{key}}}" in template
        ),
        request=RequestContract(representations=(example,))
        if "{details}" in template
        else None,
        responses=(ResponseContract(status_code=200, description="OK"),),
    )


def set_up_developer(transaction: Transaction, password: str | None) -> None:
    """Make the developer if there is none; `password` replaces the one they had."""
    if user.USERS.find(transaction, DEVELOPER) is None:
        developer = User(
            id=DEVELOPER,
            first_name="Dana",
            last_name="Developer",
            email=DEVELOPER_EMAIL,
            identities=(Identity(provider="Basic", id=DEVELOPER_EMAIL),),
            groups=("developers",),
            registration_date=transaction.now,
        )
        user.put(transaction, developer)
    if password is not None:
        user.set_password(transaction, DEVELOPER, password)


def set_up_subscriptions(transaction: Transaction, chance: Chance) -> Keys:
    """The developer's keys for both products; subscribes where that is not done."""
    keys = {}
    for product_id in PRODUCTS:
        name = f"demo-{product_id}"
        if subscription.SUBSCRIPTIONS.find(transaction, name) is None:
            one = Subscription(
                id=name,
                scope=f"/products/{product_id}",
                display_name=f"Demo of {product_id.capitalize()}",
                owner_id=DEVELOPER,
                created_date=transaction.now,
                start_date=transaction.now,
            )
            subscription.put(transaction, one, subscription.draw_keys(chance))
        keys[product_id] = subscription.keys_of(transaction, name).primary_key
    return Keys(**keys)
