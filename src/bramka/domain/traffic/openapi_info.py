"""What an OpenAPI document says of the API as a whole."""

from typing import Any

from bramka.domain.traffic.openapi_place import Place
from bramka.domain.traffic.openapi_types import dictionary


def extra_of(info: Place) -> dict[str, Any]:
    """What an API has besides, named as in the management REST."""
    found: dict[str, Any] = {}
    for name in ("contact", "license"):
        if info.has(name):
            whole = dictionary(info.at(name))
            known = ("name", "url", "email") if name == "contact" else ("name", "url")
            found[name] = {key: str(whole[key]) for key in known if key in whole}
    if terms := info.text("termsOfService"):
        found["termsOfServiceUrl"] = terms
    return found


def filled(server: Place) -> str:
    """The URL of a server, with the defaults of its variables."""
    url = server.text("url") or ""
    for name, one in server.mapping("variables"):
        url = url.replace(f"{{{name}}}", one.text("default") or "")
    return url


def schemes_of(urls: Any) -> tuple[str, ...]:
    found = dict.fromkeys(str(url).partition("://")[0] for url in urls)
    return tuple(one for one in found if one in ("http", "https", "ws", "wss"))
