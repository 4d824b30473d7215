"""An export of everything: each kind has a decision, and nothing gets lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.test_artifacts import API, MADE, instance, rest, run
from tests.management.test_inventory import certificate

from bramka.app.calling.calls import Calls
from bramka.app.keeping.artifacts import read_folder
from bramka.domain.errors import Invalid
from bramka.domain.traffic.artifact import folder_name
from bramka.domain.traffic.artifact_kind import KINDS, LEFT_OUT, Kind
from bramka.domain.traffic.artifact_secret import with_values
from bramka.management.members import Listing, Members
from bramka.management.resource import AnyResource
from bramka.management.tree import tree

SECRET = "s3cret!"
CERTIFICATE = certificate()
RESOLVER = (
    "<http-data-source><http-request><set-method>GET</set-method><set-url>"
    "http://127.0.0.1:9/</set-url></http-request></http-data-source>"
)
BACKEND = {
    "url": "http://127.0.0.1:9/",
    "protocol": "http",
    "credentials": {
        "header": {"x-key": [SECRET], "x-named": ["{{key}}"]},
        "authorization": {"scheme": "Basic", "parameter": SECRET},
    },
    "proxy": {"url": "http://127.0.0.1:9/", "username": "me", "password": SECRET},
}
SERVER = {
    "displayName": "Tokens",
    "clientRegistrationEndpoint": "https://login.example/register",
    "authorizationEndpoint": "https://login.example/authorize",
    "grantTypes": ["clientCredentials"],
    "clientId": "books",
    "clientSecret": SECRET,
}
OPENID = {
    "displayName": "Login",
    "metadataEndpoint": "https://login.example/.well-known/openid-configuration",
    "clientId": "books",
}
CONNECTION = {
    "displayName": "Shop",
    "identityProvider": "oauth2",
    "oauth2": {
        "redirectUrl": "https://shop.example/",
        "grantTypes": {"clientCredentials": {"clientSecret": SECRET}},
    },
}
DELEGATION = {"url": "https://d.example/", "validationKey": SECRET}
CONFIG = {"delegationUrl": "https://d.example/", "validationKey": SECRET}
PERSON = {"firstName": "Zażółć", "lastName": "Łąka", "email": "z@example.com"}
AAD = {"provider": "Aad", "id": "somebody"}
Put = tuple[str, dict[str, Any] | None]
MORE: tuple[Put, ...] = (
    ("/certificates/own", CERTIFICATE),
    ("/apiVersionSets/v", {"displayName": "V", "versioningScheme": "Segment"}),
    ("/backends/shop", BACKEND),
    (
        "/backends/all",
        {"type": "Pool", "pool": {"services": [{"id": "/backends/shop"}]}},
    ),
    ("/loggers/web", {"loggerType": "webhook", "credentials": {"url": "http://l.x/"}}),
    ("/caches/default", {"connectionString": f"127.0.0.1:9,password={SECRET}"}),
    ("/schemas/book", {"schemaType": "json", "document": {"type": "object"}}),
    ("/users/zoe", {**PERSON, "identities": [AAD], "password": SECRET * 2}),
    ("/groups/readers/users/zoe", None),
    ("/identityProviders/google", {"clientId": "books", "clientSecret": SECRET}),
    ("/authorizationServers/tokens", SERVER),
    ("/openidConnectProviders/public", OPENID),
    ("/authorizationProviders/shop", CONNECTION),
    (
        "/authorizationProviders/shop/authorizations/own",
        {"oauth2grantType": "ClientCredentials", "parameters": {"secret": SECRET}},
    ),
    (
        "/authorizationProviders/shop/authorizations/own/accessPolicies/me",
        {"tenantId": "t", "objectId": "o"},
    ),
    (
        "/apis/books/schemas/body",
        {
            "contentType": "application/vnd.oai.openapi.components+json",
            "document": {"components": {"schemas": {"Book": {"type": "object"}}}},
        },
    ),
    ("/apis/books/tagDescriptions/blue", {"description": "What is blue."}),
    ("/apis/books/resolvers/title", {"displayName": "T", "path": "Query/title"}),
    ("/apis/books/resolvers/title/policies/policy", {"value": RESOLVER}),
    ("/apis/books;rev=2", {"sourceApiId": "/apis/books"}),
    (
        "/apis/books;rev=2/operations/more",
        {
            "displayName": "More",
            "method": "POST",
            "urlTemplate": "/more",
        },
    ),
    ("/apis/books/releases/b-first", {"apiId": "/apis/books;rev=1", "notes": "One"}),
    ("/apis/books/releases/a-second", {"apiId": "/apis/books;rev=2", "notes": "Two"}),
    ("/apis/żółw (2%)", {**API, "path": "turtles", "displayName": "Żółw"}),
    ("/diagnostics/applicationinsights", {"loggerId": "/loggers/web"}),
    ("/apis/books/diagnostics/local", {"loggerId": "/loggers/web"}),
    ("/products/gold/tags/blue", None),
    (
        "/products/gold/wikis/default",
        {"documents": [{"documentationId": "/documentations/welcome"}]},
    ),
    ("/gateways/far", {"locationData": {"name": "Far"}}),
    ("/gateways/far/apis/books", None),
    (
        "/gateways/far/hostnameConfigurations/name",
        {"hostname": "far.example", "certificateId": "/certificates/own"},
    ),
    ("/gateways/far/certificateAuthorities/own", {"isTrusted": True}),
    (
        "/subscriptions/everything",
        {"displayName": "Everything", "scope": "/", "ownerId": "/users/zoe"},
    ),
    (
        "/subscriptions/past",
        {"displayName": "Past", "scope": "/apis", "state": "cancelled"},
    ),
    ("/notifications/BCC/recipientEmails/b+c@example.com", None),
    ("/notifications/BCC/recipientUsers/zoe", None),
    ("/portalsettings/delegation", DELEGATION),
    ("/portalsettings/signin", {"enabled": True}),
    ("/portalconfigs/default", {"delegation": CONFIG}),
    ("/contentTypes/note", {"name": "Note", "schema": {"type": "object"}}),
    ("/contentTypes/note/contentItems/one", {"text": "One"}),
    ("/contentTypes/portalPage/contentItems/about", {"title": "About"}),
    ("/contentTypes/portalTheme/contentItems/default", {"accent": "#102030"}),
    ("/policies/policy", {"value": "<policies><inbound/></policies>"}),
    (
        "/apis/books/operations/get/policies/policy",
        {
            "value": "<policies><inbound><base/></inbound></policies>",
        },
    ),
    (
        "/products/gold/policies/policy",
        {
            "value": "<policies><inbound><base/></inbound></policies>",
        },
    ),
)
VALUES = f"""
namedValues:
  - name: key
    properties: {{value: "{{#[KEY]#}}"}}
certificates:
  - name: own
    properties: {{data: "{{#[DATA]#}}", password: "{{#[PASSWORD]#}}"}}
backends:
  - name: shop
    properties:
      credentials:
        header: {{x-key: [{SECRET}]}}
        authorization: {{parameter: {SECRET}}}
      proxy: {{password: {SECRET}}}
loggers:
  - name: web
    properties: {{credentials: {{url: http://l.x/}}}}
caches:
  - name: default
    properties: {{connectionString: "127.0.0.1:9,password={SECRET}"}}
identityProviders:
  - name: google
    properties: {{clientSecret: {SECRET}}}
authorizationServers:
  - name: tokens
    properties: {{clientSecret: {SECRET}}}
openidConnectProviders:
  - name: sign-in
    properties: {{clientSecret: {SECRET}}}
authorizationProviders:
  - name: shop
    properties: {{oauth2: {{grantTypes: {{clientCredentials: {{}}}}}}}}
    authorizations:
      - name: own
        properties: {{parameters: {{secret: {SECRET}}}}}
portalsettings:
  - name: delegation
    properties: {{validationKey: {SECRET}}}
portalconfigs:
  - name: default
    properties: {{delegation: {{validationKey: {SECRET}}}}}
"""


def exported(kinds: tuple[Kind, ...], above: str = "") -> Iterator[str]:
    for kind in kinds:
        place = f"{above}/{kind.segment}".lstrip("/")
        yield place
        yield from exported(kind.children, place)


def changeable(resource: AnyResource, above: str = "") -> Iterator[str]:
    """Places of resources that somebody can change."""
    for child in resource.children:
        place = f"{above}/{child.segment}".lstrip("/")
        read_only = isinstance(child, Listing) and not isinstance(child, Members)
        if not read_only and {"P", "U", "D"} & set(child.verbs) and child.type:
            yield place
        yield from changeable(child, place)


def test_every_resource_is_exported_or_left_out_for_a_reason() -> None:
    known = {"", *changeable(tree())}
    told = set(exported(KINDS))
    assert not told & LEFT_OUT.keys()
    assert told | LEFT_OUT.keys() == known


def test_everything_comes_back_from_its_export_byte_by_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = instance(tmp_path, "first"), instance(tmp_path, "second")

    async def make(calls: Calls) -> None:
        for path, properties in (*MADE, *MORE):
            await calls.ask("PUT", path, properties)
        for name in ("confirmSignUpIdentityDefault", "confirmSignUpIdentityDefault.pl"):
            subject = {"subject": f"Hello from {name}"}
            await calls.ask("PATCH", f"/templates/{name}", subject)

    rest(first).within(make)
    assert run(first, "export", tmp_path / "one").exit_code == 0
    files = read_folder(tmp_path / "one")
    kinds = {path.rpartition("/")[2] for path in files}
    assert kinds >= {name for name in files_of(KINDS) if name}
    assert not [path for path, content in files.items() if SECRET.encode() in content]
    refused = run(second, "import", tmp_path / "one")
    assert refused.exit_code == 1
    assert "/caches/default: connectionString" in refused.output
    assert "/backends/shop: credentials.header.x-key" in refused.output
    assert "/authorizationServers/tokens: clientSecret" in refused.output
    assert "/openidConnectProviders/sign-in: clientSecret" in refused.output
    assert "/openidConnectProviders/public" not in refused.output
    assert "resourceOwnerPassword" not in refused.output
    for name, value in (("KEY", SECRET), ("DATA", CERTIFICATE["data"])):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PASSWORD", CERTIFICATE["password"])
    (tmp_path / "values.yaml").write_text(VALUES)
    words = ("import", tmp_path / "one", "--values", tmp_path / "values.yaml")
    imported = run(second, *words, "--prune")
    assert imported.exit_code == 0, imported.output
    again = run(second, "import", tmp_path / "one")
    assert again.output.strip() == "0 written, 0 deleted"
    run(second, "export", tmp_path / "two")
    copied = read_folder(tmp_path / "two")
    assert copied.keys() == files.keys()
    assert [path for path in files if files[path] != copied[path]] == []


def files_of(kinds: tuple[Kind, ...]) -> Iterator[str]:
    for kind in kinds:
        yield kind.file
        yield from files_of(kind.children)


@pytest.mark.parametrize("name", ["..", ".hidden", "a\\b", "50%", "łódź"])
def test_no_id_leaves_its_folder_or_is_hidden_in_it(name: str) -> None:
    folder = folder_name(name)
    assert not folder.startswith(".")
    assert not {"/", "\\"} & set(folder)


def test_values_for_what_is_not_there_and_variables_not_set_are_refused() -> None:
    files = {"tags/blue/tagInformation.json": b'{"properties": {"displayName": "b"}}'}
    entry = {"name": "red", "properties": {"displayName": "Red"}}
    with pytest.raises(Invalid, match="/tags/red"):
        with_values(files, {"tags": [entry]}, {})
    entry = {"name": "blue", "properties": {"displayName": "{#[COLOUR]#}"}}
    with pytest.raises(Invalid, match="COLOUR"):
        with_values(files, {"tags": [entry]}, {})
    told = with_values(files, {"tags": [entry]}, {"COLOUR": "navy"})
    assert b"navy" in told["tags/blue/tagInformation.json"]
