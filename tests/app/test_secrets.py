"""Secrets: made once, kept from others, never shown."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from bramka.app.keeping.secrets import open_secrets
from bramka.domain.errors import Forbidden, Invalid


def test_they_are_made_once_and_kept(tmp_path: Path) -> None:
    first = open_secrets(tmp_path)
    assert open_secrets(tmp_path) == first
    assert len(first.pepper) == len(first.encryption_key) == 32
    assert open_secrets(tmp_path / "other") != first


def test_only_their_owner_can_read_them(tmp_path: Path) -> None:
    open_secrets(tmp_path)
    folder = tmp_path / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def _gateway_token(data: Path) -> str:
    return open_secrets(data).gateway_token


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        tokens = pool.map(_gateway_token, [tmp_path] * 16, chunksize=1)
    assert len(set(tokens)) == 1
    assert len(list((tmp_path / "secrets").iterdir())) == 4


@pytest.mark.parametrize("name", ["pepper", "."])
def test_open_doors_are_refused_with_the_remedy(name: str, tmp_path: Path) -> None:
    open_secrets(tmp_path)
    (tmp_path / "secrets" / name).chmod(0o755)
    with pytest.raises(Forbidden, match=r"mode 755.*chmod [67]00"):
        open_secrets(tmp_path)


@pytest.mark.parametrize("name", ["pepper", "gateway-token", "blob-account-key"])
@pytest.mark.parametrize("text", ["", "abc"])
def test_a_damaged_secret_is_not_replaced(name: str, text: str, tmp_path: Path) -> None:
    open_secrets(tmp_path)
    path = tmp_path / "secrets" / name
    path.write_text(text)
    with pytest.raises(Invalid, match="restore it from a backup"):
        open_secrets(tmp_path)
    assert path.read_text() == text


def test_their_repr_shows_nothing(tmp_path: Path) -> None:
    assert repr(open_secrets(tmp_path)) == "<Secrets>"
