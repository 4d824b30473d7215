"""The Echo API of a new instance: something to call before anything else is there."""

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.operation import Operation
from bramka.store import api, operation, product
from bramka.store.transaction import Transaction

API = "echo-api"
PRODUCTS = ("starter", "unlimited")
OPERATIONS = (
    ("retrieve-resource", "Retrieve resource", "GET", "/resource"),
    ("retrieve-header-only", "Retrieve header only", "HEAD", "/resource"),
    ("create-resource", "Create resource", "POST", "/resource"),
    ("modify-resource", "Modify resource", "PUT", "/resource"),
    ("remove-resource", "Remove resource", "DELETE", "/resource"),
)


def create(transaction: Transaction, address: str) -> None:
    """Make it, in both products; `address` is where calls are echoed."""
    echo = Api(
        id=API,
        display_name="Echo API",
        description="Answers with what it was sent.",
        path="echo",
        service_url=address,
        protocols=("http", "https"),
    )
    api.put(transaction, echo)
    for name, title, method, template in OPERATIONS:
        one = Operation(
            id=name,
            api_id=API,
            display_name=title,
            method=method,
            url_template=template,
        )
        operation.put(transaction, one)
    for name in PRODUCTS:
        product.add_api(transaction, name, API)
