"""What a reader sees: products shown to their groups, and the APIs in these."""

from sqlalchemy import ColumnElement, select

from bramka.domain.errors import Missing
from bramka.domain.traffic.api import Api
from bramka.domain.traffic.product import Product
from bramka.portals.developer.reader import ADMINISTRATORS, Reader
from bramka.store.api import APIS, PRODUCT_APIS
from bramka.store.group import PRODUCT_GROUPS
from bramka.store.product import PRODUCTS
from bramka.store.transaction import Transaction


def sees_product(reader: Reader) -> ColumnElement[bool]:
    """That a product is shown to one of the reader's groups."""
    shown = select(PRODUCT_GROUPS.owner).where(PRODUCT_GROUPS.member.in_(reader.groups))
    column = PRODUCTS.column
    seen = column.id.in_(shown)
    # Administrators look at a product before it is published.
    if ADMINISTRATORS in reader.groups:
        return seen
    return seen & (column.state == "published")


def sees_api(reader: Reader) -> ColumnElement[bool]:
    """That an API is in a product which the reader sees."""
    products = select(PRODUCTS.column.id).where(sees_product(reader))
    inside = select(PRODUCT_APIS.member).where(PRODUCT_APIS.owner.in_(products))
    return APIS.column.id.in_(inside) & APIS.column.is_current


def product_of(transaction: Transaction, reader: Reader, product_id: str) -> Product:
    """The product; Missing when there is none or the reader does not see it."""
    column = PRODUCTS.column
    found = PRODUCTS.all(transaction, column.id == product_id, sees_product(reader))
    if not found:
        raise Missing(f"Product '{product_id}' not found.", target="productId")
    return found[0].noun


def api_of(transaction: Transaction, reader: Reader, api_id: str) -> Api:
    """The API; Missing when there is none or the reader does not see it."""
    found = APIS.all(transaction, APIS.column.id == api_id, sees_api(reader))
    if not found:
        raise Missing(f"API '{api_id}' not found.", target="apiId")
    return found[0].noun


def products_with(
    transaction: Transaction, reader: Reader, api_id: str
) -> list[Product]:
    """The products a reader sees that hold an API."""
    holding = select(PRODUCT_APIS.owner).where(PRODUCT_APIS.member == api_id)
    column = PRODUCTS.column
    found = PRODUCTS.all(transaction, column.id.in_(holding), sees_product(reader))
    return [record.noun for record in found]
