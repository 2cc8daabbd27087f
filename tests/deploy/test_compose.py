"""docker-compose.yml and Dockerfile, without a container engine: names, ports, volumes, secrets, settings, commands."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
from packaging.specifiers import SpecifierSet

from deploy import make_secrets
from tests.deploy.compose import (
    DOCKERFILE,
    FILE,
    FIRM,
    IMAGE,
    ROOT,
    TRY,
    Missing,
    filled,
    image_environment,
    of_env_file,
    project,
    raw,
    said,
    words_of,
)
from wiring import settings
from wiring.commands.konto import app
from wiring.environment import OTHERS

COMPOSE = project()
SERVICES = sorted(COMPOSE.services)
OURS = sorted(COMPOSE.ours)
LONG_RUNNING = ["api", "dashboard", "follower", "mail", "postgres", "redis", "scheduler", "worker"]
PUBLISHED = re.compile(r"127\.0\.0\.1:(\d+):(\d+)")
TAGGED = re.compile(r"[\w./-]+:v?\d[\w.-]*")
TOKEN = "0123456789" * 5
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def networks(service: str) -> set[str]:
    return set(COMPOSE.services[service]["networks"])


def mounts(service: str) -> dict[str, str]:
    """The volumes of a service and where they appear."""
    pairs = (each.split(":") for each in COMPOSE.services[service].get("volumes", ()))
    return {name: path for name, path in pairs}


def ports(service: str) -> list[str]:
    found: list[str] = COMPOSE.services[service].get("ports", [])
    return found


def needs(service: str) -> dict[str, str]:
    """What is waited for, and how far it must have come."""
    return {name: each["condition"] for name, each in COMPOSE.services[service].get("depends_on", {}).items()}


# -- the file -----------------------------------------------------------------------------------------


def test_the_file_fits_the_schema_of_compose_files():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_all_that_belongs_to_an_installation_is_there():
    expected = ["api", "dashboard", "follower", "konto", "mail", "migrate", "postgres", "redis", "scheduler", "worker"]
    assert expected == SERVICES
    assert OURS == ["api", "dashboard", "follower", "konto", "migrate", "scheduler", "worker"]


def test_without_a_mail_server_the_file_says_what_to_do():
    with pytest.raises(Missing, match=r"KONTO_MAIL_HOST .*copy deploy/try\.env or deploy/firm\.env to \.env"):
        project({})


def test_every_name_that_is_used_is_declared_and_the_other_way_round():
    used: dict[str, set[str]] = {"networks": set(), "volumes": set(), "secrets": set()}
    for service in COMPOSE.services.values():
        used["networks"] |= set(service["networks"])
        used["volumes"] |= {each.split(":")[0] for each in service.get("volumes", ())}
        used["secrets"] |= set(service.get("secrets", ()))
    assert {kind: set(COMPOSE.data[kind]) for kind in used} == used


def test_nothing_is_set_aside_as_an_anchor_and_not_used():
    text = FILE.read_text("utf-8")
    for name in re.findall(r"&(\w+)", text):
        assert f"*{name}" in text, name


# -- images -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_is_named_with_its_version(service: str):
    image = COMPOSE.services[service]["image"]
    assert TAGGED.fullmatch(image), image
    assert "latest" not in image


def test_our_image_has_the_version_of_the_project_and_one_service_builds_it():
    assert {COMPOSE.services[service]["image"] for service in OURS} == {f"{IMAGE}:{PROJECT['version']}"}
    assert [name for name in SERVICES if "build" in COMPOSE.services[name]] == ["migrate"]
    fetched = {name for name in OURS if COMPOSE.services[name]["pull_policy"] != "never"}
    assert fetched == {"migrate"}, "the others find what was built, and nobody asks a stranger for it"


@pytest.mark.parametrize("service", SERVICES)
def test_nobody_is_root_or_may_become_it_and_only_volumes_can_be_written(service: str):
    described = COMPOSE.services[service]
    user = said("USER")[-1] if service in OURS else described["user"]
    assert user.split(":")[0] not in ("", "0", "root")
    assert described["cap_drop"] == ["ALL"]
    assert "cap_add" not in described
    assert not described.get("privileged")
    assert described["security_opt"] == ["no-new-privileges:true"]
    assert described["read_only"] is True
    assert "/tmp" in described["tmpfs"]
    assert "container_name" not in described, "a worker may run several times"


# -- starting and stopping ----------------------------------------------------------------------------


def test_what_is_waited_for_exists_and_nobody_waits_in_a_circle():
    order = list(TopologicalSorter({name: needs(name) for name in SERVICES}).static_order())
    assert sorted(order) == SERVICES
    for service in SERVICES:
        for other, condition in needs(service).items():
            assert other in SERVICES
            assert (condition == "service_completed_successfully") == (other == "migrate")
            assert condition != "service_healthy" or "healthcheck" in COMPOSE.services[other]


def test_migrate_waits_for_the_database_and_everything_of_ours_for_migrate():
    assert needs("migrate") == {"postgres": "service_healthy"}
    for service in set(OURS) - {"migrate"}:
        assert needs(service)["migrate"] == "service_completed_successfully", service
        assert needs(service)["postgres"] == "service_healthy", service


@pytest.mark.parametrize("service", ["scheduler", "worker"])
def test_who_rings_and_who_answers_waits_for_the_queue(service: str):
    assert needs(service)["redis"] == "service_healthy"


def test_nothing_that_always_runs_waits_for_what_only_runs_when_asked_for():
    for service in LONG_RUNNING:
        for other in needs(service):
            assert "profiles" not in COMPOSE.services[other]
    assert {name: each["profiles"] for name, each in COMPOSE.services.items() if "profiles" in each} == {
        "konto": ["by-hand"],
        "mail": ["try"],
    }


def test_what_runs_is_started_again_looked_after_and_given_time_to_end():
    assert [name for name in SERVICES if COMPOSE.services[name]["restart"] == "unless-stopped"] == LONG_RUNNING
    assert [name for name in SERVICES if COMPOSE.services[name]["restart"] == "no"] == ["konto", "migrate"]
    for service in LONG_RUNNING:
        test = COMPOSE.services[service]["healthcheck"]["test"]
        assert test[0] == "CMD", f"{service}: without a shell"
        assert all(isinstance(word, str) for word in test)
    for service in [*OURS, "postgres", "redis"]:
        assert int(COMPOSE.services[service]["stop_grace_period"].removesuffix("s")) > 10, service
    for service in OURS:
        assert COMPOSE.services[service]["init"] is True
        assert "stop_signal" not in COMPOSE.services[service]
    assert said("STOPSIGNAL") == ["SIGTERM"]


@pytest.mark.parametrize("service", SERVICES)
def test_no_log_can_fill_the_disk(service: str):
    options = COMPOSE.services[service]["logging"]["options"]
    assert re.fullmatch(r"\d{1,2}m", options["max-size"])
    assert int(options["max-file"]) < 10


# -- commands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", OURS)
def test_every_command_is_one_of_konto(service: str):
    assert said("ENTRYPOINT") == ['["konto"]']
    assert "entrypoint" not in COMPOSE.services[service]
    parsed = parsed_as_konto(COMPOSE.services[service]["command"])
    assert set(parsed.params.get("only") or ()) <= set(settings.ROLES)


def test_the_parts_of_the_worker_each_have_a_service():
    parts = [COMPOSE.services[name]["command"][2] for name in ("follower", "scheduler", "worker")]
    assert sorted(parts) == sorted(settings.ROLES)


def parsed_as_konto(words: list[str]) -> Any:
    """Read as the command line does it, and not carried out."""
    group: Any = typer.main.get_command(app)
    name, *arguments = words
    return group.commands[name].make_context(name, arguments)


# -- settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("env", [TRY, FIRM], ids=lambda file: file.name)
@pytest.mark.parametrize("service", OURS)
def test_a_service_accepts_its_environment_and_finds_store_queue_and_mail_server(
    service: str, env: Path, tmp_path: Path
):
    chosen = of_env_file(env)
    compose, folder = project(chosen), made(tmp_path)
    files = {"deploy/secrets/dashboard.env": of_env_file(folder / make_secrets.DASHBOARD)}
    environment = compose.environment(service, files)
    for name, value in environment.items():
        if name.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in compose.services[service]["secrets"]
            environment[name] = str(folder / Path(compose.data["secrets"][secret]["file"]).name)
    found = settings.read(tmp_path / "home", environment)
    address = urlsplit(found.store.address or "")
    database = COMPOSE.services["postgres"]["environment"]
    assert (address.hostname, address.port) == ("postgres", 5432)
    assert (address.username, address.path) == (database["POSTGRES_USER"], f"/{database['POSTGRES_DB']}")
    assert address.password == (folder / make_secrets.PASSWORD).read_text("utf-8").strip()
    assert urlsplit(found.queue.address or "").hostname == "redis"
    assert (found.mail.host, str(found.mail.port)) == (chosen["KONTO_MAIL_HOST"], chosen["KONTO_MAIL_PORT"])
    assert found.mail.security == chosen["KONTO_MAIL_SECURITY"]
    assert found.mail.user == chosen.get("KONTO_MAIL_USER")
    assert found.log.format == "json"
    assert found.dashboard.host == ("0.0.0.0" if service == "dashboard" else "127.0.0.1")
    assert found.api.host == ("0.0.0.0" if service == "api" else "127.0.0.1")
    assert (environment["KONTO_HOME"], environment["KONTO_CONTAINER"]) == ("/home/konto/firm", "1")
    assert found.metrics.host == "127.0.0.1"


def test_the_dashboard_alone_is_given_its_token_which_is_long_enough(tmp_path: Path):
    known = {"deploy/secrets/dashboard.env": of_env_file(made(tmp_path) / make_secrets.DASHBOARD)}
    assert [name for name in OURS if "KONTO_DASHBOARD_TOKEN" in COMPOSE.environment(name, known)] == ["dashboard"]
    assert len(COMPOSE.environment("dashboard", known)["KONTO_DASHBOARD_TOKEN"]) >= 32
    assert "KONTO_DASHBOARD_TOKEN" in OTHERS


def test_the_mail_catcher_is_what_the_example_for_trying_out_names():
    example = of_env_file(TRY)
    assert example["COMPOSE_PROFILES"] == COMPOSE.services["mail"]["profiles"][0]
    assert example["KONTO_MAIL_HOST"] in SERVICES
    assert networks("worker") & networks("mail")
    assert "COMPOSE_PROFILES" not in of_env_file(FIRM)


def test_health_is_asked_where_it_is_answered():
    for service in ("follower", "scheduler", "worker"):
        *_, port, path = COMPOSE.services[service]["healthcheck"]["test"]
        assert (port, path) == (COMPOSE.services[service]["environment"]["KONTO_METRICS_PORT"], "/health")
    *_, port, path = COMPOSE.services["dashboard"]["healthcheck"]["test"]
    assert (port, path) == ("8501", "/")
    compile(COMPOSE.services["worker"]["healthcheck"]["test"][3], "the probe", "exec")


def test_another_port_for_the_dashboard_is_known_to_everybody_who_needs_it():
    other = project(of_env_file(TRY) | {"KONTO_DASHBOARD_PORT": "9901"})
    assert other.services["dashboard"]["ports"] == ["127.0.0.1:9901:9901"]
    assert other.services["dashboard"]["healthcheck"]["test"][-2] == "9901"
    for service in OURS:
        assert other.environment(service, {"deploy/secrets/dashboard.env": {}})["KONTO_DASHBOARD_PORT"] == "9901"


# -- ports, networks, volumes -------------------------------------------------------------------------


def test_ports_are_published_on_this_machine_only_and_each_once():
    published = {service: ports(service) for service in SERVICES if ports(service)}
    assert published == {
        "api": ["127.0.0.1:8600:8600"],
        "dashboard": ["127.0.0.1:8501:8501"],
        "mail": ["127.0.0.1:8025:8025"],
    }
    assert all(PUBLISHED.fullmatch(port) for each in published.values() for port in each)
    for service in SERVICES:
        assert "network_mode" not in COMPOSE.services[service]


def test_database_and_queue_are_in_a_network_that_leads_nowhere():
    assert COMPOSE.data["networks"]["back"]["internal"] is True
    assert networks("postgres") == networks("redis") == {"back"}
    for service in OURS:
        assert "back" in networks(service)
    outward = {service for service in SERVICES if "front" in networks(service)}
    assert outward == {"api", "dashboard", "worker", "mail"}, "what is asked, pages, and mail that is sent"
    assert {service for service in SERVICES if ports(service)} <= outward


def test_what_must_last_lies_in_volumes_at_the_places_where_it_is_written():
    assert mounts("postgres") == {"postgres": "/var/lib/postgresql"}
    assert mounts("redis") == {"redis": "/data"}
    assert "--appendonly" in COMPOSE.services["redis"]["command"]
    for service in OURS:
        assert mounts(service) == {"home": image_environment()["KONTO_HOME"]}
    assert words_of(said("VOLUME")[0]) == [image_environment()["KONTO_HOME"]]
    major = re.search(r"postgres:(\d+)", COMPOSE.services["postgres"]["image"])
    assert major is not None
    assert int(major[1]) >= 18, "older images have their data one folder deeper"


# -- secrets ------------------------------------------------------------------------------------------


def test_every_secret_is_a_file_that_the_script_makes_and_git_and_image_leave_out(tmp_path: Path):
    files = {each["file"] for each in COMPOSE.data["secrets"].values()}
    files |= {file for name in OURS for file in COMPOSE.services[name]["env_file"]} - {".env"}
    assert files == {f"deploy/secrets/{file.name}" for file in made(tmp_path).iterdir()}
    assert "/secrets/" in (ROOT / "deploy" / ".gitignore").read_text("utf-8").splitlines()
    assert ".env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert not any(each.startswith(("deploy", ".env")) for each in let_in())


def test_a_service_gets_only_the_secrets_that_it_needs():
    assert COMPOSE.services["postgres"]["secrets"] == ["postgres_password"]
    for service in ("redis", "mail"):
        assert "secrets" not in COMPOSE.services[service]
    for service in OURS:
        assert "postgres_password" not in COMPOSE.services[service]["secrets"]


def test_no_file_holds_a_password():
    for text in every_text([raw(), filled(raw(), of_env_file(FIRM)), of_env_file(TRY), of_env_file(FIRM)]):
        assert urlsplit(text).password is None, text
    for file in (FILE, DOCKERFILE, TRY, FIRM):
        for name, value in re.findall(r"^\s*(\w*(?:PASSWORD|TOKEN|SECRET)\w*)\s*[:=]\s*(.*)$", file.read_text(), re.M):
            assert name.endswith("_FILE"), name
            assert value.startswith("/run/secrets/")


def every_text(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    return [text for each in value for text in every_text(each)] if isinstance(value, list) else [str(value)]


# -- the script that makes them -----------------------------------------------------------------------


def made(folder: Path) -> Path:
    make_secrets.make(folder / "secrets")
    return folder / "secrets"


def test_the_secrets_are_long_and_every_run_makes_others(tmp_path: Path):
    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    for name in (make_secrets.PASSWORD, make_secrets.STORE, make_secrets.DASHBOARD):
        assert (first / name).read_text("utf-8") != (second / name).read_text("utf-8")
    password = (first / make_secrets.PASSWORD).read_text("utf-8").strip()
    assert len(password) >= 40
    assert password.lower() not in settings.WELL_KNOWN


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_only_the_owner_gets_into_the_folder_and_every_container_can_read_its_file(tmp_path: Path):
    (tmp_path / "secrets").mkdir(mode=0o755)
    folder = made(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {
        "postgres_password.txt": "0o444",
        "store_url.txt": "0o444",
        "mail_password.txt": "0o444",
        "dashboard.env": "0o444",
    }


def test_what_is_there_is_never_overwritten(tmp_path: Path):
    folder = made(tmp_path)
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()}
    assert make_secrets.make(folder) == []
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in folder.iterdir()} == before
    (folder / make_secrets.DASHBOARD).unlink()
    assert make_secrets.make(folder) == [make_secrets.DASHBOARD]


def test_a_password_of_ones_own_is_written_into_the_address_so_that_it_stays_the_same(tmp_path: Path):
    import psycopg.conninfo

    folder = tmp_path / "secrets"
    folder.mkdir()
    own = "grün/@:%#? &=1"
    (folder / make_secrets.PASSWORD).write_text(own + "\n", encoding="utf-8")
    make_secrets.make(folder)
    url = (folder / make_secrets.STORE).read_text("utf-8").strip()
    assert psycopg.conninfo.conninfo_to_dict(url) == {
        "user": "vertrauenskonto",
        "password": own,
        "host": "postgres",
        "port": "5432",
        "dbname": "vertrauenskonto",
    }


def test_an_address_without_its_password_and_an_empty_password_are_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = made(tmp_path)
    (folder / make_secrets.PASSWORD).unlink()
    assert make_secrets.main(folder) == 1
    assert "put that back, or remove both" in capsys.readouterr().err
    (folder / make_secrets.STORE).unlink()
    (folder / make_secrets.PASSWORD).touch()
    assert make_secrets.main(folder) == 1
    assert "is empty" in capsys.readouterr().err


def test_the_script_needs_nothing_but_python_and_shows_no_secret(tmp_path: Path):
    copy = tmp_path / "deploy" / "make_secrets.py"
    copy.parent.mkdir()
    copy.write_bytes((ROOT / "deploy" / "make_secrets.py").read_bytes())
    # -I and -S: without the packages that are installed here.
    first, second = (subprocess.run([sys.executable, "-IS", str(copy)], capture_output=True, text=True) for _ in "12")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "Made in" in first.stdout
    assert "already" in second.stdout
    for file in (copy.parent / "secrets").iterdir():
        secret = file.read_text("utf-8").strip().partition("=")[2] or file.read_text("utf-8").strip()
        assert secret not in first.stdout + first.stderr


# -- the image ----------------------------------------------------------------------------------------


def test_the_image_stands_on_a_python_that_the_project_runs_on_by_name_and_version():
    images = {rest.split(" AS ")[0] for rest in said("FROM")}
    assert len(images) == 1, "what was built with one Python runs on the same"
    (image,) = images
    version = re.fullmatch(r"python:(\d+\.\d+)-slim-\w+", image)
    assert version is not None, image
    assert SpecifierSet(PROJECT["requires-python"]).contains(version[1])


def test_the_image_installs_what_is_pinned_and_nothing_else():
    installs = [words for words in map(words_of, said("RUN")) if "pip" in words]
    packages, ours = installs
    assert {"--require-hashes", "--only-binary"} <= set(packages)
    assert packages[packages.index("--requirement") + 1] == "/build/requirements/runtime.txt"
    assert {"--no-deps", "--no-build-isolation"} <= set(ours)
    assert ours[-1] == "."


def test_what_is_copied_into_the_image_exists_and_is_let_in():
    sources = [word for rest in said("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    for source in sources:
        assert (ROOT / source).exists(), source
    assert sorted(sources) == sorted(let_in()), "no more and no less"


def test_every_part_of_the_program_is_in_the_image():
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]["find"]
    assert {each for each in found["include"] if "." not in each} <= set(let_in())


def let_in() -> list[str]:
    """What .dockerignore excepts from leaving out everything."""
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def test_the_image_runs_under_a_fixed_number_that_owns_the_folder_of_the_volume():
    uid, _, gid = said("USER")[-1].partition(":")
    assert uid.isdecimal()
    assert int(uid) >= 1000
    commands = [words_of(rest) for rest in said("RUN")]
    user = next(words for words in commands if words[0] == "useradd")
    assert (user[user.index("--uid") + 1], user[user.index("--gid") + 1]) == (uid, gid)
    folder = next(words for words in commands if words[0] == "install")
    assert folder[-1] == image_environment()["KONTO_HOME"]
    assert folder[folder.index("-m") + 1] == "0700"


def test_no_instruction_needs_a_shell():
    for name in ("RUN", "ENTRYPOINT", "VOLUME"):
        for rest in said(name):
            assert words_of(rest), rest
