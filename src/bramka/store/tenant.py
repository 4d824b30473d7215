"""Keys to the whole instance; encrypted."""

from bramka.domain.traffic.tenant import TenantAccess
from bramka.store.change import QUIET
from bramka.store.collection import Collection

TENANT_ACCESS = Collection(
    TenantAccess,
    "tenant_access",
    wire=QUIET,
    sealed=("primary_key", "secondary_key"),
)
