"""Where the master key lies, at the command line: every start says in one line what is missing, never a key."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.certificates import Authority
from tests.alerts.web_server import DRIP, FLOOD, HANG, WebServer, answer
from tests.cli.home import NOW, Konto, fact
from tests.vault.transit import TOKEN, Transit
from wiring.patience import until_prepared
from wiring.settings import read

FIRST, SECOND = "ab" * 32, "cd" * 32
STORY = [
    fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Meier", owner="ines"),
    fact("promise.made", "2026-02-03T10:00", promise="A-1", customer="K-17", due="2026-02-10", what="Therme liefern"),
]


@pytest.fixture
def konto(tmp_path: Path) -> Konto:
    return Konto(tmp_path / "home")


@pytest.fixture
def transit() -> Iterator[Transit]:
    with Transit().open() as service:
        yield service


def settings(konto: Konto, text: str) -> None:
    konto.home.mkdir(mode=0o700, exist_ok=True)
    (konto.home / "settings.toml").write_text(text, encoding="utf-8")


def in_environment(konto: Konto, key: str = FIRST) -> None:
    settings(konto, '[vault]\nmaster = "environment"\n')
    konto.environment["KONTO_MASTER_KEY"] = key
    assert konto.took(STORY)["recorded"] == len(STORY)


def in_service(konto: Konto, transit: Transit) -> None:
    settings(konto, transit.settings)
    assert konto.took(STORY)["recorded"] == len(STORY)


def said(konto: Konto, *secrets: str) -> str:
    """The one line with which every command ends now."""
    line = konto("export", "--lang", "en", code=1).err.strip()
    assert len(line.splitlines()) == 1
    assert not any(secret in line for secret in secrets)
    assert konto("doctor", "--lang", "de", code=1).err.strip() not in ("", line)
    return line


def doctor(konto: Konto, *, well: bool = True) -> str:
    # 1, since no worker runs here.
    found = konto("doctor", "--json", "--lang", "en", code=1).json["findings"]
    note = next(each for each in found if each["name"] == "master key")
    assert note["ok"] == well
    return str(note["text"])


# -- in the environment ----------------------------------------------------------------------------------------


def test_a_new_home_takes_its_master_key_from_the_environment_and_keeps_it_nowhere(konto: Konto):
    in_environment(konto)
    assert set(json.loads((konto.home / "keys.json").read_text("utf-8"))) == {"ids"}
    assert all(FIRST.encode() not in file.read_bytes() for file in konto.home.rglob("*") if file.is_file())
    assert all(bytes.fromhex(FIRST) not in file.read_bytes() for file in konto.home.rglob("*") if file.is_file())
    assert konto("vault", "status", "--json").json["current"]["place"] == "environment"
    assert "lies in the environment" in doctor(konto)
    assert "Meier" in konto("export").out


def test_it_may_stand_in_a_file_and_both_at_once_are_refused(konto: Konto, tmp_path: Path):
    in_environment(konto)
    file = tmp_path / "master"
    file.write_text(FIRST + "\n", encoding="utf-8")
    konto.environment = {"KONTO_MASTER_KEY_FILE": str(file)}
    assert "Meier" in konto("export").out
    konto.environment["KONTO_MASTER_KEY"] = FIRST
    assert "given twice" in konto("export", "--lang", "en", code=2).err
    konto.environment = {"KONTO_MASTER_KEY_FILE": str(tmp_path / "nowhere")}
    assert "KONTO_MASTER_KEY_FILE" in konto("export", code=2).err


def test_without_the_variable_it_says_which_one_is_missing(konto: Konto):
    in_environment(konto)
    konto.environment.clear()
    assert "KONTO_MASTER_KEY is missing" in said(konto)


def test_with_another_key_it_says_which_one_is_needed_and_shows_neither(konto: Konto):
    in_environment(konto)
    needed = konto("vault", "status", "--json").json["current"]["id"]
    konto.environment["KONTO_MASTER_KEY"] = SECOND
    line = said(konto, FIRST, SECOND)
    assert needed in line
    assert "KONTO_MASTER_KEY holds another master key" in line


@pytest.mark.parametrize("text", ["short", "zz" * 32, FIRST[:-2], FIRST + "00", "Grinsekatze" * 6])
def test_what_is_no_key_is_refused_and_not_repeated(konto: Konto, text: str):
    in_environment(konto)
    konto.environment["KONTO_MASTER_KEY"] = text
    assert "64 digits" in said(konto, text)


def test_a_new_home_that_lacks_its_key_is_not_begun_and_goes_on_when_it_is_there(konto: Konto):
    settings(konto, '[vault]\nmaster = "environment"\n')
    assert "KONTO_MASTER_KEY" in konto("import", "x", "--lang", "en", code=1).err
    in_environment(konto)
    assert "Meier" in konto("export").out


def test_a_key_is_made_without_a_home_and_shown_once(konto: Konto):
    first, second = konto("vault", "key").out.strip(), konto("vault", "key", "--json").json["key"]
    assert len(bytes.fromhex(first)) == len(bytes.fromhex(second)) == 32
    assert first != second
    assert not konto.home.exists()


def test_the_command_moves_it_and_says_what_is_left_to_do(konto: Konto):
    assert konto.took(STORY)["recorded"] == len(STORY)
    settings(konto, '[vault]\nmaster = "environment"\n')
    assert "konto vault key" in konto("vault", "rotate", "--lang", "en", code=1).err
    assert "konto vault rotate" in doctor(konto, well=False)
    konto.environment["KONTO_MASTER_KEY"] = FIRST
    told = konto("vault", "rotate", "--lang", "en").out
    assert "lies in the environment" in told
    assert "is destroyed" in told
    assert "Meier" in konto("export").out
    konto.environment["KONTO_MASTER_KEY_NEXT"] = SECOND
    konto.later(days=30)
    done = konto("vault", "rotate", "--json").json
    assert (done["completed"], len(done["destroyed"]), done["rewrapped"]) == (False, 1, 1)
    konto.environment = {"KONTO_MASTER_KEY": SECOND}
    assert "Meier" in konto("export").out
    told = konto("vault", "status", "--lang", "de").out
    assert told.count("Früher") == 2
    assert konto("audit", "verify", "--json").json["ok"]


# -- in a key service ------------------------------------------------------------------------------------------


def test_in_a_key_service_it_lies_in_the_clear_nowhere(konto: Konto, transit: Transit):
    in_service(konto, transit)
    assert set(json.loads((konto.home / "keys.json").read_text("utf-8"))) == {"ids"}
    assert set(transit.asked) == {"encrypt", "decrypt"}
    assert "lies in the key service" in doctor(konto)
    assert "Meier" in konto("export").out


@pytest.mark.parametrize(
    ("status", "text"),
    [(403, "does not accept the token"), (404, "knows no key"), (503, "sealed"), (500, "answered 500"), (302, "302")],
)
def test_a_service_that_says_no_is_told_in_plain_words(konto: Konto, transit: Transit, status: int, text: str):
    in_service(konto, transit)
    transit.status = status
    assert text in said(konto, TOKEN)
    transit.status = None
    assert "Meier" in konto("export").out


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "<html>",
        "[]",
        "{}",
        '{"data": null}',
        '{"data": {"plaintext": 5}}',
        '{"data": {"plaintext": "%%%"}}',
        "\xff",
    ],
)
def test_a_service_that_answers_nonsense_is_no_key_service(konto: Konto, transit: Transit, nonsense: str):
    in_service(konto, transit)
    transit.says = nonsense or " "
    assert "is no answer of a key service" in said(konto, TOKEN)


@pytest.mark.parametrize("key", ["QUFB", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="])
def test_a_service_that_opens_another_key_is_found_out(konto: Konto, transit: Transit, key: str):
    in_service(konto, transit)
    transit.says = json.dumps({"data": {"plaintext": key}})
    assert "not the master key of this log" in said(konto)


def test_a_key_that_was_lost_there_is_told(konto: Konto, transit: Transit):
    in_service(konto, transit)
    transit.versions[0] = os.urandom(32)
    assert "cannot open what it wrapped" in said(konto)


def test_a_service_that_is_away_opens_nothing_and_a_service_of_ours_waits_for_it(konto: Konto, transit: Transit):
    in_service(konto, transit)
    port = transit.port
    transit_settings = transit.settings
    with WebServer().open() as gone:
        settings(konto, transit_settings.replace(str(port), str(gone.port)))
    assert "cannot be asked" in said(konto, TOKEN)
    settings(konto, transit_settings)
    transit.status = 503
    heard: list[str] = []

    def waiting(error: Exception) -> None:
        heard.append(getattr(error, "code", ""))
        transit.status = None

    def work() -> str:
        from wiring.home import open_home

        with open_home(konto.home, environment={}, clock=lambda: NOW) as opened:
            return opened.keys.name

    assert until_prepared(work, 20, waiting) == "keys.json"
    assert heard == ["key_service_away"]


@pytest.mark.parametrize("rude", [HANG, DRIP, FLOOD])
def test_a_service_that_hangs_drips_or_floods_holds_nobody(konto: Konto, transit: Transit, rude: str):
    in_service(konto, transit)
    with WebServer(rude).open() as server:
        text = transit.settings.replace(str(transit.port), str(server.port))
        settings(konto, text + "timeout_seconds = 0.1\n")
        assert "key service" in konto("export", "--lang", "en", code=1).err


def test_the_certificate_of_the_service_is_checked(konto: Konto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    authority = Authority(tmp_path)
    said = answer(200, body=json.dumps({"data": {"ciphertext": "vault:v1:x"}}))
    with WebServer(said, context=authority.server("localhost")).open() as server:
        settings(konto, Transit(port=server.port).settings.replace("http://127.0.0.1", "https://localhost"))
        assert "cannot be asked" in konto("export", "--lang", "en", code=1).err
        assert server.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        konto("export", "--lang", "en", code=1)  # it answers the next question in the same way, which opens nothing
        assert server.requests[0].line.split()[1] == "/v1/transit/encrypt/konto"


def test_the_token_may_come_in_a_file_and_is_never_shown(konto: Konto, transit: Transit, tmp_path: Path):
    in_service(konto, transit)
    (tmp_path / "token").write_text(TOKEN + "\n", encoding="utf-8")
    settings(konto, transit.settings.replace(f'token = "{TOKEN}"\n', ""))
    assert "vault.token is missing" in konto("export", "--lang", "en", code=2).err
    konto.environment["KONTO_VAULT_TOKEN_FILE"] = str(tmp_path / "token")
    assert "Meier" in konto("export").out
    assert TOKEN not in repr(read(konto.home, konto.environment))


@pytest.mark.parametrize(
    "url", ["http://vault.example.com:8200", "https://u:p@vault.example.com", "https://vault.example.com/v1", "vault"]
)
def test_an_address_over_which_others_could_read_is_refused(konto: Konto, transit: Transit, url: str):
    settings(konto, transit.settings.replace(f"http://127.0.0.1:{transit.port}", url))
    line = konto("export", "--lang", "en", code=2).err
    assert "vault.example.com:8200, without a path" in line


def test_wrapping_anew_is_for_a_key_service_only(konto: Konto, transit: Transit):
    assert konto.took(STORY)["recorded"] == len(STORY)
    assert "nothing to wrap anew" in konto("vault", "rewrap", "--lang", "en", code=2).err
    settings(konto, transit.settings)
    konto("vault", "rotate")
    transit.versions.append(os.urandom(32))
    assert konto("vault", "rewrap", "--json").json["current"]["place"] == "service"
    assert transit.asked[-2:] == ["rewrap", "decrypt"]
    assert "Meier" in konto("export").out


# -- in the file -----------------------------------------------------------------------------------------------


def test_the_doctor_says_how_old_the_key_is_and_status_lists_those_before(konto: Konto):
    assert konto.took(STORY)["recorded"] == len(STORY)
    konto.later(days=10)
    assert "in the file of the keys, made 10 days ago" in doctor(konto)
    konto("vault", "rotate")
    konto.later(days=1)
    assert "made 1 day ago" in doctor(konto)
    found = konto("vault", "status", "--json").json
    assert (found["complete"], len(found["earlier"]), found["customers"]) == (True, 1, 1)


def test_several_machines_prepare_it_first(konto: Konto):
    assert konto.took(STORY)["recorded"] == len(STORY)
    prepared = konto("vault", "rotate", "--prepare", "--json").json["prepared"]
    copied = (konto.home / "keys.json").read_text("utf-8")
    konto("vault", "rotate")
    assert konto("vault", "status", "--json").json["current"]["id"] == prepared
    (konto.home / "keys.json").write_text(copied, encoding="utf-8")  # as another machine has it
    assert "Meier" in konto("export").out


def test_only_the_owner_reads_the_file_after_an_exchange(konto: Konto):
    assert konto.took(STORY)["recorded"] == len(STORY)
    konto("vault", "rotate")
    assert (konto.home / "keys.json").stat().st_mode & 0o777 == 0o600
    assert "Sicherung" not in konto("vault", "status").out
    assert [file.name for file in konto.home.glob("keys.json*")] == ["keys.json"]


def test_keys_of_another_day_are_told_with_the_mark_that_is_needed(konto: Konto):
    assert konto.took(STORY)["recorded"] == len(STORY)
    old = (konto.home / "keys.json").read_text("utf-8")
    konto("vault", "rotate")
    needed = konto("vault", "status", "--json").json["current"]["id"]
    (konto.home / "keys.json").write_text(old, encoding="utf-8")
    assert needed in said(konto, json.loads(old)["vault"])
