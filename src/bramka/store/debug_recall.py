"""Debug credentials called back: those of earlier epochs are worth nothing.

Nothing is deleted here, not even with the gateway: another one of the same name must
not take what was signed for the first.
"""

from bramka.domain.traffic.trace import DebugRecall
from bramka.store.change import queue_for_change
from bramka.store.collection import Collection
from bramka.store.transaction import Transaction

RECALLS = Collection(DebugRecall, "debug_recall", wire="instance")


def epoch_of(transaction: Transaction, gateway_id: str) -> int:
    """The epoch that credentials of the gateway are made in now."""
    found = RECALLS.find(transaction, gateway_id)
    return 0 if found is None else found.noun.epoch


def call_back(transaction: Transaction, gateway_id: str) -> None:
    """End the debug credentials that the gateway was made so far."""
    queue_for_change(transaction)
    epoch = epoch_of(transaction, gateway_id) + 1
    RECALLS.put(transaction, DebugRecall(id=gateway_id, epoch=epoch))
