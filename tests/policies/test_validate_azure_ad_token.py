"""<validate-azure-ad-token>: tokens of one tenant, for certain applications."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey
from tests.policies.telling import TELL

from bramka.testing.backends import Call, Reply
from bramka.testing.playbook import Playbook, play, refusal_of

NOW = 1_700_000_000
KEY = RSAKey.generate_key(2048)
TENANT = "11111111-2222-4333-8444-555555555555"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
FIRST = f"https://sts.windows.net/{TENANT}/"


class SignIn:
    """The sign-in service."""

    def __init__(self, issuer: str = ISSUER) -> None:
        self.issuer = issuer
        self.asked: list[str] = []

    def __call__(self, call: Call) -> Reply:
        self.asked.append(call.target)
        found: dict[str, Any]
        if call.target.endswith("openid-configuration"):
            found = {"jwks_uri": "http://keys.test/keys", "issuer": self.issuer}
        else:
            found = {"keys": [{**KEY.as_dict(private=False), "kid": "k"}]}
        return Reply(200, json.dumps(found).encode())


def bearer(**payload: Any) -> dict[str, str]:
    claims = {"exp": NOW + 60, "iss": ISSUER, "tid": TENANT, **payload}
    header = {"alg": "RS256", "kid": "k"}
    text = jws.serialize_compact(header, json.dumps(claims).encode(), KEY, ["RS256"])
    return {"Authorization": f"Bearer {text}"}


def book(
    inside: str = "", more: str = "", tenant: str = "contoso", issuer: str = ISSUER
) -> Playbook:
    service = SignIn(issuer)
    hosts = {
        "login.microsoftonline.com": service,
        "login.other.test": service,
        "keys.test": service,
    }
    policy = (
        f"<validate-azure-ad-token tenant-id='{tenant}' {more}>{inside}"
        "</validate-azure-ad-token>"
    )
    return play(inbound=policy, on_error=TELL, hosts=hosts)


def told(made: Playbook) -> str:
    source, reason, _ = (made.answer.header("X-Told") or "").split("|")
    assert source == "validate-azure-ad-token"
    return reason


def test_a_token_of_the_tenant_is_believed() -> None:
    made = book().call(headers=bearer()).passes()
    assert [call.host for call in made.backends.calls[:2]] == [
        "login.microsoftonline.com",
        "keys.test",
    ]
    assert made.backends.calls[0].target == (
        "/contoso/v2.0/.well-known/openid-configuration"
    )


def test_without_a_token_a_call_is_refused() -> None:
    assert told(book().call().refused(401)) == "TokenNotPresent"


def test_a_token_of_the_first_version_is_believed_too() -> None:
    book().call(headers=bearer(iss=FIRST)).passes()


def test_a_token_of_another_tenant_is_refused() -> None:
    other = ISSUER.replace("1111", "9999")
    assert told(book().call(headers=bearer(iss=other))) == "TokenIssuerNotAllowed"


def test_with_common_any_tenant_may_call_but_only_as_itself() -> None:
    issuer = ISSUER.replace(TENANT, "{tenantid}")
    made = book(tenant="common", issuer=issuer)
    made.call(headers=bearer()).passes()
    assert told(made.call(headers=bearer(tid="other"))) == "TokenIssuerNotAllowed"


def test_the_tenant_may_be_an_expression() -> None:
    made = book(tenant='@("con" + "toso")').call(headers=bearer()).passes()
    assert "/contoso/" in made.backends.calls[0].target


def test_another_cloud_may_be_asked() -> None:
    made = book(more="authentication-endpoint='http://login.other.test/'")
    made.call(headers=bearer()).passes()
    assert made.backends.calls[0].host == "login.other.test"


CLIENTS = """<client-application-ids><application-id>app</application-id>
    </client-application-ids>"""


@pytest.mark.parametrize(
    ("claims", "fits"),
    [({"azp": "app"}, 1), ({"appid": "app"}, 1), ({"azp": "x"}, 0), ({}, 0)],
)
def test_only_certain_clients_may_call(claims: dict[str, str], fits: int) -> None:
    made = book(CLIENTS).call(headers=bearer(**claims))
    if fits:
        made.passes()
    else:
        assert told(made) == "TokenClaimValueNotAllowed"


BACKENDS = """<backend-application-ids><application-id>me</application-id>
    </backend-application-ids>"""


@pytest.mark.parametrize(("audience", "fits"), [("me", 1), ("api://me", 1), ("x", 0)])
def test_a_token_is_for_certain_backends(audience: str, fits: int) -> None:
    made = book(BACKENDS).call(headers=bearer(aud=audience))
    if fits:
        made.passes()
    else:
        assert told(made) == "TokenAudienceNotAllowed"


def test_audiences_and_claims_may_be_asked_for() -> None:
    inside = """<audiences><audience>a</audience></audiences>
      <required-claims><claim name='roles' match='any'><value>admin</value></claim>
      </required-claims>"""
    made = book(inside).call(headers=bearer(aud="a", roles=["admin", "x"])).passes()
    assert told(made.call(headers=bearer(aud="a"))) == "TokenClaimNotFound"
    assert told(made.call(headers=bearer(roles=["admin"]))) == "TokenAudienceNotAllowed"


def test_clocks_may_differ_by_five_minutes() -> None:
    made = book().after(60 + 299).call(headers=bearer()).passes()
    made.after(1).call(headers=bearer()).refused(401)


def test_the_token_may_be_elsewhere_and_is_handed_on() -> None:
    text = bearer(sub="ada")["Authorization"]
    made = book(more="header-name='X-T' output-token-variable-name='t'")
    made.call(headers={"X-T": text}).passes()
    made = book(more="query-parameter-name='t'")
    made.call(path=f"/?t={text.split(' ')[1]}").passes()
    source = '@(context.Request.Headers.GetValueOrDefault("X-U", ""))'
    made = book(more=f"token-value='{source}'")
    made.call(headers={"X-U": text}).passes()


def test_code_and_message_are_the_authors() -> None:
    more = "failed-validation-httpcode='403' failed-validation-error-message='no'"
    book(more=more).call().answered('{ "statusCode": 403, "message": "no" }', 403)


def test_a_tenant_is_needed() -> None:
    told_why = refusal_of("<validate-azure-ad-token />")
    assert "needs the attribute 'tenant-id'" in told_why
