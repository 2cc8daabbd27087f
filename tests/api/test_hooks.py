"""Webhooks: believed with a signature over these very bytes, sent now; told a thousand times, recorded once."""

from __future__ import annotations

import hmac
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.alerts.certificates import Authority
from tests.alerts.web_server import WebServer
from tests.alerts.web_server import answer as reply
from tests.api.serving import Api, serving
from tests.homes import open_at
from tests.notation import at

NOW = at("2026-03-12T09:00")
SIGNING = "whsec_" + b64encode(bytes(range(32))).decode()
BEFORE = "whsec_" + b64encode(bytes(range(1, 33))).decode()
CLIENT_SECRET, TOKEN = "5f2a7c1e-hubspot-client", "zammad-token-0123456789"
ADDRESS = "https://konto.example.com/hooks/hubspot?portal=33"

SETTINGS = f"""
[hooks.crm]
secret = "{SIGNING}"
secret_before = "{BEFORE}"

[hooks.hubspot]
signature = "hubspot"
secret = "{CLIENT_SECRET}"
address = "{ADDRESS}"
mapping = "crm"

[hooks.zammad]
signature = "zammad"
secret = "{TOKEN}"

[hooks.pipedrive]
signature = "key"
mapping = "crm"
"""
MAPPING = """
source = "crm"
[[fact]]
type = "promise.made"
id = "{id}"
time = "at"
[fact.data]
promise = "id"
customer = "customer"
due = "due"
"""
PROMISE = {"id": "A-1", "customer": "K-17", "at": "2026-03-02T09:00:00+01:00", "due": "2026-03-20"}
BODY = json.dumps(PROMISE, indent=1).encode()
ZAMMAD = Path(__file__).parents[1] / "intake" / "payloads" / "zammad.json"

Headers = dict[str, str]


def standard(body: bytes, sent: datetime = NOW, secret: str = SIGNING, id: str = "msg_1") -> Headers:
    signature = Webhook(secret).sign(id, sent, body.decode())
    return {"webhook-id": id, "webhook-timestamp": str(int(sent.timestamp())), "webhook-signature": signature}


def hubspot(body: bytes, sent: datetime = NOW) -> Headers:
    """As HubSpot's documentation works it out."""
    millisecond = str(int(sent.timestamp() * 1000))
    text = b"POST" + ADDRESS.encode() + body + millisecond.encode()
    signature = b64encode(hmac.new(CLIENT_SECRET.encode(), text, sha256).digest()).decode()
    return {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": millisecond}


def zammad(body: bytes) -> Headers:
    return {"X-Hub-Signature": "sha1=" + hmac.new(TOKEN.encode(), body, sha1).hexdigest()}


@pytest.fixture
def api(folder: Path) -> Iterator[Api]:
    settings = folder / "settings.toml"
    settings.write_text((settings.read_text() if settings.exists() else "") + SETTINGS, encoding="utf-8")
    home = open_at(folder)
    (folder / "mappings").mkdir(exist_ok=True)
    (folder / "mappings" / "crm.toml").write_text(MAPPING, encoding="utf-8")
    home.clock.now = NOW
    with serving(home) as opened:
        yield opened
    home.close()


def post(api: Api, name: str, body: bytes, headers: Headers) -> Any:
    return api.ask("POST", f"/hooks/{name}", body, headers=headers)


def promises(api: Api) -> int:
    return Counter(row.topic for row in api.home.konto.log.rows(0, 10_000))["promise.made"]


# -- what counts ----------------------------------------------------------------------------------------

SIGNED: list[tuple[str, Callable[..., Headers]]] = [("crm", standard), ("hubspot", hubspot)]


@pytest.mark.parametrize(("name", "sign"), SIGNED)
def test_what_is_signed_is_taken_and_the_same_again_is_a_success(api: Api, name: str, sign: Callable[..., Headers]):
    counts = {"read": 1, "recorded": 1, "already": 0, "parked": 0, "refused": 0}
    first = post(api, name, BODY, sign(BODY))
    assert (first.status, first.json) == (200, counts)
    again = post(api, name, BODY, sign(BODY, NOW + timedelta(minutes=4)))
    assert (again.status, again.json) == (200, {**counts, "recorded": 0, "already": 1})
    assert promises(api) == 1


def test_a_ticket_of_zammad_is_believed_by_its_own_signature(api: Api):
    case = json.loads(ZAMMAD.read_text("utf-8"))[0]
    body = json.dumps(case["body"]).encode()
    taken = post(api, "zammad", body, zammad(body))
    assert (taken.status, taken.json["recorded"]) == (200, len(case["facts"]))
    assert post(api, "zammad", body + b" ", zammad(body)).json["code"] == "signature"


def test_while_the_secret_is_exchanged_both_count_and_one_of_several_signatures_is_enough(api: Api):
    assert post(api, "crm", BODY, standard(BODY, secret=BEFORE)).status == 200
    strange = "v1," + b64encode(bytes(32)).decode()
    several = standard(BODY)
    several["webhook-signature"] = f"v1a,{strange[3:]} {strange} {several['webhook-signature']}"
    assert post(api, "crm", BODY, several).status == 200
    assert post(api, "crm", BODY, {**several, "webhook-signature": strange}).json["code"] == "signature"


def test_a_system_that_signs_nothing_sends_a_key_as_bearer_or_as_password(api: Api):
    key = api.key("facts:write")
    assert post(api, "pipedrive", BODY, {}).status == 401
    assert post(api, "pipedrive", BODY, {"Authorization": f"Bearer {key}"}).json["recorded"] == 1
    password = b64encode(f"pipedrive:{key}".encode()).decode()
    assert post(api, "pipedrive", BODY, {"Authorization": f"Basic {password}"}).json["already"] == 1
    wrong = b64encode(f"pipedrive:{key[:-2]}".encode()).decode()
    assert post(api, "pipedrive", BODY, {"Authorization": f"Basic {wrong}"}).status == 401
    assert post(api, "pipedrive", BODY, {"Authorization": "Basic ÿ"}).status == 401
    reading = api.key("read", seed=2)
    assert post(api, "pipedrive", BODY, {"Authorization": f"Bearer {reading}"}).json["code"] == "scope"
    owners = api.key("facts:write", seed=3, roles=["owner"])
    assert post(api, "pipedrive", BODY, {"Authorization": f"Bearer {owners}"}).json["code"] == "not_allowed"
    assert api.ask("POST", "/facts", {}, headers={"Authorization": f"Basic {password}"}).status == 401


# -- what does not --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "sign"), [*SIGNED, ("zammad", zammad)])
def test_one_bit_off_anywhere_is_refused(api: Api, name: str, sign: Callable[..., Headers]):
    rng = random.Random(1)
    for place in rng.sample(range(len(BODY) * 8), 40):
        changed = bytearray(BODY)
        changed[place // 8] ^= 1 << place % 8
        answer = post(api, name, bytes(changed), sign(BODY))
        assert (answer.status, answer.json["code"]) == (401, "signature"), place
    for header, value in sign(BODY).items():
        for place in range(len(value)):
            char = "A" if value[place] != "A" else "B"
            if header.endswith(("timestamp", "Timestamp")):
                char = str((int(value[place]) + 1) % 10)
            answer = post(api, name, BODY, {**sign(BODY), header: value[:place] + char + value[place + 1 :]})
            assert answer.status == 401, (header, place)
    assert promises(api) == 0


@pytest.mark.parametrize(("name", "sign"), [*SIGNED, ("zammad", zammad)])
def test_without_all_of_its_signature_it_is_refused(api: Api, name: str, sign: Callable[..., Headers]):
    assert post(api, name, BODY, {}).status == 401
    for header in sign(BODY):
        rest = {each: value for each, value in sign(BODY).items() if each != header}
        assert post(api, name, BODY, rest).status == 401, header
    assert promises(api) == 0


@pytest.mark.parametrize(("name", "sign"), SIGNED)
def test_what_is_five_minutes_old_or_ahead_is_refused(api: Api, name: str, sign: Callable[..., Headers]):
    for minutes, status in ((-5.02, 401), (-4.9, 200), (4.9, 200), (5.02, 401), (-60 * 24, 401)):
        answer = post(api, name, BODY, sign(BODY, NOW + timedelta(minutes=minutes)))
        assert answer.status == status, minutes
        if status == 401:
            assert answer.json["code"] == "timestamp"
    header = next(each for each in sign(BODY) if each.lower().endswith("timestamp"))
    for value in ("-1", "1e9", " ", "٣", "9" * 30, "0", "gestern"):
        assert post(api, name, BODY, {**sign(BODY), header: value.encode().decode("latin-1")}).status == 401, value


def test_a_body_that_was_written_anew_on_the_way_is_refused(api: Api):
    anew = json.dumps(json.loads(BODY)).encode()
    assert anew != BODY
    answer = post(api, "crm", anew, standard(BODY))
    assert (answer.status, answer.json["code"]) == (401, "signature")
    assert "writes the body anew" in answer.json["message"]


def test_another_hooks_signature_and_another_address_are_none(api: Api):
    assert post(api, "hubspot", BODY, standard(BODY)).status == 401
    assert post(api, "crm", BODY, hubspot(BODY)).status == 401
    assert post(api, "nobodys", BODY, standard(BODY)).json["code"] == "not_found"


# -- what it holds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not_json"),
        (b"\xff\xfe", 401, "signature"),
        (b'{"id": 1, "id": 2}', 422, "duplicate_key"),
        (b"[" * 200, 400, "too_deep"),
    ],
)
def test_what_cannot_be_read_is_said(api: Api, body: bytes, status: int, code: str):
    headers = standard(body) if status != 401 else standard(BODY)
    answer = post(api, "crm", body, headers)
    assert (answer.status, answer.json["code"]) == (status, code)


def test_what_is_refused_is_kept_and_not_told_to_the_sender(api: Api):
    body = json.dumps([PROMISE, {**PROMISE, "id": "A-2", "due": "gestern"}]).encode()
    answer = post(api, "crm", body, standard(body))
    assert (answer.status, answer.json["recorded"], answer.json["refused"]) == (200, 1, 1)
    assert "gestern" not in answer.text
    reasons, sent = sorted((api.home.konto.home / "refused").iterdir(), reverse=True)
    assert (reasons.suffix, sent.suffix) == (".jsonl", ".json")
    assert reasons.name.startswith("hook-crm-")
    assert "gestern" in reasons.read_text("utf-8")
    assert json.loads(sent.read_text("utf-8")) == json.loads(body), "to be mended and imported"


@pytest.mark.parametrize(("found", "status"), [(503, 503), (429, 503), (404, 200), (200, 200)])
def test_what_cannot_be_asked_for_now_is_to_be_sent_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: int, status: int
):
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    answered = reply(found, "Content-Type: application/json", body='{"name": "Meier"}')
    with WebServer(answered, context=authority.server("localhost")).open() as system:
        mapping = f"""
source = "crm"
[fetch.person]
url = "https://localhost:{system.port}/persons/{{id}}"
token = "crm"
[[fact]]
type = "customer.registered"
id = "{{id}}"
time = "at"
[fact.data]
customer = "id"
name = "person.name"
"""
        settings = folder / "settings.toml"
        text = settings.read_text() if settings.exists() else ""
        token = '\n[connectors.crm]\ntoken = "pat-0000"\nallow_private = true\n'
        settings.write_text(text + SETTINGS + token, encoding="utf-8")
        home = open_at(folder)
        (folder / "mappings").mkdir(exist_ok=True)
        (folder / "mappings" / "crm.toml").write_text(mapping, encoding="utf-8")
        home.clock.now = NOW
        with serving(home) as api:
            body = json.dumps({"id": "7", "at": "2026-03-02T09:00:00+01:00"}).encode()
            answer = post(api, "crm", body, standard(body))
            assert answer.status == status, answer.text
            assert ("retry-after" in answer.headers) == (status == 503)
            assert (folder / "refused").exists() == (found == 404), "what comes again is not kept"
            if found == 200:
                assert answer.json["recorded"] == 1
            elif status == 200:
                assert answer.json["refused"] == 1
        home.close()


# -- at the same moment ---------------------------------------------------------------------------------

copies = pytest.mark.parametrize(
    "copies", [pytest.param(200, id="short"), pytest.param(1_000, id="long", marks=pytest.mark.long)]
)


@copies
def test_parallel_copies_of_one_webhook_give_one_fact(api: Api, copies: int):
    headers = standard(BODY)
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: post(api, "crm", BODY, headers), range(copies)))
    assert {answer.status for answer in answers} == {200}
    total = Counter[str]()
    for answer in answers:
        total.update(answer.json)
    assert total == {"read": copies, "recorded": 1, "already": copies - 1, "parked": 0, "refused": 0}
    assert promises(api) == 1
