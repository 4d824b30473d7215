"""Which sorts of nouns an instance is exported as, in which folders; what is left out.

A resource that can be put and stands in neither table fails a test.
"""

from typing import NamedTuple

from bramka.domain.traffic.portal_content import TYPES


class Kind(NamedTuple):
    """One sort of noun: where it lies in the folder and in the REST."""

    folder: str
    segment: str
    file: str
    """Empty: it is always there, and only what is below it is told."""
    children: tuple["Kind", ...] = ()
    policy: bool = False
    reference: bool = False
    """Whether it only says that two things belong together."""
    secrets: str = ""
    """The action that tells what a list does not."""
    patched: bool = False
    """Whether what is there is changed by PATCH, which keeps what was never told."""
    told: tuple[str, ...] = ()
    """Properties that the service answers, and nobody can set; `a.b` is `b` in `a`."""
    languages: tuple[str, ...] = ("",)
    """Those that a list is asked for in."""


_OPERATIONS = Kind(
    "operations",
    "operations",
    "operationInformation.json",
    (Kind("tags", "tags", "tagOperationInformation.json", reference=True),),
    policy=True,
)
_WIKI = Kind("wikis", "wikis", "wikiInformation.json")
_API = Kind(
    "apis",
    "apis",
    "apiInformation.json",
    (
        Kind("schemas", "schemas", "apiSchemaInformation.json"),
        _OPERATIONS,
        Kind("releases", "releases", "apiReleaseInformation.json"),
        Kind("tags", "tags", "tagApiInformation.json", reference=True),
        Kind(
            "tag descriptions",
            "tagDescriptions",
            "apiTagDescriptionInformation.json",
            told=("tagId", "displayName"),
        ),
        Kind("diagnostics", "diagnostics", "apiDiagnosticInformation.json"),
        Kind("resolvers", "resolvers", "resolverInformation.json", policy=True),
        _WIKI,
    ),
    policy=True,
    # Operations and policies tell all that was copied from there.
    told=("sourceApiId",),
)
_PRODUCT = Kind(
    "products",
    "products",
    "productInformation.json",
    (
        Kind("apis", "apis", "productApiInformation.json", reference=True),
        Kind("groups", "groups", "productGroupInformation.json", reference=True),
        Kind("tags", "tags", "tagProductInformation.json", reference=True),
        _WIKI,
    ),
    policy=True,
)
_GATEWAY = Kind(
    "gateways",
    "gateways",
    "gatewayInformation.json",
    (
        Kind("apis", "apis", "gatewayApiInformation.json", reference=True),
        Kind(
            "hostname configurations",
            "hostnameConfigurations",
            "gatewayHostnameConfigurationInformation.json",
        ),
        Kind(
            "certificate authorities",
            "certificateAuthorities",
            "gatewayCertificateAuthorityInformation.json",
        ),
    ),
)
_CONNECTIONS = Kind(
    "authorization providers",
    "authorizationProviders",
    "authorizationProviderInformation.json",
    (
        Kind(
            "authorizations",
            "authorizations",
            "authorizationInformation.json",
            (
                Kind(
                    "access policies",
                    "accessPolicies",
                    "authorizationAccessPolicyInformation.json",
                ),
            ),
            told=("status", "error"),
        ),
    ),
    told=("oauth2.redirectUrl",),
)
_RECIPIENTS = (
    ("recipient emails", "recipientEmails", "notificationRecipientEmail"),
    ("recipient users", "recipientUsers", "notificationRecipientUser"),
)
KINDS: tuple[Kind, ...] = (
    Kind(
        "named values",
        "namedValues",
        "namedValueInformation.json",
        secrets="listValue",
        patched=True,
    ),
    Kind("tags", "tags", "tagInformation.json"),
    Kind("version sets", "apiVersionSets", "versionSetInformation.json"),
    Kind("certificates", "certificates", "certificateInformation.json"),
    Kind("backends", "backends", "backendInformation.json", patched=True),
    Kind("loggers", "loggers", "loggerInformation.json", patched=True),
    Kind("caches", "caches", "cacheInformation.json", patched=True),
    Kind("schemas", "schemas", "globalSchemaInformation.json"),
    Kind("policy fragments", "policyFragments", "policyFragmentInformation.json"),
    Kind("users", "users", "userInformation.json"),
    Kind(
        "groups",
        "groups",
        "groupInformation.json",
        (Kind("users", "users", "groupUserInformation.json", reference=True),),
        told=("builtIn",),
    ),
    Kind("documentations", "documentations", "documentationInformation.json"),
    Kind(
        "identity providers",
        "identityProviders",
        "identityProviderInformation.json",
        secrets="listSecrets",
        patched=True,
        told=("type",),
    ),
    Kind(
        "openid providers",
        "openidConnectProviders",
        "openidProviderInformation.json",
        secrets="listSecrets",
        patched=True,
    ),
    Kind(
        "authorization servers",
        "authorizationServers",
        "authorizationServerInformation.json",
        secrets="listSecrets",
        patched=True,
    ),
    _CONNECTIONS,
    _API,
    Kind("diagnostics", "diagnostics", "diagnosticInformation.json"),
    _PRODUCT,
    _GATEWAY,
    Kind(
        "subscriptions",
        "subscriptions",
        "subscriptionInformation.json",
        secrets="listSecrets",
        patched=True,
        told=("startDate", "endDate", "notificationDate"),
    ),
    Kind(
        "notifications",
        "notifications",
        "",
        tuple(
            Kind(folder, segment, f"{file}Information.json", reference=True)
            for folder, segment, file in _RECIPIENTS
        ),
    ),
    Kind(
        "templates",
        "templates",
        "templateInformation.json",
        told=("isDefault",),
        languages=("", "pl"),
    ),
    Kind(
        "portal settings",
        "portalsettings",
        "portalSettingInformation.json",
        secrets="listSecrets",
    ),
    Kind("portal configs", "portalconfigs", "portalConfigInformation.json"),
    Kind(
        "content types",
        "contentTypes",
        "contentTypeInformation.json",
        (Kind("content items", "contentItems", "contentItemInformation.json"),),
        told=("id",),
    ),
    # Last, so that they do not stand in the way of the policies they are about.
    Kind(
        "policy restrictions",
        "policyRestrictions",
        "policyRestrictionInformation.json",
    ),
)
"""In the order in which they can be made: what is named comes before who names it."""

FIXED = frozenset(
    {
        "/subscriptions/master",
        "/users/1",
        *(f"/groups/{name}" for name in ("administrators", "developers", "guests")),
    }
)
"""Made with the instance; each instance has its own."""
ALWAYS_THERE = frozenset(f"/contentTypes/{name}" for name in TYPES)
"""Known to every instance; only what lies below them is told."""

LEFT_OUT = {
    "": "who runs the instance and where it is reached; each has its own",
    "policies": "the file policy.xml beside what it is the policy of",
    "apis/operations/policies": "the file policy.xml beside the operation",
    "apis/policies": "the file policy.xml beside the API",
    "apis/resolvers/policies": "the file policy.xml beside the resolver",
    "products/policies": "the file policy.xml beside the product",
    "products/apiLinks": "the same as products/apis, under another name",
    "products/groupLinks": "the same as products/groups, under another name",
    "tags/apiLinks": "the same as apis/tags, under another name",
    "tags/operationLinks": "the same as apis/operations/tags, under another name",
    "tags/productLinks": "the same as products/tags, under another name",
    "apis/issues": "a conversation with developers, not configuration",
    "apis/issues/comments": "a conversation with developers, not configuration",
    "apis/issues/attachments": "a conversation with developers, not configuration",
    "portalRevisions": "when the portal was published; what it shows is told",
    "tenant": "keys to the whole instance; each has its own",
    "quotas": "what was called so far, not configuration",
    "quotas/periods": "what was called so far, not configuration",
}
"""Resources that can be changed and are not exported: where they are, and why."""
