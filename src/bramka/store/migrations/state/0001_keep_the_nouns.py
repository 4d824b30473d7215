"""Keep the nouns."""

import sqlalchemy as sa
from alembic import op

from bramka.store.columns import NESTED, TEXT

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("expires", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_token_digest")),
    )
    op.create_table(
        "api",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("path", TEXT, nullable=False),
        sa.Column("service_url", TEXT, nullable=True),
        sa.Column("protocols", NESTED, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("subscription_required", sa.Boolean(), nullable=False),
        sa.Column("subscription_key_parameter_names", NESTED, nullable=False),
        sa.Column("forward_subscription_key", sa.Boolean(), nullable=False),
        sa.Column("api_revision", TEXT, nullable=False),
        sa.Column("api_revision_description", TEXT, nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("api_version", TEXT, nullable=True),
        sa.Column("api_version_description", TEXT, nullable=True),
        sa.Column("api_version_set_id", TEXT, nullable=True),
        sa.Column("authentication_settings", NESTED, nullable=True),
        sa.Column("contact", NESTED, nullable=True),
        sa.Column("license", NESTED, nullable=True),
        sa.Column("terms_of_service_url", TEXT, nullable=True),
        sa.Column("source_api_id", TEXT, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api")),
    )
    op.create_table(
        "backend",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("protocol", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("resource_id", TEXT, nullable=True),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("proxy", sa.LargeBinary(), nullable=True),
        sa.Column("tls", NESTED, nullable=True),
        sa.Column("circuit_breaker", NESTED, nullable=True),
        sa.Column("pool", NESTED, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backend")),
    )
    op.create_table(
        "configuration_change",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_configuration_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "fragment",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("escaped", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fragment")),
    )
    op.create_table(
        "group",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group")),
    )
    op.create_table(
        "instance",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("publisher_name", TEXT, nullable=False),
        sa.Column("publisher_email", TEXT, nullable=False),
        sa.Column("notification_sender_email", TEXT, nullable=True),
        sa.Column("location", TEXT, nullable=False),
        sa.Column("subscription_id", TEXT, nullable=False),
        sa.Column("resource_group", TEXT, nullable=False),
        sa.Column("tags", NESTED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_instance")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace", sa.String(length=32), nullable=False),
        sa.Column("endpoint", sa.String(length=32), nullable=False),
        sa.Column("package", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("spec", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.Float(precision=53), nullable=False),
        sa.Column("started", sa.Float(precision=53), nullable=True),
        sa.Column("ended", sa.Float(precision=53), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased", sa.Float(precision=53), nullable=False),
        sa.Column("until", sa.Float(precision=53), nullable=False),
        sa.Column("served", sa.Float(precision=53), nullable=False),
        sa.Column("swept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_job_endpoint_created"), ["endpoint", "created"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_job_state_endpoint"), ["state", "endpoint"], unique=False
        )

    op.create_table(
        "named_value",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("tags", NESTED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_value")),
    )
    op.create_table(
        "operation",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("api_id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("url_template", TEXT, nullable=False),
        sa.Column("template_parameters", NESTED, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("request", NESTED, nullable=True),
        sa.Column("responses", NESTED, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", "api_id", name=op.f("pk_operation")),
    )
    op.create_table(
        "policy",
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("escaped", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_policy")),
    )
    op.create_table(
        "product",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("terms", TEXT, nullable=True),
        sa.Column("subscription_required", sa.Boolean(), nullable=False),
        sa.Column("approval_required", sa.Boolean(), nullable=False),
        sa.Column("subscriptions_limit", sa.BigInteger(), nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_table(
        "service_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_change")),
    )
    op.create_table(
        "subscription",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=True),
        sa.Column("owner_id", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("allow_tracing", sa.Boolean(), nullable=False),
        sa.Column("created_date", sa.Double(), nullable=False),
        sa.Column("start_date", sa.Double(), nullable=True),
        sa.Column("end_date", sa.Double(), nullable=True),
        sa.Column("expiration_date", sa.Double(), nullable=True),
        sa.Column("notification_date", sa.Double(), nullable=True),
        sa.Column("state_comment", TEXT, nullable=True),
        sa.Column("primary_digest", sa.LargeBinary(), nullable=False),
        sa.Column("secondary_digest", sa.LargeBinary(), nullable=False),
        sa.Column("primary_key", sa.LargeBinary(), nullable=True),
        sa.Column("secondary_key", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscription_owner_id"), ["owner_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_subscription_primary_digest"),
            ["primary_digest"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_subscription_scope"), ["scope"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_subscription_secondary_digest"),
            ["secondary_digest"],
            unique=False,
        )

    op.create_table(
        "user",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=True),
        sa.Column("identities", NESTED, nullable=False),
        sa.Column("registration_date", sa.Double(), nullable=True),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_email"), ["email"], unique=False)

    op.create_table(
        "version_set",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("versioning_scheme", TEXT, nullable=False),
        sa.Column("version_query_name", TEXT, nullable=True),
        sa.Column("version_header_name", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_set")),
    )
    op.create_table(
        "workspace",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("friendly_name", sa.String(length=256), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("primary_key", sa.LargeBinary(), nullable=False),
        sa.Column("secondary_key", sa.LargeBinary(), nullable=False),
        sa.Column("primary_digest", sa.LargeBinary(), nullable=False),
        sa.Column("secondary_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
    )
    op.create_table(
        "chunk",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("stop", sa.BigInteger(), nullable=True),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased", sa.Float(precision=53), nullable=False),
        sa.Column("until", sa.Float(precision=53), nullable=False),
        sa.ForeignKeyConstraint(
            ["job"], ["job.id"], name=op.f("fk_chunk_job_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job", "number", name=op.f("pk_chunk")),
    )
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_chunk_job_state"), ["job", "state"], unique=False
        )

    op.create_table(
        "product_api",
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["api.id"], name=op.f("fk_product_api_member_api")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["product.id"], name=op.f("fk_product_api_owner_product")
        ),
        sa.PrimaryKeyConstraint("owner", "member", name=op.f("pk_product_api")),
    )
    with op.batch_alter_table("product_api", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_api_member"), ["member"], unique=False
        )

    op.create_table(
        "product_group",
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["group.id"], name=op.f("fk_product_group_member_group")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["product.id"], name=op.f("fk_product_group_owner_product")
        ),
        sa.PrimaryKeyConstraint("owner", "member", name=op.f("pk_product_group")),
    )
    with op.batch_alter_table("product_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_group_member"), ["member"], unique=False
        )

    op.create_table(
        "user_group",
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("member", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["member"], ["group.id"], name=op.f("fk_user_group_member_group")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["user.id"], name=op.f("fk_user_group_owner_user")
        ),
        sa.PrimaryKeyConstraint("owner", "member", name=op.f("pk_user_group")),
    )
    with op.batch_alter_table("user_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_group_member"), ["member"], unique=False
        )

    op.create_table(
        "web_service",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("workspace_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("experiment_id", sa.String(length=128), nullable=True),
        sa.Column("default_endpoint_name", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
            name=op.f("fk_web_service_workspace_id_workspace"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_service")),
        sa.UniqueConstraint(
            "workspace_id",
            "experiment_id",
            name=op.f("uq_web_service_workspace_id_experiment_id"),
        ),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("service_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created", sa.Float(), nullable=False),
        sa.Column("updated", sa.Float(), nullable=False),
        sa.Column("package", sa.String(length=128), nullable=False),
        sa.Column("primary_key", sa.LargeBinary(), nullable=False),
        sa.Column("secondary_key", sa.LargeBinary(), nullable=False),
        sa.Column("primary_digest", sa.LargeBinary(), nullable=False),
        sa.Column("secondary_digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "max_concurrent_calls", sa.Integer(), server_default="20", nullable=False
        ),
        sa.Column(
            "trace_level", sa.String(length=8), server_default="None", nullable=False
        ),
        sa.Column(
            "throttle_level", sa.String(length=8), server_default="High", nullable=False
        ),
        sa.Column(
            "prevent_update", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column(
            "sample_data_enabled",
            sa.Boolean(),
            server_default=sa.true(),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["web_service.id"],
            name=op.f("fk_endpoint_service_id_web_service"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint(
            "service_id", "name", name=op.f("uq_endpoint_service_id_name")
        ),
    )
