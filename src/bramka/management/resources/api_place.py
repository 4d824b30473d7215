"""Where an API is reached and what it leads to: what a gateway could not serve.

One place that no gateway can read would keep every later change from all of them.
"""

import re

from bramka.domain.traffic.api import Api
from bramka.management.shape import is_address, wrong

_UNFIT = re.compile(r"[?#\\\s\x00-\x1f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def check_place(api: Api) -> None:
    """Invalid names the property that cannot be served."""
    if _UNFIT.search(api.path) or {".", ".."} & set(api.path.split("/")):
        raise wrong("path", f"'{api.path}' is not a path of plain segments: a/b")
    if _UNFIT.search(api.api_version or "") or "/" in (api.api_version or ""):
        raise wrong("apiVersion", f"'{api.api_version}' is more than one plain segment")
    if not _NUMBER.fullmatch(api.api_revision):
        raise wrong("apiRevision", f"'{api.api_revision}' is not a number from 1 on")
    if api.service_url and not is_address(
        api.service_url, "http", "https", "ws", "wss"
    ):
        raise wrong(
            "serviceUrl",
            f"'{api.service_url}' is not an http, https, ws or wss address",
        )
