"""What a gateway is put together from."""

from pathlib import Path

from bramka.app.gateway.parts import gateway_of
from bramka.app.settings import Settings


async def test_settings_bound_what_callers_may_send_and_how_slowly(
    tmp_path: Path,
) -> None:
    settings = Settings(
        data=tmp_path,
        gateway_body_mib=2,
        gateway_head_seconds=3.0,
        gateway_body_seconds=4.0,
        gateway_idle_seconds=5.0,
        gateway_write_seconds=6.0,
    )
    gateway = gateway_of(settings, "g", 0, None, holds_schemes=False)
    limits = gateway.server.limits
    await gateway.stop(grace=0.0)
    assert limits.body_bytes == 2 * 1024 * 1024
    assert (limits.head_seconds, limits.body_seconds) == (3.0, 4.0)
    assert (limits.idle_seconds, limits.write_seconds) == (5.0, 6.0)
