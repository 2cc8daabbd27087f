"""`konto connector`: what there is, a mapping of one's own, and what a sample would give before it is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from intake import mapping
from tests.alerts.certificates import Authority
from tests.alerts.web_server import WebServer, answer
from tests.cli.home import Konto
from tests.cli.test_konto_import import HEADER

PAYLOADS = Path(__file__).parents[1] / "intake" / "payloads"
TASK = {
    "id": 7, "customer": {"id": "K-17"}, "title": "Send the quotation", "owner": "ines@example.com",
    "created": "2026-03-02T08:00:00Z", "changed": "2026-03-02T08:00:00Z", "due": "2026-03-06", "state": "open",
}  # fmt: skip


def case(connector: str, title: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads((PAYLOADS / f"{connector}.json").read_text("utf-8"))
    return next(each for each in found if each["case"] == title)


# -- list -----------------------------------------------------------------------------------------


def test_the_list_names_every_shipped_connector_with_what_it_gives_and_what_it_asks(konto):
    listed = {each["name"]: each for each in konto("connector", "list", "--json").json}
    assert set(listed) == set(mapping.names())
    assert listed["hubspot"]["fetches"] == ["hubspot"]
    assert listed["zammad"] == {
        "name": "zammad", "title": "Zammad", "source": "zammad", "shipped": True, "fetches": [], "refused": None,
        "gives": ["contact.answered", "contact.inbound", "contact.outbound", "customer.registered"],
    }  # fmt: skip
    text = konto("connector", "list", "--lang", "en").out
    assert "Pipedrive (webhooks v2)" in text
    assert "promise.made" in text


def test_a_mapping_of_ones_own_goes_before_the_shipped_one_and_an_unsound_one_says_why(konto):
    konto("connector", "new", "zammad", "--like", "zammad")
    (konto.home / "mappings" / "broken.toml").write_text('source = "x"\n', encoding="utf-8")
    listed = {each["name"]: each for each in konto("connector", "list", "--json").json}
    assert listed["zammad"]["shipped"] is False
    assert listed["broken"]["gives"] == []
    assert "fact" in listed["broken"]["refused"]
    assert "broken.toml" in konto("connector", "list").out


# -- new ------------------------------------------------------------------------------------------


def test_a_new_mapping_is_sound_and_reads_what_its_comment_shows(konto, written):
    konto("connector", "new", "our-crm")
    for state, types in (("open", 1), ("done", 2), ("cancelled", 2)):
        sample = written("task.json", json.dumps({**TASK, "state": state}))
        assert len(konto("connector", "test", "our-crm", str(sample), "--json").json) == types
    comment = (konto.home / "mappings" / "our-crm.toml").read_text("utf-8")
    shown = " ".join(line.lstrip("# ") for line in comment.splitlines()[4:6])
    assert json.loads(shown) == TASK


def test_a_new_mapping_begins_like_another_and_overwrites_nothing(konto):
    konto("connector", "new", "helpdesk", "--like", "zammad")
    file = konto.home / "mappings" / "helpdesk.toml"
    assert file.read_text("utf-8") == (mapping.SHIPPED / "zammad.toml").read_text("utf-8")
    file.write_text("mine", encoding="utf-8")
    assert str(file) in konto("connector", "new", "helpdesk", "--lang", "en", code=2).err
    assert file.read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "käse", "x" * 61])
def test_a_name_is_a_plain_one(konto, name):
    assert "my-crm" in konto("connector", "new", name, "--lang", "en", code=2).err
    assert not list(konto.home.glob("mappings/*"))


def test_a_mapping_to_begin_with_must_be_there(konto):
    assert "zammad" in konto("connector", "new", "x", "--like", "nothing", code=2).err
    assert not (konto.home / "mappings" / "x.toml").exists()


# -- test -----------------------------------------------------------------------------------------


def test_a_sample_shows_its_facts_and_where_each_field_comes_from_and_records_nothing(konto, written):
    told = case("zendesk", "a ticket about an incident")
    sample = written("body.json", json.dumps(told["body"]))
    envelopes = konto("connector", "test", "zendesk", str(sample), "--json").json
    assert [{key: each[key] for key in ("type", "id", "time", "data")} for each in envelopes] == told["facts"]
    assert {each["source"] for each in envelopes} == {"zendesk"}
    text = konto("connector", "test", "zendesk", str(sample), "--lang", "en").out
    assert "data.customer = 501   from detail.requester_id" in text
    assert "2 facts would be given" in text
    assert konto("export").out == ""


def test_a_sample_without_any_fact_says_so(konto, written):
    sample = written("body.json", json.dumps(case("zendesk", "a private comment")["body"]))
    assert konto("connector", "test", "zendesk", str(sample), "--json").json == []
    assert "gives no fact" in konto("connector", "test", "zendesk", str(sample), "--lang", "en").out


def test_what_is_refused_is_named_with_its_place_and_the_rest_is_shown(konto, written):
    sample = written(
        "promises.csv",
        f"{HEADER}\n1;K-17;Angebot;Sonstiges;02.03.2026;31.02.2026;;;;\n2;K-17;Angebot;Sonstiges;02.03.2026;;;;;\n"
        "3;K-17;Angebot;Sonstiges;02.03.2027;;;;;\n",
    )
    answered = konto("connector", "test", "promises_csv", str(sample), "--json", code=2).json
    assert [each.get("type") or (each["row"], each["column"], each["code"]) for each in answered] == [
        (2, "Zugesagt bis", "nonexistent_date"), "promise.made", "promise.made",
    ]  # fmt: skip
    told = konto("connector", "test", "promises_csv", str(sample), "--lang", "de", code=2)
    assert "Zeile 2" in told.err
    assert "31.02.2026" in told.err


def test_a_fact_that_the_vocabulary_refuses_is_refused_too(konto, written):
    body = {**case("zendesk", "a customer is created")["body"]}
    body["detail"] = {**body["detail"], "email": "no address"}
    sample = written("body.json", json.dumps(body))
    (refused,) = konto("connector", "test", "zendesk", str(sample), "--json", code=2).json
    assert (refused["row"], refused["column"], refused["value"]) == (1, "detail", "no address")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing", "x.json"), "x.json"),
        (("zammad", "nowhere.json"), "nowhere.json"),
        (("nowhere.toml", "x.json"), "x.json"),
    ],
)
def test_what_is_not_there_is_named(konto, arguments, says):
    assert says in konto("connector", "test", *arguments, code=2).err


def test_an_unknown_connector_names_those_there_are(konto, written):
    sample = written("body.json", "{}")
    assert "pipedrive_v2" in konto("connector", "test", "pipedriv", str(sample), code=2).err


# -- what is asked for ----------------------------------------------------------------------------


@pytest.fixture
def hubspot(konto: Konto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Konto, WebServer]:
    """The connector with a server on this machine in HubSpot's place, and its secret in the settings."""
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    konto("connector", "new", "hubspot", "--like", "hubspot")
    konto.home.joinpath("settings.toml").write_text(
        '[connectors.hubspot]\ntoken = "pat-eu1-0000"\nallow_private = true\n', encoding="utf-8"
    )
    return konto, WebServer(context=authority.server("localhost"))


def asking(konto: Konto, server: WebServer) -> None:
    file = konto.home / "mappings" / "hubspot.toml"
    text = file.read_text("utf-8").replace("https://api.hubapi.com", f"https://localhost:{server.port}")
    file.write_text(text, encoding="utf-8")


def test_what_a_webhook_only_names_is_asked_for_at_the_test_and_at_the_import(hubspot, written):
    konto, server = hubspot
    told = case("hubspot", "a contact is created")
    sample = written("body.json", json.dumps(told["body"]))
    server.answers = [answer(200, body=json.dumps(told["answers"]["contacts/1246965"]))]
    with server.open():
        asking(konto, server)
        (shown,) = konto("connector", "test", "hubspot", str(sample), "--json").json
        imported = konto("import", str(sample), "--mapping", "hubspot", "--json").json
        again = konto("import", str(sample), "--mapping", "hubspot", "--json").json
    assert shown["data"] == told["facts"][0]["data"]
    assert (imported["recorded"], again["already"]) == (1, 1)
    assert {each.headers["authorization"] for each in server.requests} == {"Bearer pat-eu1-0000"}


def test_a_change_of_what_is_asked_for_becomes_a_change(hubspot, written):
    konto, server = hubspot
    for title in ("a task for a contact", "it is moved", "it is done"):
        told = case("hubspot", title)
        sample = written("body.json", json.dumps(told["body"]))
        server.answers = [answer(200, body=json.dumps(told["answers"]["tasks/3001"]))]
        with server.open():
            file = konto.home / "mappings" / "hubspot.toml"
            file.write_text((mapping.SHIPPED / "hubspot.toml").read_text("utf-8"), encoding="utf-8")
            asking(konto, server)
            konto("import", str(sample), "--mapping", "hubspot")
    recorded = [json.loads(line)["type"] for line in konto("export").out.splitlines()]
    assert recorded == ["promise.made", "promise.renegotiated", "promise.fulfilled"]


def test_an_answer_that_is_none_leaves_everything_out_and_shows_no_secret(hubspot, written):
    konto, server = hubspot
    sample = written("body.json", json.dumps(case("hubspot", "a contact is created")["body"]))
    server.answers = [answer(401)]
    with server.open():
        asking(konto, server)
        refused = konto("import", str(sample), "--mapping", "hubspot", code=2)
    assert "401" in refused.err
    assert "pat-eu1" not in refused.err + refused.out
    assert konto("export").out == ""


def test_without_its_secret_the_settings_are_named(konto, written):
    sample = written("body.json", json.dumps(case("hubspot", "a contact is created")["body"]))
    refused = konto("connector", "test", "hubspot", str(sample), "--lang", "en", code=2)
    assert "[connectors.hubspot]" in refused.err


@pytest.mark.parametrize(
    "settings",
    ['[connectors.x]\ntoken = "canary with spaces"', "[connectors.x]\ntoken = 5", '[connectors.x]\ntoken = ""',
     '[connectors]\nx = "canary"', '[connectors.x]\nallow_private = true'],
)  # fmt: skip
def test_a_secret_that_is_none_is_refused_and_not_repeated(konto, settings):
    konto("connector", "list")
    konto.home.joinpath("settings.toml").write_text(settings, encoding="utf-8")
    refused = konto("connector", "list", code=2)
    assert "connectors.x" in refused.err
    assert "canary" not in refused.err
