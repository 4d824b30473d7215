"""Keep single calls, and where callers are."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import TEXT

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEYS = ("minute", "api", "operation", "product", "subscription", "user")
SUMS = (
    *("success", "blocked", "failed", "other"),
    *("bandwidth", "cache_hits", "cache_misses"),
    *(f"latency_{name}" for name in ("count", "total", "min", "max")),
    *(f"backend_{name}" for name in ("count", "total", "min", "max")),
)


def upgrade() -> None:
    _widen_usage()
    op.create_table(
        "request_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("timestamp", sa.Double(), nullable=False),
        sa.Column("api", TEXT, nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("product", TEXT, nullable=False),
        sa.Column("subscription", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("ip_address", TEXT, nullable=False),
        sa.Column("response_code", sa.BigInteger(), nullable=False),
        sa.Column("backend_response_code", sa.BigInteger(), nullable=False),
        sa.Column("request_size", sa.BigInteger(), nullable=False),
        sa.Column("response_size", sa.BigInteger(), nullable=False),
        sa.Column("cache", TEXT, nullable=False),
        sa.Column("api_micros", sa.BigInteger(), nullable=False),
        sa.Column("service_micros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_request_log")),
    )


def _widen_usage() -> None:
    """The key gets one more column, so the table is made anew."""
    op.rename_table("usage", "usage_before")
    if op.get_bind().dialect.name == "postgresql":
        # There an index keeps its name when its table gets another.
        op.execute("ALTER TABLE usage_before RENAME CONSTRAINT pk_usage TO pk_before")
    made = op.create_table(
        "usage",
        sa.Column("minute", sa.BigInteger(), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in (*KEYS[1:], "place")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS),
        sa.Column("histogram", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(*KEYS, "place", name=op.f("pk_usage")),
        sqlite_with_rowid=False,
    )
    names = (*KEYS, *SUMS, "histogram")
    before = sa.table("usage_before", *(sa.column(name) for name in names))
    rows = sa.select(*before.c, sa.literal(""))
    op.execute(sa.insert(made).from_select([*names, "place"], rows))
    op.drop_table("usage_before")
