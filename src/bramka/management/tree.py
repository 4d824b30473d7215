"""The tree of resources below a service instance: what stands under what."""

from bramka.management import cloud, inside, trying
from bramka.management.gateway_status import gateway_statuses
from bramka.management.link import PRODUCT_API, PRODUCT_GROUP, NamedLinks, tag_joint
from bramka.management.made import Cloud, Made
from bramka.management.members import Listing, Members, Pair, linked
from bramka.management.resource import AnyResource
from bramka.management.resources import tagging
from bramka.management.resources.api import Apis
from bramka.management.resources.api_schema import ApiSchemas
from bramka.management.resources.authorization_server import AuthorizationServers
from bramka.management.resources.backend import Backends
from bramka.management.resources.cache import Caches
from bramka.management.resources.certificate import Certificates
from bramka.management.resources.credential import (
    AccessPolicies,
    AuthorizationProviders,
    Authorizations,
)
from bramka.management.resources.diagnostic import Diagnostics
from bramka.management.resources.documentation import Documentations, Wikis
from bramka.management.resources.fragment import Fragments
from bramka.management.resources.group import Groups, join, part
from bramka.management.resources.identity_provider import IdentityProviders
from bramka.management.resources.instance import Instance
from bramka.management.resources.issue import AllIssues, Attachments, Comments, Issues
from bramka.management.resources.logger import Loggers
from bramka.management.resources.named_value import NamedValues
from bramka.management.resources.notification import Notifications, Recipients
from bramka.management.resources.openid_provider import OpenIdProviders
from bramka.management.resources.operation import Operations
from bramka.management.resources.policy import Policies
from bramka.management.resources.portal import (
    ContentItems,
    ContentTypes,
    PortalConfigs,
    PortalRevisions,
    PortalSettings,
)
from bramka.management.resources.product import Products
from bramka.management.resources.quota import Periods, Quotas
from bramka.management.resources.release import REVISION, Releases, list_revisions
from bramka.management.resources.report import Reports
from bramka.management.resources.resolver import ResolverPolicies, Resolvers
from bramka.management.resources.restriction import Restrictions
from bramka.management.resources.schema import Schemas
from bramka.management.resources.self_hosted import Authorities, Gateways, Hostnames
from bramka.management.resources.subscription import Subscriptions
from bramka.management.resources.tag import TagDescriptions, Tags
from bramka.management.resources.tagging import TAGGED, Taggings
from bramka.management.resources.template import Templates
from bramka.management.resources.tenant import TenantAccesses
from bramka.management.resources.user import Users
from bramka.management.resources.version_set import VersionSets
from bramka.management.resources.web_service import SOUGHT, sought, web_services
from bramka.store import product, self_hosted
from bramka.store.api import GATEWAY_APIS, PRODUCT_APIS
from bramka.store.group import PRODUCT_GROUPS, USER_GROUPS
from bramka.store.links import Links
from bramka.store.subscription import SUBSCRIPTIONS


def tree() -> Instance:
    """The service instance with everything below it."""
    return Instance(
        _apis(),
        _products(),
        *_people(),
        *_rules(),
        *_gateways(),
        *_portal(),
        *_observation(),
        *_trust(),
        *_elsewhere(),
    )


def _apis() -> AnyResource:
    products = Products()
    return Apis(
        Operations(Policies("apis", "operations"), Taggings("apis", "operations")),
        Policies("apis"),
        ApiSchemas(),
        Releases(),
        Made("revisions", list_revisions, REVISION),
        Diagnostics("apis"),
        Taggings("apis"),
        TagDescriptions(),
        Made("operationsByTags", tagging.tagged_operations, *TAGGED),
        Issues(Comments(), Attachments()),
        Wikis("apis"),
        Resolvers(ResolverPolicies()),
        Listing(products, "apis", linked(products, _upwards(PRODUCT_APIS))),
    )


def _products() -> AnyResource:
    apis, groups, row = Apis(), Groups(), SUBSCRIPTIONS.column
    api_pair, group_pair = _downwards(PRODUCT_APIS), _downwards(PRODUCT_GROUPS)
    add_group, remove_group = product.add_group, product.remove_group
    return Products(
        Members(apis, "products", api_pair, product.add_api, product.remove_api),
        Members(groups, "products", group_pair, add_group, remove_group),
        NamedLinks("products", "apiLinks", "apiId", PRODUCT_API),
        NamedLinks("products", "groupLinks", "groupId", PRODUCT_GROUP),
        Listing(
            Subscriptions(),
            "products",
            lambda name: row.scope == f"/products/{name}",
        ),
        Policies("products"),
        Taggings("products"),
        Wikis("products"),
    )


def _people() -> list[AnyResource]:
    users, groups, row = Users(), Groups(), SUBSCRIPTIONS.column
    return [
        Groups(Members(users, "groups", _upwards(USER_GROUPS), join, part)),
        Users(
            Listing(groups, "users", linked(groups, _downwards(USER_GROUPS))),
            Listing(Subscriptions(), "users", lambda name: row.owner_id == name),
            Made("identities", inside.identities),
        ),
        Subscriptions(),
        Notifications(
            Recipients("recipientEmails", "emails", "email"),
            Recipients("recipientUsers", "users", "userId"),
        ),
        Templates(),
    ]


def _rules() -> list[AnyResource]:
    return [
        NamedValues(),
        Backends(),
        VersionSets(),
        Schemas(),
        Policies(),
        Fragments(),
        Restrictions(),
        Made("policyDescriptions", inside.policy_descriptions),
        Made("policyElements", trying.policy_elements),
        Made("expressionTypes", trying.expression_types),
        Made("allPolicies", inside.all_policies),
        Tags(
            NamedLinks("tags", "apiLinks", "apiId", tag_joint("api")),
            NamedLinks("tags", "operationLinks", "operationId", tag_joint("operation")),
            NamedLinks("tags", "productLinks", "productId", tag_joint("product")),
        ),
        Made("tagResources", tagging.tag_resources, *TAGGED),
        Made("apisByTags", tagging.tagged_apis, *TAGGED),
        Made("productsByTags", tagging.tagged_products, *TAGGED),
    ]


def _gateways() -> list[AnyResource]:
    apis, pair = Apis(), _downwards(GATEWAY_APIS)
    add, remove = self_hosted.add_api, self_hosted.remove_api
    return [
        Gateways(
            Members(apis, "gateways", pair, add, remove, tagged=True),
            Hostnames(),
            Authorities(),
        ),
        Made("gatewayStatuses", gateway_statuses),
        Caches(),
        Certificates(),
        Quotas(Periods()),
    ]


def _portal() -> list[AnyResource]:
    return [
        PortalRevisions(),
        PortalSettings(),
        PortalConfigs(),
        ContentTypes(ContentItems()),
        Documentations(),
        AllIssues(),
    ]


def _observation() -> list[AnyResource]:
    return [Reports(), Loggers(), Diagnostics()]


def _trust() -> list[AnyResource]:
    return [
        IdentityProviders(),
        AuthorizationServers(),
        OpenIdProviders(),
        AuthorizationProviders(Authorizations(AccessPolicies())),
        TenantAccesses(),
        inside.Settings(),
    ]


def _elsewhere() -> list[AnyResource]:
    """What tells of the place the instance runs in, and what only a cloud has."""
    return [
        Made("webServices", web_services, SOUGHT, sought),
        Made("regions", cloud.regions),
        Made("skus", cloud.skus),
        Made("outboundNetworkDependenciesEndpoints", cloud.no_dependencies),
        Cloud("locations", cloud.NETWORK, Cloud("networkstatus", cloud.NETWORK)),
        Cloud("privateEndpointConnections", cloud.NETWORK),
        Cloud("privateLinkResources", cloud.NETWORK),
        Cloud("workspaceLinks", cloud.WORKSPACES),
        Cloud("workspaces", cloud.WORKSPACES, listed=False),
    ]


def _downwards(links: Links) -> Pair:
    return links.owner, links.member


def _upwards(links: Links) -> Pair:
    return links.member, links.owner
