"""Settings: where they come from, and what is refused."""

from pathlib import Path

import pytest

from bramka.app.gateway_settings import TlsTable
from bramka.app.reading_settings import read_settings
from bramka.app.settings import Settings, with_ports
from bramka.app.supervisor.process import environment_of
from bramka.domain.errors import Invalid


def test_addresses_and_databases_follow_from_the_rest(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, console_port=9000)
    assert settings.console_url == "http://127.0.0.1:9000"
    assert settings.database == f"sqlite:///{tmp_path}/state.db"
    assert settings.usage_database == f"sqlite:///{tmp_path}/usage.db"
    assert settings.worker_processes >= 1


def test_usage_is_kept_in_postgresql_where_the_rest_is(tmp_path: Path) -> None:
    database = "postgresql+psycopg://bramka@localhost/bramka"
    settings = Settings(data=tmp_path, database=database)
    assert settings.usage_database == database
    apart = Settings(data=tmp_path, database=database, usage_database="sqlite:///u")
    assert apart.usage_database == "sqlite:///u"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://127.0.0.1:8080"),
        ("::1", "http://[::1]:8080"),
        ("gate.example", "http://gate.example:8080"),
    ],
)
def test_the_address_is_one_that_can_be_called(
    host: str, url: str, tmp_path: Path
) -> None:
    assert Settings(data=tmp_path, host=host).gateway_url == url


def test_flags_win_over_variables_and_variables_over_the_file(tmp_path: Path) -> None:
    text = "gateway_port = 1\nconsole_port = 1\nservices_port = 1\n"
    (tmp_path / "bramka.toml").write_text(text)
    settings = read_settings(
        {"data": tmp_path, "gateway_port": "3", "console_port": None},
        {"BRAMKA_GATEWAY_PORT": "2", "BRAMKA_CONSOLE_PORT": "2"},
    )
    ports = settings.gateway_port, settings.console_port, settings.services_port
    assert ports == (3, 2, 1)
    assert settings.blobs_port == 8060


def test_the_data_folder_comes_from_flag_variable_or_default(tmp_path: Path) -> None:
    assert read_settings({}, {"BRAMKA_DATA": str(tmp_path)}).data == tmp_path
    assert read_settings({}, {}).data == Path("bramka-data").absolute()


@pytest.mark.parametrize(
    ("flags", "environment", "words"),
    [
        ({"gateway_port": "70000"}, {}, "gateway_port from --gateway-port"),
        ({}, {"BRAMKA_CONSOLE_PORT": "x"}, "the variable BRAMKA_CONSOLE_PORT"),
        ({}, {"BRAMKA_LOG_LEVEL": "loud"}, "Invalid enum value 'loud'"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    flags: dict[str, str], environment: dict[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=words):
        read_settings({"data": tmp_path, **flags}, environment)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gateway_prot = 1", "did you mean 'gateway_port'"),
        ("gateway_port = 'much'", "bramka.toml: Expected `int`"),
        ("gateway_port 1", "is not TOML"),
        (
            "[[tls]]\nhosts = ['a']",
            r"bramka.toml: Object missing required field `certi",
        ),
        ("[[tls]]\nhost = 'a'", "unknown field `host`"),
    ],
)
def test_a_wrong_file_is_refused(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "bramka.toml").write_text(text)
    with pytest.raises(Invalid, match=words):
        read_settings({"data": tmp_path}, {})


def test_tls_hosts_are_tables_and_reach_children_as_json(tmp_path: Path) -> None:
    text = "[[tls]]\nhosts = ['a.example']\ncertificate = 'a.pem'\nkey = 'a.key'\n"
    (tmp_path / "bramka.toml").write_text(text)
    settings = read_settings({"data": tmp_path}, {})
    assert settings.tls == (
        TlsTable(hosts=("a.example",), certificate="a.pem", key="a.key"),
    )
    (tmp_path / "bramka.toml").unlink()
    assert read_settings({}, environment_of(settings)) == settings


def test_a_refusal_does_not_repeat_a_password(tmp_path: Path) -> None:
    (tmp_path / "bramka.toml").write_text("database = ['postgresql://u:hush@h/d']")
    with pytest.raises(Invalid) as caught:
        read_settings({"data": tmp_path}, {})
    assert "hush" not in caught.value.message
    assert "hush" not in repr(Settings(data=tmp_path, database="sqlite:///hush"))


def test_other_ports_change_only_the_addresses_that_follow_from_them(
    tmp_path: Path,
) -> None:
    given = Settings(data=tmp_path, gateway_url="https://api.example", gateway_port=0)
    settings = with_ports(given, {"gateway_port": 81, "console_port": 82})
    assert settings.gateway_url == "https://api.example"
    assert settings.console_url == "http://127.0.0.1:82"
