"""The Echo API of a new instance: something to call before anything else is there."""

import re

import msgspec

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

AS_MADE = re.compile(r"http://127\.0\.0\.1:\d+/echo")


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


def strayed(transaction: Transaction, address: str) -> Api | None:
    """The API, if its calls go to a port where the console was before."""
    record = api.APIS.find(transaction, API)
    if record is None or record.noun.service_url == address:
        return None
    if not AS_MADE.fullmatch(record.noun.service_url or ""):
        return None
    return msgspec.structs.replace(record.noun, service_url=address)
