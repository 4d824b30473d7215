"""Whose calls are traced: who asks for it, and may.

The older way is a subscription that allows tracing; its caller reads the trace at the
address in the answer. The newer one is a token of debug credentials; the trace is
read over the management REST.
"""

from datetime import UTC, datetime

from bramka.domain.traffic.exchange import Exchange
from bramka.domain.traffic.trace import read_credentials
from bramka.gateway.engine import Engine
from bramka.gateway.plan import Plan
from bramka.gateway.trace import Recorder
from bramka.wire.fields import TRACE, Fields


def begin_trace(exchange: Exchange, fields: Fields, plan: Plan, engine: Engine) -> bool:
    """Begin a trace if the caller may have one; the answer will tell where it is."""
    asked = {field.lower: field.value for field in fields if field.kind == TRACE}
    token, door = asked.get(b"apim-debug-authorization"), ""
    trace_id = exchange.request_id.replace("-", "")
    if token is not None:
        refusal = _refusal(token.decode("latin-1"), exchange, plan)
        if refusal is not None:
            exchange.answer_header(*refusal)
            return False
        exchange.answer_header(b"Apim-Trace-Id", trace_id.encode())
    else:
        held = exchange.subscription
        wanted = asked.get(b"ocp-apim-trace", b"").lower() == b"true"
        if not (wanted and held and held.allow_tracing and engine.trace_location):
            return False
        door = engine.chance.hex(16)
        location = f"{engine.trace_location}{door}"
        exchange.answer_header(b"Ocp-Apim-Trace-Location", location.encode())
    gateway = plan.configuration.instance.gateway_id
    recorder = Recorder(exchange, plan.configuration, engine.monotonic)
    exchange.trace = recorder
    exchange.after(
        lambda _: engine.traces.keep(recorder.document(gateway, door, trace_id))
    )
    return True


def _refusal(token: str, exchange: Exchange, plan: Plan) -> tuple[bytes, bytes] | None:
    """The field that says why the credentials do not trace this call; None: they do."""
    instance, api = plan.configuration.instance, exchange.api
    assert api is not None, "only calls that reach an API are traced"
    known = read_credentials(token, instance.pepper)
    if known is None or known.gateway != instance.gateway_id:
        return (
            b"Apim-Debug-Authorization-Invalid",
            b"The token is not one of this gateway.",
        )
    if known.epoch < instance.debug_epoch:
        # Of a later epoch is who learnt of a recall before this gateway did.
        return (
            b"Apim-Debug-Authorization-Invalid",
            b"The token was called back; ask for a new one.",
        )
    if known.until <= exchange.timestamp:
        ended = datetime.fromtimestamp(known.until, UTC).isoformat()
        return b"Apim-Debug-Authorization-Expired", ended.encode()
    if known.api != api.id.partition(";rev=")[0]:
        message = f"The token is for the API '{known.api}'."
        return b"Apim-Debug-Authorization-WrongAPI", message.encode(
            "latin-1", "replace"
        )
    return None
