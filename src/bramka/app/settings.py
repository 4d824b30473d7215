"""Settings of a process: what may be set, and what follows from what."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from bramka.app.gateway_settings import GatewaySettings, Port

DEFAULT_DATA = Path("bramka-data")
PREFIX = "BRAMKA_"

Level = Literal["debug", "info", "warning", "error"]


class Settings(GatewaySettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a process is told; addresses left empty follow from host and port."""

    data: Annotated[Path, Meta(description="Folder of all data.")]
    host: Annotated[str, Meta(min_length=1, description="Address to listen on.")] = (
        "127.0.0.1"
    )
    console_port: Annotated[Port, Meta(description="Port of the console.")] = 8090
    services_port: Annotated[Port, Meta(description="Port of the services.")] = 8070
    blobs_port: Annotated[Port, Meta(description="Port of the blob endpoint.")] = 8060
    gateway_url: Annotated[
        str, Meta(description="Address callers use for the gateway.")
    ] = ""
    console_url: Annotated[
        str, Meta(description="Address of the console, also for gateways.")
    ] = ""
    services_url: Annotated[
        str, Meta(description="Address the gateway uses for the services.")
    ] = ""
    blobs_url: Annotated[str, Meta(description="Address of the blob endpoint.")] = ""
    database: Annotated[
        str, Meta(description="SQLAlchemy URL; SQLite in the data folder if empty.")
    ] = ""
    usage_database: Annotated[
        str,
        Meta(
            description="SQLAlchemy URL of the usage rollups; if empty the database "
            "when that is PostgreSQL, else SQLite in the data folder."
        ),
    ] = ""
    usage_minute_days: Annotated[
        float,
        Meta(ge=0, description="Days of usage per minute, hours after; 0: for ever."),
    ] = 8.0
    usage_hour_days: Annotated[
        float,
        Meta(ge=0, description="Days of usage per hour, days after; 0: for ever."),
    ] = 100.0
    usage_days: Annotated[
        float, Meta(ge=0, description="Days after which usage goes; 0: never.")
    ] = 0.0
    requests_kept: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000_000,
            description="Single calls kept for the report byRequest; 0: none.",
        ),
    ] = 10_000
    requests_a_second: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            description="Single calls that a gateway process notes a second; 0: none.",
        ),
    ] = 100
    request_days: Annotated[
        float, Meta(ge=0, description="Days after which single calls go; 0: never.")
    ] = 8.0
    request_addresses: Annotated[
        bool, Meta(description="Keep the callers' IP addresses with single calls.")
    ] = False
    places_file: Annotated[
        str,
        Meta(
            description="CSV of network,country,region,zip that tells gateways where "
            "callers are, for the report byGeo; none if empty."
        ),
    ] = ""
    outside_blobs: Annotated[
        Literal["none", "public", "any"],
        Meta(
            description="Other hosts that batch jobs may read from and write to: none, "
            "those with public addresses, or any."
        ),
    ] = "public"
    blobs_gigabytes: Annotated[
        float,
        Meta(ge=0, description="Most the blob endpoint stores, in GB; 0: no limit."),
    ] = 0.0
    development_containers: Annotated[
        str,
        Meta(
            description="Containers of the blob endpoint, with commas between, that "
            "whoever submits a batch job may read and write with "
            "UseDevelopmentStorage=true; data-* stands for all that begin so."
        ),
    ] = ""
    worker_processes: Annotated[
        int, Meta(ge=0, description="Worker processes; 0: as many as cores.")
    ] = 0
    runner: Annotated[
        Literal["local", "ray"],
        Meta(description="What runs batch jobs: processes of the worker, or Ray."),
    ] = "local"
    ray_address: Annotated[
        str, Meta(description="Ray cluster to join; one of this machine if empty.")
    ] = ""
    queue_seconds: Annotated[
        float,
        Meta(gt=0, description="Seconds between looks at the queue of batch jobs."),
    ] = 0.05
    storage: Annotated[
        str,
        Meta(
            description="What machines share for packages and parts of batch jobs: a "
            "folder, or s3://bucket/folder, gs://…, az://… with credentials from the "
            "environment; the data folder if empty."
        ),
    ] = ""
    chunk_rows: Annotated[
        int, Meta(ge=1, description="Most rows of a batch job that are scored at once.")
    ] = 100_000
    failing_rows: Annotated[
        Literal["fail", "set-aside"],
        Meta(
            description="What a row that a batch job cannot score does: it fails the "
            "job, or it is listed in a file of such rows."
        ),
    ] = "fail"
    experiment_nodes: Annotated[
        int, Meta(ge=1, le=64, description="Nodes of experiments run at a time.")
    ] = 4
    module_memory: Annotated[
        int, Meta(ge=64, description="Memory of one module of an experiment, in MiB.")
    ] = 4096
    module_seconds: Annotated[
        float, Meta(gt=0, description="Longest run of one module of an experiment.")
    ] = 3600.0
    results_days: Annotated[
        float,
        Meta(
            ge=0,
            description="Days after which results of experiments that nobody wanted "
            "go; 0: never.",
        ),
    ] = 90.0
    results_gib: Annotated[
        float,
        Meta(
            ge=0,
            description="GiB of results of experiments; above it those wanted longest "
            "ago go; 0: without a limit.",
        ),
    ] = 100.0
    job_days: Annotated[
        float,
        Meta(ge=0, description="Days after which ended batch jobs go; 0: never."),
    ] = 30.0
    diagnostics_days: Annotated[
        float,
        Meta(
            ge=0,
            description="Days that calls traced by the logging level of their endpoint "
            "stay in the container ml-diagnostics; 0: for ever.",
        ),
    ] = 7.0
    smtp_host: Annotated[
        str,
        Meta(
            description="Mail server; without one mails are files in the folder mail."
        ),
    ] = ""
    smtp_port: Annotated[Port, Meta(description="Port of the mail server.")] = 587
    smtp_security: Annotated[
        Literal["starttls", "tls", "none"],
        Meta(description="How the way to the mail server is encrypted."),
    ] = "starttls"
    smtp_user: Annotated[
        str, Meta(description="Account at the mail server, if it asks for one.")
    ] = ""
    smtp_password: Annotated[
        str, Meta(description="Password of that account; better kept in the variable.")
    ] = ""
    smtp_sender: Annotated[
        str,
        Meta(
            description="Address that mails come from; the publisher's if empty and "
            "the instance names none."
        ),
    ] = ""
    oidc_issuer: Annotated[
        str,
        Meta(description="OpenID issuer whose tokens open the management REST."),
    ] = ""
    oidc_audience: Annotated[
        str, Meta(description="Audience that those tokens must be meant for.")
    ] = ""
    oidc_role_claim: Annotated[
        str, Meta(description="Claim of those tokens that names roles or groups.")
    ] = "roles"
    oidc_owner: Annotated[
        str, Meta(description="Value of the claim that makes an owner.")
    ] = "bramka-owner"
    oidc_editor: Annotated[
        str, Meta(description="Value of the claim that makes an editor.")
    ] = "bramka-editor"
    oidc_viewer: Annotated[
        str, Meta(description="Value of the claim that makes a viewer.")
    ] = "bramka-viewer"
    if_match_optional: Annotated[
        bool,
        Meta(
            description="Change and delete over the management REST without If-Match, "
            "as Terraform does."
        ),
    ] = False
    log_level: Annotated[Level, Meta(description="Least severe event logged.")] = "info"

    def __post_init__(self) -> None:
        """Fill in what follows from the rest, so that readers never meet a gap."""
        for role in ("gateway", "console", "services", "blobs"):
            if not getattr(self, f"{role}_url"):
                url = local_url(self.host, getattr(self, f"{role}_port"))
                msgspec.structs.force_setattr(self, f"{role}_url", url)
        if not self.usage_database and self.database.startswith("postgresql"):
            msgspec.structs.force_setattr(self, "usage_database", self.database)
        for name, file in (("database", "state.db"), ("usage_database", "usage.db")):
            if not getattr(self, name):
                url = f"sqlite:///{self.data / file}"
                msgspec.structs.force_setattr(self, name, url)
        for role in ("gateway", "worker"):
            if not getattr(self, f"{role}_processes"):
                cores = len(os.sched_getaffinity(0))
                msgspec.structs.force_setattr(self, f"{role}_processes", cores)

    def __repr__(self) -> str:
        # Database addresses may hold passwords, so only the folder is shown.
        return f"<Settings: {self.data}>"


def local_url(host: str, port: int) -> str:
    """The address under which this machine reaches `host`:`port`."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def with_ports(settings: Settings, ports: Mapping[str, int]) -> Settings:
    """The settings with other ports; addresses that follow from ports follow."""
    changes: dict[str, Any] = dict(ports)
    for name, port in ports.items():
        url = name.replace("_port", "_url")
        if getattr(settings, url, "") == local_url(
            settings.host, getattr(settings, name)
        ):
            changes[url] = local_url(settings.host, port)
    return msgspec.structs.replace(settings, **changes)
