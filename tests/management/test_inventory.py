"""Every operation of the cloud's own client is called once; so many are answered."""

import base64
import inspect
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from azure.core.exceptions import HttpResponseError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    serialize_key_and_certificates,
)
from tests.databases import DEMO
from tests.management.console import BASE, VERSION, Console
from tests.management.sdk import operations, sdk_of

from bramka.domain.traffic.allowance import NEVER, anchor_of, by_key_prefix
from bramka.domain.traffic.quota_counter import CounterReport, QuotaCount, digest_of
from bramka.management.quota_places import BEGINNING, BY_KEY

ALL = 443
COMMITTED = int((Path(__file__).parent / "inventory.txt").read_text("ascii"))
"""How many are answered; a smaller number is a step back."""

NAMES = {
    "api_id": "echo",
    "operation_id": "read",
    "product_id": "starter",
    "group_id": "readers",
    "user_id": "dev",
    "sid": "mine",
    "tag_id": "red",
    "tag_description_id": "red",
    "release_id": "first",
    "schema_id": "thing",
    "diagnostic_id": "azuremonitor",
    "logger_id": "logs",
    "issue_id": "slow",
    "comment_id": "one",
    "attachment_id": "one",
    "version_set_id": "versions",
    "resolver_id": "name",
    "policy_id": "policy",
    "authsid": "server",
    "opid": "provider",
    "identity_provider_name": "google",
    "authorization_provider_id": "tokens",
    "authorization_id": "mine",
    "authorization_access_policy_id": "me",
    "backend_id": "there",
    "cache_id": "default",
    "certificate_id": "own",
    "content_type_id": "page",
    "content_item_id": "home",
    "documentation_id": "start",
    "template_name": "newDeveloperNotificationMessage",
    "gateway_id": "edge",
    "hc_id": "edge",
    "named_value_id": "where",
    "notification_name": "BCC",
    "email": "a@example.com",
    "id": "common",
    "policy_restriction_id": "strict",
    "portal_config_id": "default",
    "portal_revision_id": "r1",
    "api_link_id": "linked",
    "group_link_id": "linked",
    "operation_link_id": "linked",
    "product_link_id": "linked",
    "access_name": "access",
    "configuration_name": "configuration",
    "settings_type": "public",
    "quota_counter_key": "k",
    "quota_period_key": "0_PT0S",
    "gateway_name": "apart",
    "config_connection_name": "c",
    "private_endpoint_connection_name": "p",
    "private_link_sub_resource_name": "Gateway",
    "location": "local",
    "location_name": "local",
    "if_match": "*",
    "scope": "All",
    "format": "openapi+json-link",
    "export": "true",
    "service_name": DEMO.name,
    "resource_group_name": DEMO.resource_group,
}
"""What stands for each parameter of the client."""

FILTER = "timestamp ge datetime'2000-01-01T00:00:00'"
POLICY = "<policies><inbound><base /></inbound></policies>"
COUNTING = (
    "<policies><inbound><quota-by-key calls='1' renewal-period='0' counter-key='k' />"
    "</inbound></policies>"
)
SIGN_IN = {"clientId": "c", "clientSecret": "s"}
PERSON = {
    "email": "dev@example.com",
    "firstName": "Dev",
    "lastName": "Eloper",
    "password": "pass-word",
}
READ = {"displayName": "Read", "method": "GET", "urlTemplate": "/things"}
ECHO = {"displayName": "Echo", "path": "echo", "serviceUrl": "http://127.0.0.1:1"}
RESOURCE_FILE = "<http-data-source><http-request /></http-data-source>"


def certificate() -> dict[str, str]:
    """A PFX as the REST takes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bramka.test")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    own = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=9999))
        .sign(key, SHA256())
    )
    lock = BestAvailableEncryption(b"secret")
    pfx = serialize_key_and_certificates(b"own", key, own, None, lock)
    return {"data": base64.b64encode(pfx).decode(), "password": "secret"}


def soon() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


PUTS: dict[str, dict[str, Any]] = {
    "api_version_set": {"displayName": "V", "versioningScheme": "Segment"},
    "api": ECHO,
    "api_operation": READ,
    "api_schema": {
        "contentType": "application/vnd.oai.openapi.components+json",
        "document": {"components": {"schemas": {"Thing": {"type": "object"}}}},
    },
    "api_operation_policy": {"value": POLICY, "format": "xml"},
    "api_policy": {"value": POLICY, "format": "xml"},
    "product": {"displayName": "Starter", "state": "published"},
    "product_policy": {"value": POLICY, "format": "xml"},
    "policy": {"value": COUNTING, "format": "xml"},
    "policy_fragment": {
        "value": '<fragment><set-header name="x"><value>1</value></set-header>'
        "</fragment>",
        "format": "xml",
    },
    "policy_restriction": {
        "scope": "/products/starter/policies/policy",
        "requireBase": "true",
    },
    "group": {"displayName": "Readers"},
    "user": PERSON,
    "subscription": {
        "displayName": "Mine",
        "scope": "/products/starter",
        "ownerId": "/users/dev",
    },
    "tag": {"displayName": "Red"},
    "api_tag_description": {"description": "urgent"},
    "api_release": {"apiId": "/apis/echo;rev=1", "notes": "first"},
    "logger": {
        "loggerType": "applicationInsights",
        "credentials": {"instrumentationKey": "k"},
    },
    "diagnostic": {"loggerId": "/loggers/logs"},
    "api_diagnostic": {"loggerId": "/loggers/logs"},
    "api_issue": {"title": "Slow", "description": "very", "userId": "/users/dev"},
    "api_issue_comment": {"text": "yes", "userId": "/users/dev"},
    "api_issue_attachment": {
        "title": "a",
        "contentFormat": "link",
        "content": "https://example.com/a.png",
    },
    "documentation": {"title": "Start", "content": "# Start"},
    "api_wiki": {"documents": [{"documentationId": "/documentations/start"}]},
    "product_wiki": {"documents": [{"documentationId": "/documentations/start"}]},
    "graph_ql_api_resolver": {"displayName": "Name", "path": "Query/name"},
    "graph_ql_api_resolver_policy": {"value": RESOURCE_FILE, "format": "xml"},
    "authorization_server": {
        "displayName": "Server",
        "clientRegistrationEndpoint": "https://example.com/r",
        "authorizationEndpoint": "https://example.com/a",
        "grantTypes": ["authorizationCode"],
        "authorizationMethods": ["GET"],
        "clientId": "c",
        "clientSecret": "s",
    },
    "open_id_connect_provider": {
        "displayName": "P",
        "metadataEndpoint": "https://example.com/.well-known/openid-configuration",
        **SIGN_IN,
    },
    "identity_provider": SIGN_IN,
    "authorization_provider": {
        "displayName": "T",
        "identityProvider": "github",
        "oauth2": {
            "grantTypes": {"authorizationCode": {"clientId": "c", "clientSecret": "s"}}
        },
    },
    "authorization": {
        "authorizationType": "OAuth2",
        "oauth2grantType": "AuthorizationCode",
    },
    "authorization_access_policy": {"objectId": "o", "tenantId": "t"},
    "backend": {"url": "http://127.0.0.1:1", "protocol": "http"},
    "cache": {"connectionString": "localhost:1", "useFromLocation": "default"},
    "certificate": certificate(),
    "content_type": {"name": "Page", "schema": {"type": "object"}},
    "content_item": {"en_us": {"title": "Home"}},
    "delegation_settings": {"url": "https://example.com", "validationKey": "key"},
    "sign_in_settings": {"enabled": True},
    "sign_up_settings": {"enabled": True},
    "email_template": {"subject": "Hello", "body": "<html><body>Hi</body></html>"},
    "gateway": {"locationData": {"name": "edge"}, "description": "far"},
    "gateway_certificate_authority": {"isTrusted": True},
    "gateway_hostname_configuration": {
        "hostname": "edge.example.com",
        "certificateId": "/certificates/own",
    },
    "gateway_api": {},
    "global_schema": {"schemaType": "json", "document": {"type": "object"}},
    "named_value": {"displayName": "where", "value": "there"},
    "portal_config": {"enableBasicAuth": True},
    "portal_revision": {"description": "first", "isCurrent": True},
    "product_api_link": {"apiId": "/apis/echo"},
    "product_group_link": {"groupId": "/groups/readers"},
    "tag_api_link": {"apiId": "/apis/echo"},
    "tag_operation_link": {"operationId": "/apis/echo/operations/read"},
    "tag_product_link": {"productId": "/products/starter"},
    "tenant_access": {"enabled": True},
}
"""What each group puts, in an order in which all that is referred to exists."""

PATCHES: dict[str, dict[str, Any]] = {
    "api": {"description": "d"},
    "user": {"note": "n"},
    "subscription": {"displayName": "Mine too"},
    "named_value": {"value": "here"},
    "product": {"description": "d"},
    "logger": {"description": "d"},
    "identity_provider": {"clientId": "d"},
    "portal_config": {"enableBasicAuth": False},
    "tenant_access": {"enabled": True},
    "delegation_settings": {"url": "https://example.com/d"},
    "sign_in_settings": {"enabled": False},
    "sign_up_settings": {"enabled": False},
    "portal_revision": {"description": "second"},
    "gateway": {"description": "d"},
    "cache": {"description": "d"},
}
"""What they patch, where it is not what they put."""

BY_IDENTITY = {
    "storageAccount": "bramka",
    "containerName": "backups",
    "backupName": "one.tar",
    "accessType": "SystemAssignedManagedIdentity",
}
MAIN = {"properties": {"branch": "main"}}
BODIES: dict[str, dict[str, Any]] = {
    "gateway.generate_token": {"keyType": "primary", "expiry": soon()},
    "gateway.regenerate_key": {"keyType": "primary"},
    "gateway.list_debug_credentials": {
        "apiId": "/apis/echo",
        "purposes": ["tracing"],
    },
    "user.get_shared_access_token": {
        "properties": {"keyType": "primary", "expiry": soon()}
    },
    "api_management_service.begin_create_or_update": {
        "properties": {
            "publisherName": "Books",
            "publisherEmail": "admin@example.com",
        },
        "location": "local",
        "sku": {"name": "Developer", "capacity": 1},
    },
    "api_management_service.begin_update": {"properties": {"publisherName": "R"}},
    "client.begin_perform_connectivity_check_async": {
        "source": {"region": "local"},
        "destination": {"address": "127.0.0.1", "port": 1},
    },
    "tenant_configuration.begin_deploy": MAIN,
    "tenant_configuration.begin_save": MAIN,
    "tenant_configuration.begin_validate": MAIN,
    "quota_by_counter_keys.update": {"properties": {"callsCount": 0}},
    "quota_by_period_keys.update": {"properties": {"callsCount": 0}},
    "api_management_service.begin_backup": BY_IDENTITY,
    "api_management_service.begin_restore": BY_IDENTITY,
    "api_management_service.check_name_availability": {"name": "other"},
}
"""Bodies of the rest; an empty object where nothing is said."""

NOT_DONE = {
    "api_gateway": "ours are the instance's own",
    "api_gateway_config_connection": "ours are the instance's own",
    "api_management_gateway_skus": "ours are the instance's own",
    "api_management_service.begin_apply_network_configuration_updates": "network",
    "api_management_service.begin_backup": "no identities; see test_backup.py",
    "api_management_service.begin_restore": "no identities; see test_backup.py",
    "api_management_service.begin_migrate_to_stv2": "no platform below",
    "api_management_service.get_domain_ownership_identifier": "any name will do",
    "certificate.refresh_secret": "no key vault",
    "deleted_services.begin_purge": "goes with its data",
    "gateway.list_trace": "nobody called",
    "named_value.begin_refresh_secret": "no key vault",
    "network_status": "network",
    "operation_status.get": "nothing runs on",
    "operations_results.get": "nothing runs on",
    "private_endpoint_connection": "network",
    "tenant_configuration.begin_deploy": "nothing was saved; see test_deployment.py",
}
"""What may be refused, and the short of why: the answer says it at length."""
EMPTY = (
    "api_gateway.list",
    "api_gateway.list_by_resource_group",
    "outbound_network_dependencies_endpoints.list_by_service",
    "private_endpoint_connection.list_by_service",
    "reports.list_by_api",
    "reports.list_by_geo",
    "reports.list_by_operation",
    "reports.list_by_product",
    "reports.list_by_request",
    "reports.list_by_subscription",
    "reports.list_by_time",
    "reports.list_by_user",
)
"""Lists with nothing in them here; in all others something was put."""
REFUSALS = ("NotSupported", "ResourceNotFound")

JOINS = (
    "group_user.create",
    "notification.create_or_update",
    "notification_recipient_email.create_or_update",
    "notification_recipient_user.create_or_update",
    "product_api.create_or_update",
    "product_group.create_or_update",
    "tag.assign_to_api",
    "tag.assign_to_operation",
    "tag.assign_to_product",
)
OF_ALL = "api_management_service.begin_delete"
"""It takes everything with it."""
LAST = ("delete", "detach", "remove", "begin_delete", "begin_purge")


def phase(name: str) -> tuple[int, int, str]:
    """Where an operation stands in the run: make, join, look and change, delete."""
    if name.startswith("deleted_services") or name == OF_ALL:
        return (6, name != OF_ALL, name)
    group, _, verb = name.partition(".")
    order = list(PUTS).index(group) if group in PUTS else len(PUTS)
    if "create" in verb and group in PUTS and name not in JOINS:
        links = len(PUTS) if group.endswith("_link") else 0
        return (2 if links else 0, order, name)
    if name in JOINS:
        return (1, 0, name)
    if verb.startswith(LAST):
        early = group.startswith(("product_", "tag_", "group_", "notification_"))
        return (4 if early or "detach" in verb else 5, -order, name)
    return (3, order, name)


def body_of(name: str) -> Any:
    """What an operation sends."""
    group, _, verb = name.partition(".")
    if name in BODIES:
        sent = BODIES[name]
    elif "update" in verb and "create" not in verb:
        patched = PATCHES.get(group, PUTS.get(group, {}))
        sent = {"properties": patched}
    elif group == "identity_provider":
        sent = {"properties": PUTS[group]}
    elif "create" in verb:
        sent = {"properties": PUTS.get(group, {})}
    else:
        sent = {}
    return io.BytesIO(json.dumps(sent).encode())


def _is_body(name: str) -> bool:
    return "parameters" in name or name.endswith(("_request", "_request_params"))


def call(name: str, method: Callable[..., Any]) -> Any:
    """Do it, with what stands for each of its parameters; all of a list is read."""
    given: dict[str, Any] = {}
    for parameter in inspect.signature(method).parameters.values():
        if parameter.name in ("kwargs", "self"):
            continue
        if parameter.default is not inspect.Parameter.empty:
            continue
        given[parameter.name] = NAMES.get(parameter.name)
        if _is_body(parameter.name):
            given[parameter.name] = body_of(name)
        if parameter.name == "filter":
            given["filter"] = FILTER
        if parameter.name == "interval":
            given["interval"] = timedelta(minutes=15)
    if name.startswith("reports.list_by_request"):
        given["filter"] = FILTER
    answer = method(**given)
    if "begin_" in name:
        return answer.result()
    if not hasattr(answer, "by_page"):
        return answer
    rows = list(answer)
    assert rows or name in EMPTY, "an empty list"
    return rows


def tell_of_a_call(console: Console) -> None:
    """As a gateway tells that the quota of the key `k` counted one."""
    start = anchor_of(BEGINNING)
    key = by_key_prefix(NEVER, start) + NAMES["quota_counter_key"]
    count = QuotaCount(id=digest_of(BY_KEY, key).hex(), start=start, calls=1)
    answer = console.client.post(
        "/gateway/quotas",
        content=msgspec.json.encode(CounterReport(counts=(count,))),
        headers={"Authorization": f"Bearer {console.gateway_token}"},
    )
    assert answer.status_code == 204, answer.text


def shown_code(console: Console) -> str:
    """What the page of a log-in shows."""
    path = "/authorizationProviders/tokens/authorizations/mine/getLoginLinks"
    link = console.client.post(BASE + path, params=VERSION, json={}).json()["loginLink"]
    found = re.search(
        "<b>([0-9a-f]+)</b>", console.client.get(urlsplit(link).path).text
    )
    assert found is not None
    return found[1]


def test_every_operation_of_the_client_is_answered(console: Console) -> None:
    wrong: list[str] = []
    tell_of_a_call(console)
    with sdk_of(console) as sdk:
        found = operations(sdk)
        for name in sorted(found, key=phase):
            group = name.partition(".")[0]
            if name == "authorization.confirm_consent_code":
                BODIES[name] = {"consentCode": shown_code(console)}
            refusable = name in NOT_DONE or group in NOT_DONE
            try:
                call(name, found[name])
            except HttpResponseError as error:
                told = error.error
                fits = told and told.code in REFUSALS and len(told.message or "") > 20
                if not (refusable and fits):
                    wrong.append(f"{name}: {error.status_code} {error.message}")
            except Exception as error:  # what the client cannot read
                wrong.append(f"{name}: {type(error).__name__} {error}")
    assert len(found) == ALL
    answered = ALL - len(wrong)
    print(f"\noperations answered: {answered} of {ALL}")
    assert answered >= COMMITTED, "\n".join(wrong)
