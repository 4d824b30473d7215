"""Settings of gateways: where they listen, how long they wait, where they count."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Port = Annotated[int, Meta(ge=0, le=65535)]


class TlsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Host names that share a certificate; files are relative to the data folder."""

    hosts: Annotated[tuple[str, ...], Meta(min_length=1)]
    certificate: str
    key: str
    client_ca: str = ""
    negotiate: Literal["no", "optional", "required", "any"] = "no"


class GatewaySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked of gateways, and of those who speak with them."""

    gateway_port: Annotated[Port, Meta(description="Port of the gateway.")] = 8080
    gateway_tls_port: Annotated[
        Port, Meta(description="Port of the gateway for TLS, if tls is set.")
    ] = 8443
    gateway_tunnels: Annotated[
        int, Meta(ge=0, description="WebSocket connections at a time, per process.")
    ] = 5_000
    gateway_metrics_port: Annotated[
        Port,
        Meta(
            description="Port of the gateway's metrics at /metrics, 0: none; of "
            "several processes each takes the next."
        ),
    ] = 0
    gateway_metrics_token: Annotated[
        str,
        Meta(
            description="Bearer token that reads the metrics of gateway and services; "
            "if empty, whoever calls from this machine."
        ),
    ] = ""
    gateway_body_mib: Annotated[
        int, Meta(gt=0, description="Longest body of a request, in MiB.")
    ] = 1_024
    gateway_head_seconds: Annotated[
        float, Meta(gt=0, description="Longest time in which a request's head comes.")
    ] = 30.0
    gateway_body_seconds: Annotated[
        float, Meta(gt=0, description="Longest pause within a request's body.")
    ] = 60.0
    gateway_idle_seconds: Annotated[
        float, Meta(gt=0, description="Longest time between calls of a connection.")
    ] = 75.0
    gateway_write_seconds: Annotated[
        float, Meta(gt=0, description="Longest time a caller may leave answers unread.")
    ] = 60.0
    gateway_connect_seconds: Annotated[
        float,
        Meta(gt=0, description="Longest time to connect to a backend."),
    ] = 30.0
    gateway_reaches_metadata: Annotated[
        bool,
        Meta(
            description="Let backends have link-local addresses and those where clouds "
            "keep their machines' metadata."
        ),
    ] = False
    gateway_backend_idle_seconds: Annotated[
        float,
        Meta(gt=0, description="Longest pause within a backend's answer."),
    ] = 300.0
    gateway_half_closed_seconds: Annotated[
        float,
        Meta(
            gt=0,
            description="How long a caller that closed its sending side is answered; "
            "then the backend's call is given up.",
        ),
    ] = 10.0
    gateway_tunnel_seconds: Annotated[
        float,
        Meta(gt=0, description="Longest time in which nothing passes through one."),
    ] = 300.0
    gateway_hosts: Annotated[
        str,
        Meta(description="Host names served, with commas between; all if empty."),
    ] = ""
    tls: Annotated[
        tuple[TlsTable, ...],
        Meta(
            description="A table [[tls]] for each certificate: hosts, certificate, "
            "key, negotiate (whether callers are asked for one: no, optional, "
            "required, or any, which takes those nobody knows too) and client_ca (who "
            "signs theirs; if empty, the certificates of the instance are known); "
            "JSON in the variable."
        ),
    ] = ()
    gateway_token: Annotated[
        str, Meta(description="Token of a gateway on another machine.")
    ] = ""
    cache_url: Annotated[
        str, Meta(description="Redis or Valkey that gateways share as external cache.")
    ] = ""
    identity_token_endpoint: Annotated[
        str,
        Meta(description="OAuth token endpoint of authentication-managed-identity."),
    ] = ""
    identity_client_id: Annotated[
        str, Meta(description="Account of the gateway at that endpoint.")
    ] = ""
    identity_client_secret: Annotated[
        str, Meta(description="Secret of that account; better kept in the variable.")
    ] = ""
    identity_asks_by: Annotated[
        Literal["resource", "scope"],
        Meta(description="Parameter that names what a token is for."),
    ] = "resource"
    limits_url: Annotated[
        str,
        Meta(
            description="Redis or Valkey where gateways of several machines count "
            "limits together; if empty each machine counts by itself."
        ),
    ] = ""
    limits_when_away: Annotated[
        Literal["share", "refuse"],
        Meta(
            description="While that store is away: each gateway admits its share of "
            "every limit, or refuses what is limited; a policy may say otherwise."
        ),
    ] = "share"
    gateway_processes: Annotated[
        int, Meta(ge=0, description="Gateway processes; 0: as many as cores.")
    ] = 1
