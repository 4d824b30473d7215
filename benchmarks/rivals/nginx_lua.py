"""nginx + Lua: what Kong and APISIX are built on, doing the same work as we do."""

from pathlib import Path

from benchmarks.contender import CannotRaceError, Contender, Lane, Launch
from benchmarks.course import PEPPER, Course, fill
from benchmarks.process import ask
from benchmarks.rivals.nginx import command, extras, user_line

_HERE = Path(__file__).parent
_MODULES = Path("/usr/lib/nginx/modules")


def _launch(lane: Lane) -> Launch:
    if not (_MODULES / "ngx_http_lua_module.so").exists():
        raise CannotRaceError("no Lua in nginx: apt install libnginx-mod-http-lua")
    callers = lane.folder / "callers"
    callers.write_text("\n".join(_callers(lane.course)))
    configuration = lane.folder / "nginx.conf"
    text = fill(
        _HERE / "nginx_lua.conf",
        modules=_MODULES,
        user=user_line(),
        folder=lane.folder,
        here=_HERE,
        port=lane.port,
        upstream_port=lane.course.upstream_port,
        callers=callers,
        pepper=PEPPER,
        **extras(lane),
    )
    configuration.write_text(text)
    return Launch(command(configuration))


def _callers(course: Course) -> list[str]:
    ours = course.scenario
    limits = f"{ours.calls} {ours.period} {ours.quota} {ours.quota_period}"
    few = ours.probe_calls
    return [
        *(f"caller{n} {key} {limits}" for n, key in enumerate(course.keys)),
        f"limited {course.limited_key} {few} {ours.period} {ours.quota} 604800",
        f"spent {course.spent_key} {ours.calls} {ours.period} {few} 604800",
    ]


def _counted(lane: Lane) -> int:
    secure = lane.course.scenario.secure
    return int(ask(lane.port, "/-/counted", {}, secure=secure)[1])


LUA = Contender(
    name="nginx+Lua",
    does="key, limit, quota, usage",
    launch=_launch,
    claims=frozenset({"key", "limit", "quota", "usage"}),
    features=frozenset({"plain", "large", "transform", "cache", "tls"}),
    counted=_counted,
    aim=1.15,
)
