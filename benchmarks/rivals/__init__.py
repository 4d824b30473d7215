"""The rivals: one file each, with its configuration beside it."""

from benchmarks.contender import Contender
from benchmarks.rivals import caddy, envoy, fastapi_proxy, nginx, nginx_lua

RIVALS: tuple[Contender, ...] = (
    nginx.PLAIN,
    nginx_lua.LUA,
    envoy.PLAIN,
    envoy.KEYED,
    caddy.CADDY,
    fastapi_proxy.FASTAPI,
)
