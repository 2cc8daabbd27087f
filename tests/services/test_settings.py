"""Settings from the file and from the environment: what is taken, what is refused, and never a secret in the words."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import Refused
from wiring.environment import each
from wiring.settings import Settings, read

POSTGRES = "postgresql://konto:jo8-Grinsekatze@db:5432/konto"


def refused(home: Path, **environment: str) -> Refused:
    with pytest.raises(Refused) as caught:
        read(home, environment)
    return caught.value


def test_every_single_setting_has_a_variable_and_no_two_have_the_same():
    variables = [setting.variable for setting in each(Settings)]
    assert len(variables) == len(set(variables)) > 30
    assert {"KONTO_LANGUAGE", "KONTO_MAIL_HOST", "KONTO_STORE_URL", "KONTO_QUEUE_HEARTBEAT_SECONDS"} <= set(variables)


def test_the_environment_goes_before_the_file_and_the_rest_of_the_file_stays(tmp_path: Path):
    (tmp_path / "settings.toml").write_text('language = "en"\n[mail]\nhost = "a"\nport = 25\n', encoding="utf-8")
    settings = read(tmp_path, {"KONTO_MAIL_PORT": "2525", "KONTO_WORKER_TICK_SECONDS": "0.5", "PATH": "/bin"})
    assert (settings.language, settings.mail.host, settings.mail.port) == ("en", "a", 2525)
    assert settings.worker.tick_seconds == 0.5


def test_a_value_may_stand_in_a_file_as_secrets_do(tmp_path: Path):
    (tmp_path / "url").write_text(POSTGRES + "\n", encoding="utf-8")
    settings = read(tmp_path, {"KONTO_STORE_URL_FILE": str(tmp_path / "url"), "KONTO_QUEUE_URL": "redis://q:6379/1"})
    assert settings.store.address == POSTGRES
    assert settings.queue.address == "redis://q:6379/1"
    assert "Grinsekatze" not in repr(settings) + str(settings)


def test_customers_are_shared_out_in_a_database_only_and_the_setting_is_named(tmp_path: Path):
    error = refused(tmp_path, KONTO_WORKER_SHARES="2")
    assert (error.code, error.path) == ("needs_database", "worker.shares")
    assert "store.url" in str(error)
    assert read(tmp_path, {"KONTO_WORKER_SHARES": "1"}).worker.shares == 1
    assert read(tmp_path, {"KONTO_WORKER_SHARES": "2", "KONTO_STORE_URL": POSTGRES}).worker.shares == 2
    assert refused(tmp_path, KONTO_WORKER_SHARES="17", KONTO_STORE_URL=POSTGRES).path == "KONTO_WORKER_SHARES"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KONTO_MAIL_PORT", "no port"),
        ("KONTO_MAIL_PORT", "70000"),
        ("KONTO_MAIL_SECURITY", "perhaps"),
        ("KONTO_CUSTOMERS_MERGE_EQUAL_ADDRESSES", "perhaps"),
        ("KONTO_WORKER_TICK_SECONDS", "-1"),
        ("KONTO_WORKER_TICK_SECONDS", "inf"),
        ("KONTO_STORE_URL", "mysql://konto:jo8-Grinsekatze@db/konto"),
        ("KONTO_QUEUE_URL", "amqp://konto:jo8-Grinsekatze@queue"),
        ("KONTO_STORE_DB_SCHEMA", 'x"; DROP SCHEMA public; --'),
        ("KONTO_ZONE", "Berlin"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_name_and_never_shown(tmp_path: Path, name: str, value: str):
    error = refused(tmp_path, **{name: value})
    assert (error.code, error.path) == ("wrong_setting", name)
    assert value not in str(error)


@pytest.mark.parametrize("name", ["KONTO_MAIL_PASSWORD", "KONTO_STORE_URL", "KONTO_LANGUAGE"])
def test_an_empty_value_is_refused(tmp_path: Path, name: str):
    assert (refused(tmp_path, **{name: ""}).code, refused(tmp_path, **{name: ""}).path) == ("unsafe_setting", name)


def test_a_file_that_is_not_there_or_is_empty_is_refused(tmp_path: Path):
    (tmp_path / "empty").touch()
    for file in ("missing", "empty"):
        error = refused(tmp_path, KONTO_STORE_URL_FILE=str(tmp_path / file))
        assert (error.code, error.path) == ("unsafe_setting", "KONTO_STORE_URL_FILE")


def test_a_setting_given_twice_is_refused(tmp_path: Path):
    (tmp_path / "url").write_text(POSTGRES, encoding="utf-8")
    error = refused(tmp_path, KONTO_STORE_URL=POSTGRES, KONTO_STORE_URL_FILE=str(tmp_path / "url"))
    assert (error.code, error.path) == ("unsafe_setting", "KONTO_STORE_URL")


def test_an_unknown_variable_of_ours_is_refused_and_the_known_one_is_named(tmp_path: Path):
    error = refused(tmp_path, KONTO_MAIL_PROT="25")
    assert error.code == "unknown_setting"
    assert "KONTO_MAIL_PROT" in str(error)
    assert "KONTO_MAIL_PORT" in str(error)


@pytest.mark.parametrize("password", ["postgres", "changeme", "Password", "secret"])
def test_a_password_that_everybody_knows_is_refused(tmp_path: Path, password: str):
    error = refused(tmp_path, KONTO_STORE_URL=f"postgresql://konto:{password}@db/konto")
    assert (error.code, error.path) == ("unsafe_setting", "store.url")
    assert refused(tmp_path, KONTO_QUEUE_URL=f"redis://:{password}@queue/1").path == "queue.url"


@pytest.mark.parametrize("name", ["dashboard", "metrics"])
def test_beyond_this_machine_is_refused_and_only_in_a_container_all_its_addresses_are_taken(tmp_path: Path, name: str):
    variable = f"KONTO_{name.upper()}_HOST"
    for host in ("0.0.0.0", "::", "192.168.1.5", "konto.example"):
        assert refused(tmp_path, **{variable: host}).path == f"{name}.host"
    assert read(tmp_path, {variable: "0.0.0.0", "KONTO_CONTAINER": "1"})
    for host in ("192.168.1.5", "konto.example"):
        assert refused(tmp_path, **{variable: host, "KONTO_CONTAINER": "1"}).path == f"{name}.host"
