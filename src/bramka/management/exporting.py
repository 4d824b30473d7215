"""Exporting: an API as a document, told as a link that works for five minutes."""

import hashlib
import hmac
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from bramka.domain.errors import Forbidden
from bramka.management.call import Call
from bramka.management.refusal import refuse
from bramka.management.shape import wrong
from bramka.store.api_document import write_document
from bramka.store.transaction import Store

LIFETIME = 300
FORMATS = {
    "openapi": "openapi",
    "openapi+json": "openapi+json",
    "swagger": "swagger",
    "openapi-link": "openapi",
    "openapi+json-link": "openapi+json",
    "swagger-link": "swagger",
    "wadl": "wadl",
    "wadl-link": "wadl",
    "wsdl": "wsdl",
    "wsdl-link": "wsdl",
}
"""What is asked for → how the document is written."""
_MEDIA = {
    "openapi": "application/yaml",
    "wadl": "application/vnd.sun.wadl+xml",
    "wsdl": "text/xml",
}


def export_api(call: Call, api_id: str) -> object:
    """The answer to `?export=true&format=…`: the document or a link to it."""
    wanted = call.query.get("format", "")
    form = FORMATS.get(wanted)
    if form is None:
        raise wrong("format", f"'{wanted}' is not one of {', '.join(FORMATS)}")
    # Also for a link: what cannot be written is refused now, not when it is followed.
    gateway = call.site.addresses.gateway
    value: object = write_document(call.transaction, gateway, api_id, form)
    if wanted.endswith("-link"):
        value = {"link": _link(call, api_id, form)}
    return {"id": f"{call.base}/apis/{api_id}", "format": wanted, "value": value}


def _link(call: Call, api_id: str, form: str) -> str:
    expires = str(int(call.transaction.now) + LIFETIME)
    pepper = call.site.store.vault.pepper
    signature = _signature(pepper, api_id, form, expires)
    query = urlencode({"format": form, "expires": expires, "signature": signature})
    console = call.site.addresses.console.rstrip("/")
    return f"{console}/exports/{quote(api_id)}?{query}"


def _signature(pepper: bytes, *parts: str) -> str:
    text = "\n".join(("export", *parts)).encode()
    return hmac.digest(pepper, text, hashlib.sha256).hex()


class ExportDoor:
    """`GET /exports/{api}`: answers whoever holds a link that still works."""

    def __init__(self, store: Store, gateway: str) -> None:
        self._store, self._gateway = store, gateway

    def answer(self, request: Request) -> Response:
        try:
            return self._answer(request)
        except Exception as error:  # the edge: every error has one shape
            return refuse(error)

    def _answer(self, request: Request) -> Response:
        query, api_id = request.query_params, str(request.path_params["api"])
        form, expires = query.get("format", ""), query.get("expires", "")
        wanted = _signature(self._store.vault.pepper, api_id, form, expires)
        given = query.get("signature", "")
        if not hmac.compare_digest(wanted.encode(), given.encode()):
            raise Forbidden("The link is not one that was given out here.")
        with self._store.reading() as transaction:
            if float(expires) <= transaction.now:
                raise Forbidden("The link has expired; export the API again.")
            text = write_document(transaction, self._gateway, api_id, form)
        return Response(text, media_type=_MEDIA.get(form, "application/json"))
