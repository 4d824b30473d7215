"""The tables of experiments: snapshots, what became of their nodes, and comments."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from bramka.store.database import METADATA
from bramka.store.workspace import WORKSPACE

EXPERIMENT = Table(
    "experiment",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), nullable=False),
    Column("family", String(32), nullable=False),
    Column("parent_id", String(128)),
    Column("name", String(256), nullable=False),
    Column("summary", Text, nullable=False),
    Column("category", String(64), nullable=False),
    Column("creator", String(320), nullable=False),
    Column("document", Text, nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("detail", Text, nullable=False),
    Column("created", Double, nullable=False),
    Column("changed", Double, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("etag", String(32), nullable=False),
    Column("leaf", Boolean, nullable=False),
    Column("cancel", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", String(32), nullable=False),
    Column("leased", Double, nullable=False),
    Column("until", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("ix_experiment_workspace", "workspace_id", "changed"),
    Index("ix_experiment_family", "family"),
)
EXPERIMENT_NODE = Table(
    "experiment_node",
    METADATA,
    Column("experiment_id", String(128), primary_key=True),
    Column("node_id", String(256), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("cached", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("started", Double),
    Column("ended", Double),
    Column("log", Text, nullable=False),
    Column("outputs", Text, nullable=False),
)
ANNOTATION = Table(
    "annotation",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("family", String(32), nullable=False, index=True),
    Column("experiment_id", String(128), nullable=False),
    Column("node_id", String(256), nullable=False),
    Column("author", String(320), nullable=False),
    Column("text", Text, nullable=False),
    Column("created", Double, nullable=False),
)
STUDIO_ACTIVITY = Table(
    "studio_activity",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("workspace_id", ForeignKey(WORKSPACE.c.id), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Double, nullable=False),
)
