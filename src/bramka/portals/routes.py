"""Every path of sessions and accounts, and what answers it."""

from starlette.routing import Route

from bramka.domain.traffic.credential_grant import PLACE
from bramka.portals import (
    authorizing,
    consent,
    credential,
    delegation,
    joining,
    profile,
    provider,
    session,
)
from bramka.portals.door import Door, Serve
from bramka.portals.site import Site

TABLE: tuple[tuple[str, str, Serve], ...] = (
    ("GET", "/session", session.show_session),
    ("POST", "/session", session.sign_in),
    ("DELETE", "/session", session.sign_out),
    ("GET", "/session/providers/{provider}/start", provider.start),
    ("GET", "/session/providers/{provider}/callback", provider.finish),
    ("GET", "/session/delegation/{operation}", delegation.send),
    ("POST", "/session/authorization/finish", authorizing.finish),
    ("GET", "/session/authorization/{api}", authorizing.list_sources),
    ("POST", "/session/authorization/{api}/{source}", authorizing.begin),
    ("GET", "/signin-sso", delegation.enter),
    ("GET", f"{PLACE}/login/{{ticket}}", consent.start),
    ("GET", f"{PLACE}/redirect/apim/{{gateway}}", consent.finish),
    ("POST", "/account", joining.sign_up),
    ("POST", "/account/confirm", joining.confirm),
    ("POST", "/account/resend", joining.resend),
    ("POST", "/account/invitation/confirm", joining.accept_invitation),
    ("POST", "/account/reset", credential.ask_reset),
    ("POST", "/account/reset/confirm", credential.reset),
    ("GET", "/account", profile.show),
    ("PATCH", "/account", profile.change),
    ("DELETE", "/account", profile.close),
    ("POST", "/account/password", credential.change_password),
    ("POST", "/account/email", credential.ask_email),
    ("POST", "/account/email/confirm", credential.confirm_email),
    ("GET", "/account/sessions", profile.list_sessions),
    ("DELETE", "/account/sessions/{session}", profile.end_session),
)


def account_routes(site: Site) -> list[Route]:
    """The routes, for `app` to serve."""
    door = Door(site)
    return [door.route(method, path, serve) for method, path, serve in TABLE]
