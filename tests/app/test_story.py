"""What `bramka up` prints."""

import json
import subprocess
from pathlib import Path

from bramka.app.settings import Settings
from bramka.app.supervisor.story import curl, story

DEMO = {
    "gateway_url": "http://127.0.0.1:8080",
    "console_url": "http://127.0.0.1:8090",
    "workspace": "0123456789abcdef" * 2,
    "service": "fedcba9876543210" * 2,
    "api_key": "ab/+" * 21 + "abc=",
    "unlimited_key": "00112233445566778899aabbccddeeff",
    "admin": {
        "email": "administrator@demoazureml.example",
        "password": "7dbaece34806481551517ba6",
    },
    "developer": {
        "email": "developer@demoazureml.example",
        "password": "001700a696db0b43d829652e",
    },
}


def written(folder: Path) -> Settings:
    (folder / "demo.json").write_text(json.dumps(DEMO))
    return Settings(data=folder)


def test_it_tells_addresses_a_call_and_how_to_sign_in(tmp_path: Path) -> None:
    text = story(written(tmp_path), demo=True)
    assert "gateway  http://127.0.0.1:8080" in text
    assert "developer@demoazureml.example      001700a696db0b43d829652e" in text
    assert text.count("curl ") == 1


def test_without_the_demo_it_tells_no_secrets(tmp_path: Path) -> None:
    text = story(Settings(data=tmp_path), demo=False)
    assert "curl" not in text
    assert "password" not in text
    assert "http://127.0.0.1:8090" in text


def test_it_fits_80_columns(tmp_path: Path) -> None:
    lines = story(written(tmp_path), demo=True).splitlines()
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 80


def test_a_shell_puts_the_broken_words_together_again() -> None:
    command = curl(DEMO).replace("curl ", "printf '%s\\n' ", 1)
    words = subprocess.run(
        ["bash", "-c", command], check=True, capture_output=True, text=True
    ).stdout
    url, *rest = words.splitlines()
    assert url == (
        f"http://127.0.0.1:8080/azureml-demo/workspaces/{DEMO['workspace']}"
        f"/services/{DEMO['service']}/execute?api-version=2.0&details=true"
    )
    assert f"Authorization: Bearer {DEMO['api_key']}" in rest
    body = json.loads("".join(rest[rest.index("-d") + 1 :]))
    assert body["Inputs"]["input1"]["Values"] == [["This is a good day"]]
