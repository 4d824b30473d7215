"""Lets the management REST try policy documents with the gateway's own compiler."""

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.expressions import expression_compiler
from bramka.domain.traffic.allowance import Quota
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.policy import PolicyDocument
from bramka.gateway.allowances import LocalWindows
from bramka.gateway.documents import Nouns, Workshop, compile_document
from bramka.gateway.state import State
from bramka.management.call import CompilePolicy
from bramka.policies import shelf


class _UnspentQuotas:
    """Quotas of a document that is only compiled: no call ever spends them."""

    def current(self, key: str, now: float, anchor: float, period: float) -> Quota:
        del key, now, anchor, period
        return Quota()

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        del key, now, anchor, period, calls
        return 0.0

    def spend(self, key: str, calls: int, size: int) -> None:
        del key, calls, size


def policy_compiler() -> CompilePolicy:
    """Compiles one document among the nouns of a configuration, and forgets it."""
    policies, clock, chance = shelf(), SystemClock(), SystemChance()
    expressions = expression_compiler(clock, chance)

    def compile_policy(document: PolicyDocument, around: Configuration) -> None:
        workshop = Workshop(
            shelf=policies,
            expressions=expressions,
            state=State(),
            clock=clock,
            chance=chance,
            windows=lambda _place: LocalWindows(),
            quotas=lambda _place: _UnspentQuotas(),
        )
        nouns = Nouns(
            {
                "backends": around.backends,
                "certificates": around.certificates,
                "schemas": around.schemas,
                "fragments": around.fragments,
                "groups": around.groups,
                "products": around.products,
            }
        )
        values = {one.display_name: one.value for one in around.named_values.values()}
        compile_document(document, workshop, nouns, values)

    return compile_policy
