"""Where this console reads quota counters: of gateways, or of the store of limits."""

from sqlalchemy import Engine

from bramka.app.settings import Settings
from bramka.management.quota_source import QuotaSource, ToldQuotas


def quota_source(settings: Settings, usage: Engine) -> QuotaSource:
    """Where gateways with these settings count."""
    del settings
    return ToldQuotas(usage)
