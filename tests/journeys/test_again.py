"""Starting again continues: same data, same keys, other ports if need be."""

import stat
from pathlib import Path

from tests.journeys.running import Running


def test_the_second_start_keeps_everything_but_the_ports(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = Running(data)
    assert first.execute(first.demo["starter_key"]).status == 200
    assert first.end() == 0
    assert not (data / "run.json").exists()
    second = Running(data)
    try:
        assert stat.S_IMODE((data / "demo.json").stat().st_mode) == 0o600
        for name in ("workspace", "service", "api_key", "starter_key", "admin"):
            assert second.demo[name] == first.demo[name]
        assert second.demo["management"]["token"] == first.demo["management"]["token"]
        assert second.demo["gateway_url"] == second.run["gateway_url"]
        assert second.execute(second.demo["starter_key"]).status == 200
    finally:
        second.end()
