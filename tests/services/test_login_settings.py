"""The settings for signing in: what is missing or unsafe is named, and nothing is started half."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from domain.errors import Refused
from tests.homes import open_at
from wiring import cookie_key
from wiring.keys import KeysDamaged
from wiring.settings import read

WHOLE = {
    "KONTO_LOGIN_ADDRESS": "https://konto.example.com",
    "KONTO_LOGIN_METADATA_URL": "https://login.example.com/.well-known/openid-configuration",
    "KONTO_LOGIN_CLIENT_ID": "vertrauenskonto",
    "KONTO_LOGIN_CLIENT_SECRET": "s3cret",
}


def test_with_all_four_people_sign_in_and_links_lead_to_the_address_that_they_use(tmp_path: Path):
    found = read(tmp_path, WHOLE)
    assert found.login.is_set
    assert found.pages == "https://konto.example.com/"
    assert "s3cret" not in repr(found)
    assert read(tmp_path, {}).pages == "http://127.0.0.1:8501/"


@pytest.mark.parametrize("left_out", WHOLE)
def test_one_that_is_missing_is_named(tmp_path: Path, left_out: str):
    with pytest.raises(Refused) as refused:
        read(tmp_path, {name: value for name, value in WHOLE.items() if name != left_out})
    assert refused.value.params["name"] == "login." + left_out.removeprefix("KONTO_LOGIN_").lower()


def test_beyond_this_machine_the_dashboard_answers_only_where_people_sign_in(tmp_path: Path):
    for host in ("0.0.0.0", "192.168.1.5"):
        with pytest.raises(Refused) as refused:
            read(tmp_path, {"KONTO_DASHBOARD_HOST": host})
        assert "[login]" in refused.value.text
        assert read(tmp_path, WHOLE | {"KONTO_DASHBOARD_HOST": host}).dashboard.host == host
    with pytest.raises(Refused):
        read(tmp_path, WHOLE | {"KONTO_API_HOST": "0.0.0.0"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "http://konto.example.com"),
        ("address", "https://konto.example.com/pages"),
        ("address", "https://me:secret@konto.example.com"),
        ("address", "https://konto.example.com?x=1"),
        ("address", "konto.example.com"),
        ("address", "ftp://127.0.0.1"),
        ("metadata_url", "http://login.example.com/.well-known/openid-configuration"),
        ("metadata_url", "login.example.com"),
        ("cookie_secret", "31-characters-are-one-too-few.."),
        ("hours", "0"),
    ],
)
def test_what_is_unsafe_is_refused_in_the_file_and_in_the_environment(tmp_path: Path, name: str, value: str):
    with pytest.raises(Refused):
        read(tmp_path, WHOLE | {f"KONTO_LOGIN_{name.upper()}": value})
    told = value if name == "hours" else f'"{value}"'
    (tmp_path / "settings.toml").write_text(f"[login]\n{name} = {told}\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(tmp_path, {})
    assert refused.value.path == f"login.{name}"
    if name in ("cookie_secret", "address"):
        assert value not in str(refused.value.params), "it may hold a password"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Konto.Example.com/", "https://konto.example.com"),
        ("https://konto.example.com:443", "https://konto.example.com"),
        ("https://konto.example.com:8443/", "https://konto.example.com:8443"),
        ("http://localhost:8501", "http://localhost:8501"),
        ("http://[::1]:8501/", "http://[::1]:8501"),
    ],
)
def test_an_address_is_taken_as_a_browser_writes_it(tmp_path: Path, written: str, meant: str):
    assert read(tmp_path, WHOLE | {"KONTO_LOGIN_ADDRESS": written}).login.address == meant


def test_roles_of_the_service_need_both_the_claim_and_what_its_values_mean(tmp_path: Path):
    file = tmp_path / "settings.toml"
    for half in ('roles_claim = "groups"', '[login.roles]\n"chiefs" = "manager"'):
        file.write_text(f"[login]\n{half}\n", encoding="utf-8")
        with pytest.raises(Refused) as refused:
            read(tmp_path, WHOLE)
        assert refused.value.params["name"] == "login.roles_claim"
    file.write_text('[login]\nroles_claim = "groups"\n[login.roles]\n"chiefs" = "manager"\n', encoding="utf-8")
    assert read(tmp_path, WHOLE).login.roles == {"chiefs": "manager"}
    file.write_text('[login]\nroles_claim = "groups"\n[login.roles]\n"chiefs" = "king"\n', encoding="utf-8")
    with pytest.raises(Refused):
        read(tmp_path, WHOLE)


def test_the_key_of_the_cookies_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path):
    home = open_at(tmp_path)
    try:
        first = cookie_key.of(home.konto)
        file = tmp_path / "login.key"
        assert first == cookie_key.of(home.konto) == file.read_text("utf-8")
        assert len(first) >= 32
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.write_text("short", encoding="utf-8")
        with pytest.raises(cookie_key.CookieKeyDamaged):
            cookie_key.of(home.konto)
        file.write_bytes(b"\xff" * 40)
        with pytest.raises(cookie_key.CookieKeyDamaged):
            cookie_key.of(home.konto)
    finally:
        home.close()
    assert not issubclass(cookie_key.CookieKeyDamaged, KeysDamaged), "nothing of the log depends on it"
