"""The contenders: one file each, with its configuration beside it; ours among them."""

from benchmarks.contender import Contender
from benchmarks.rivals import (
    bramka,
    caddy,
    envoy,
    fastapi_proxy,
    nginx,
    nginx_lua,
    relay,
)

CONTENDERS: tuple[Contender, ...] = (
    bramka.BRAMKA,
    bramka.PLAIN,
    nginx.PLAIN,
    nginx_lua.LUA,
    envoy.PLAIN,
    envoy.KEYED,
    caddy.CADDY,
    fastapi_proxy.FASTAPI,
    relay.RELAY,
)
