"""Every path of sessions and accounts, and what answers it."""

from starlette.routing import Route

from bramka.portals import session
from bramka.portals.door import Door, Serve
from bramka.portals.site import Site

TABLE: tuple[tuple[str, str, Serve], ...] = (
    ("GET", "/session", session.show_session),
    ("POST", "/session", session.sign_in),
    ("DELETE", "/session", session.sign_out),
)


def account_routes(site: Site) -> list[Route]:
    """The routes, for `app` to serve."""
    door = Door(site)
    return [door.route(method, path, serve) for method, path, serve in TABLE]
