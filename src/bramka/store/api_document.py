"""An API as an OpenAPI, Swagger, WADL or WSDL document, from what is kept of it."""

from bramka.domain.traffic.api import url_of
from bramka.domain.traffic.openapi_text import write_json, write_yaml
from bramka.domain.traffic.openapi_write import write_openapi, write_swagger
from bramka.domain.traffic.soap_write import write_wadl, write_wsdl
from bramka.store import operation
from bramka.store.api import APIS
from bramka.store.body_schema import API_SCHEMAS
from bramka.store.transaction import Transaction
from bramka.store.version_set import VERSION_SETS


def write_document(
    transaction: Transaction, gateway: str, api_id: str, form: str
) -> str:
    """The document: `form` is openapi (YAML), openapi+json, swagger, wadl or wsdl."""
    noun = APIS.get(transaction, api_id).noun
    operations = [one.noun for one in operation.of_api(transaction, api_id)]
    where = API_SCHEMAS.column.api_id == api_id
    schemas = [one.noun for one in API_SCHEMAS.all(transaction, where)]
    own = VERSION_SETS.find(transaction, noun.api_version_set_id or "")
    server = url_of(gateway, noun, None if own is None else own.noun)
    if form == "wadl":
        return write_wadl(noun, operations, server)
    if form == "wsdl":
        return write_wsdl(noun, schemas, server)
    maker = write_swagger if form == "swagger" else write_openapi
    document = maker(noun, operations, schemas, server)
    return write_yaml(document) if form == "openapi" else write_json(document)
