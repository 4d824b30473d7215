"""What a playbook's gateway serves, where nothing else is asked for."""

from bramka.domain.traffic.api import Api
from bramka.domain.traffic.operation import Operation
from bramka.domain.traffic.policy import Scope
from bramka.domain.traffic.product import Product
from bramka.domain.traffic.user import User

BACKEND = "backend.test"
KEY = "the-key"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PLACES = {
    Scope.GLOBAL: "",
    Scope.PRODUCT: "products/starter",
    Scope.API: "apis/tried",
    Scope.OPERATION: "apis/tried/operations/get",
}

API = Api(
    id="tried",
    display_name="Tried",
    path="",
    service_url=f"http://{BACKEND}",
    protocols=("http", "https"),
)
OPERATIONS = tuple(
    Operation(
        id=method.lower(),
        api_id="tried",
        display_name=method.title(),
        method=method,
        url_template="/*",
    )
    for method in METHODS
)
PRODUCT = Product(id="starter", display_name="Starter", apis=("tried",))
USER = User(id="ada", first_name="Ada", last_name="L", email="ada@example.com")
