"""`konto procedure`: the description says how this installation is set up, no secret, and the same each time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.cli.home import Konto, fact
from tests.vault.transit import Transit

SECRETS = ("Grinsekatze", "ab" * 32, "s.token-of-the-hub", "s.test-token-of-the-service")
SETTINGS = """
firm = "Heizung <b>Müller</b> | *Söhne*"
[mail]
host = "mail.example.com"
password = "Grinsekatze"
[audit]
folder = "/srv/pruefer"
events = 500
[connectors.hub]
token = "s.token-of-the-hub"
[retention]
letters_years = 8
[retention.types]
"promise.made" = "vouchers"
"""
STORY = [
    fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Quittenkompott", owner="ines"),
    fact("promise.made", "2026-02-03T10:00", promise="A-1", customer="K-17", due="2026-02-10", what="Therme liefern"),
]
PARTS = ("1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. ")


@pytest.fixture
def told(konto: Konto) -> Konto:
    file = konto.home / "settings.toml"
    konto.home.mkdir(mode=0o700, exist_ok=True)
    file.write_text(SETTINGS + (file.read_text("utf-8") if file.exists() else ""), encoding="utf-8")
    assert konto.took(STORY)["recorded"] == len(STORY)
    return konto


@pytest.mark.parametrize("lang", ["de", "en"])
def test_it_has_all_parts_names_the_firm_and_shows_neither_secret_nor_customer(told, lang: str):
    text = told("procedure", "--lang", lang).out
    assert [line[3:6] for line in text.splitlines() if line.startswith("## ")] == list(PARTS)
    assert "mail.example.com" in text
    assert "/srv/pruefer" in text
    assert "| crm |" in text
    assert not any(word in text for word in (*SECRETS, "Quittenkompott", "Therme"))
    for claim in ("DSGVO-konform", "GDPR-compliant", "unveränderbar", "unalterable", "revisionssicher"):
        assert claim not in text


def test_two_runs_of_one_moment_say_the_same_and_later_ones_only_another_day(told):
    first, second = told("procedure").out, told("procedure").out
    assert first == second
    told.later(days=3)
    changed = [(a, b) for a, b in zip(first.splitlines(), told("procedure").out.splitlines(), strict=True) if a != b]
    assert [(a[:10], b[:10]) for a, b in changed] == [("Stand 12.0", "Stand 15.0")]


def test_it_says_what_was_really_set(told):
    text = told("procedure", "--lang", "en").out
    assert "after 500 events" in text
    assert "| commercial letters | 8 (shipped: 6) |" in text
    assert "| vouchers | 8 | HGB § 257 (1) 4, (4); AO § 147 (1) 4, (3) | promise.made |" in text
    assert "| mail.password | (set, secret) |" in text
    assert "one local user has all roles" in text


def test_what_the_firm_wrote_means_itself(told):
    text = told("procedure").out
    assert "Heizung \\<b\\>Müller\\</b\\> \\| \\*Söhne\\*" in text
    assert all(line.count("|") - line.count("\\|") in (0, 3, 4, 5, 6) for line in text.splitlines())


def test_it_follows_what_changes(told, tmp_path: Path):
    before = told("procedure", "--lang", "en").out
    people = tmp_path / "people.toml"
    people.write_text(
        '[[persons]]\nid = "ines"\nname = "Ines Bauer"\nroles = ["manager"]\n'
        '[[persons]]\nid = "lutz"\nname = "Lutz Kern"\nroles = ["owner", "auditor"]\n',
        encoding="utf-8",
    )
    told("people", "publish", str(people))
    told("audit", "checkpoint")
    told("vault", "rotate")
    after = told("procedure", "--lang", "en").out
    assert "No checkpoint has been signed yet." in before
    assert "Checkpoints are signed with: " in after
    assert "| manager | 1 |" in after
    assert "| admin | 0 |" in after
    assert not any(name in after for name in ("Ines", "Lutz"))
    assert after.count("| people | ") == before.count("| people | ") + 1
    assert after.count("in the file of the keys | ") == 2
    assert after.count("| in use |") == 1


def test_a_master_key_elsewhere_is_told_and_its_token_is_not(konto):
    with Transit().open() as service:
        konto.home.mkdir(mode=0o700, exist_ok=True)
        file = konto.home / "settings.toml"
        file.write_text((file.read_text("utf-8") if file.exists() else "") + service.settings, encoding="utf-8")
        if konto.home.joinpath("keys.json").exists():
            konto("vault", "rotate")
        assert konto.took(STORY)["recorded"] == len(STORY)
        text = konto("procedure", "--lang", "en").out
    assert "a master key that lies in the key service" in text
    assert "The master key is not among these files" in text
    assert not any(word in text for word in SECRETS)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_as_pdf_it_is_made_for_keeping_and_says_the_same(told, tmp_path: Path, lang: str):
    file = tmp_path / f"procedure-{lang}.pdf"
    told("procedure", "--output", str(file), "--lang", lang)
    data = file.read_bytes()
    assert b"pdfaid" in data
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())
    assert all(part in text for part in PARTS)
    assert "Heizung <b>Müller</b> | *Söhne*" in text
    again = tmp_path / f"again-{lang}.PDF"
    told("procedure", "--output", str(again), "--lang", lang)
    assert again.read_bytes() == data


def test_a_file_is_never_written_over(told, tmp_path: Path):
    file = tmp_path / "procedure.md"
    told("procedure", "--output", str(file))
    assert file.read_text("utf-8") == told("procedure", "--json").json["text"]
    assert str(file) in told("procedure", "--output", str(file), code=2).err
