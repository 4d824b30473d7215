"""Lets the management REST try policy documents with the gateway's own compiler."""

from collections.abc import Iterable

from bramka.app.clock import SystemChance, SystemClock
from bramka.app.expressions import expression_compiler
from bramka.domain.traffic.configuration import Configuration
from bramka.domain.traffic.demand import ADMITTED, Demands, Verdict
from bramka.domain.traffic.policy import PolicyDocument
from bramka.domain.traffic.quota_counter import QuotaSetting
from bramka.gateway.allowances import LocalWindows
from bramka.gateway.documents import compile_document
from bramka.gateway.state import State
from bramka.gateway.workshop import Nouns, Workshop
from bramka.management.call import CompilePolicy
from bramka.policies import shelf


class _UnspentQuotas:
    """Quotas of a document that is only compiled: no call ever spends them."""

    def take(
        self, key: str, now: float, anchor: float, period: float, calls: int
    ) -> float:
        del key, now, anchor, period, calls
        return 0.0


class _UnspentAllowances:
    """Limits of a document that is only compiled."""

    def windows(self, place: str) -> LocalWindows:
        del place
        return LocalWindows()

    def quotas(self, place: str) -> _UnspentQuotas:
        del place
        return _UnspentQuotas()

    def take(self, demands: Demands, now: float, timestamp: float) -> Verdict:
        del demands, now, timestamp
        return ADMITTED

    def spend(self, demands: Demands, now: float, timestamp: float) -> None:
        del demands, now, timestamp

    def correct(self, settings: Iterable[QuotaSetting]) -> None:
        del settings

    def close(self) -> None: ...


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
            allowances=_UnspentAllowances(),
        )
        nouns = Nouns(
            {
                "backends": around.backends,
                "certificates": around.certificates,
                "schemas": around.schemas,
                "loggers": around.loggers,
                "fragments": around.fragments,
                "groups": around.groups,
                "products": around.products,
            }
        )
        values = {one.display_name: one.value for one in around.named_values.values()}
        compile_document(document, workshop, nouns, values)

    return compile_policy
