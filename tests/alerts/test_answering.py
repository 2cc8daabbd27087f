"""What people do about an alert: take note, put it off, send it once more; by page, command line or link."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from domain.errors import Refused
from domain.roles import Asker
from tests.alerts.firm import DUE, Mailed, mailed
from tests.alerts.post_office import PostOffice
from wiring import answering, links
from wiring.worker import run_tick
from workers.answering import retry as retry_once_more


@pytest.fixture
def firm(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office)
    yield firm
    firm.home.close()


def link(firm: Mailed, alert: str, person: str = "ines") -> dict[str, str]:
    konto = firm.home.konto
    address = links.acknowledge_at(konto.settings.pages, konto.log.ids, alert, konto.log.ids.person(person))
    return dict(parse_qsl(urlsplit(address).query))


# -- acknowledge ------------------------------------------------------------------------------------------


def test_who_takes_note_is_noted_and_nothing_more_is_sent(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    answering.acknowledge(firm.home.konto, [alert])
    assert firm.state(alert) == "acknowledged"
    assert firm.ready() == []
    firm.sender.deliver(alert)
    assert post_office.mails == []
    assert firm.events(alert) == ["alert.raised", "alert.acknowledged"]


def test_taking_note_twice_is_noted_once(firm: Mailed):
    alert = firm.raised()
    assert len(answering.acknowledge(firm.home.konto, [alert])) == 1
    assert answering.acknowledge(firm.home.konto, [alert]) == []
    assert firm.events(alert) == ["alert.raised", "alert.acknowledged"]


def test_the_link_takes_note_in_the_name_of_whoever_got_it_and_is_used_up(firm: Mailed):
    alert = firm.raised()
    firm.sender.deliver(alert)
    asked = link(firm, alert)
    assert answering.acknowledge_by_link(firm.home.konto, **asked) is not None
    ines = firm.home.konto.log.ids.person("ines")
    assert firm.home.rows("SELECT state, acknowledged_by FROM alerts") == [("acknowledged", ines)]
    firm.later(hours=1)
    assert answering.acknowledge_by_link(firm.home.konto, **asked) is not None
    assert firm.events(alert) == ["alert.raised", "alert.delivered", "alert.acknowledged"]


@pytest.mark.parametrize("changed", ["alert", "by", "key"])
def test_a_link_that_was_changed_does_nothing(firm: Mailed, changed: str):
    alert = firm.raised()
    asked = link(firm, alert)
    asked[changed] = {"alert": "alert-other", "by": firm.home.konto.log.ids.person("lutz"), "key": "0" * 32}[changed]
    assert answering.acknowledge_by_link(firm.home.konto, **asked) is None
    assert firm.state(alert) == "raised"


def test_the_message_carries_the_link(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    firm.sender.deliver(alert)
    (mail,) = post_office.mails
    assert link(firm, alert)["key"] in mail.text


def test_others_alerts_are_none_of_an_owners_business(firm: Mailed):
    alert = firm.raised()
    lutz = Asker("lutz", frozenset({"owner"}))
    konto = firm.home.konto
    object.__setattr__(konto, "asker", lutz)
    with pytest.raises(Refused) as refused:
        answering.acknowledge(konto, [alert])
    assert refused.value.code == "not_found"
    object.__setattr__(konto, "asker", Asker("ines", frozenset({"owner"})))
    assert [each.alert for each in answering.acknowledge(konto, [alert])] == [alert]
    object.__setattr__(konto, "asker", Asker("audit", frozenset({"auditor"})))
    with pytest.raises(Refused) as refused:
        answering.acknowledge(konto, [alert])
    assert refused.value.code == "not_allowed"


# -- snooze -----------------------------------------------------------------------------------------------


def test_put_off_it_comes_once_more_as_another_message(firm: Mailed, post_office: PostOffice):
    alert = firm.raised()
    firm.sender.deliver(alert)
    until = firm.home.clock.now + timedelta(minutes=30)
    answering.snooze(firm.home.konto, [alert], until=until, reason="Warte auf Rückruf von Frau Meier")
    assert firm.state(alert) == "snoozed"
    firm.later(minutes=29)
    firm.send_all()
    assert len(post_office.mails) == 1
    firm.later(minutes=1)
    firm.send_all()
    assert [mail.id for mail in post_office.mails] == [f"<{alert}@vertrauenskonto>", f"<{alert}.2@vertrauenskonto>"]
    assert firm.state(alert) == "delivered"


def test_put_off_and_settled_meanwhile_it_does_not_come_again(firm: Mailed, post_office: PostOffice):
    from tests.notation import envelopes

    alert = firm.raised()
    firm.sender.deliver(alert)
    answering.snooze(firm.home.konto, [alert], until=firm.home.clock.now + timedelta(minutes=10))
    firm.home.take(envelopes('2026-03-12T16:05  erfüllt "Angebot schicken" [kept]'))
    firm.later(minutes=10)
    firm.send_all()
    assert len(post_office.mails) == 1
    assert firm.state(alert) == "no_longer_needed"


def test_the_reason_lies_in_the_vault_and_not_in_the_event(firm: Mailed):
    alert = firm.raised()
    answering.snooze(
        firm.home.konto, [alert], until=firm.home.clock.now + timedelta(minutes=30), reason="Frau Meier ist verreist"
    )
    log = firm.home.konto.log
    assert not any(b"verreist" in row.state for row in log.rows(0, 1000))
    (snoozed,) = [fact for fact in log.histories([alert])[alert] if fact.type == "alert.snoozed"]
    assert log.opened([snoozed])[0].data.reason == "Frau Meier ist verreist"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("delta", "code"), [(timedelta(), "snooze_is_past"), (timedelta(days=30), "snooze_too_long")])
def test_nothing_is_put_off_into_the_past_or_for_ever(firm: Mailed, delta: timedelta, code: str):
    alert = firm.raised()
    with pytest.raises(Refused) as refused:
        answering.snooze(firm.home.konto, [alert], until=firm.home.clock.now + delta)
    assert refused.value.code == code


# -- retry --------------------------------------------------------------------------------------------------


def test_what_could_not_be_delivered_is_sent_once_more_by_hand(firm: Mailed, post_office: PostOffice):
    post_office.replies = ["554 not wanted here"]
    alert = firm.raised()
    firm.sender.deliver(alert)
    assert firm.state(alert) == "undeliverable"
    answering.retry(firm.home.konto, [alert])
    assert firm.row(alert) == {
        "state": "raised", "reason": "smtp_554", "attempts": 0, "channel": "email", "sent_to": None
    }  # fmt: skip
    firm.send_all()
    assert firm.state(alert) == "delivered"
    assert [mail.id for mail in post_office.mails] == [f"<{alert}@vertrauenskonto>"]


def test_what_is_on_its_way_is_not_sent_by_hand(firm: Mailed):
    alert = firm.raised()
    with pytest.raises(Refused) as refused:
        answering.retry(firm.home.konto, [alert])
    assert refused.value.code == "not_undeliverable"


def test_two_who_have_it_sent_once_more_at_the_same_moment_have_it_sent_once(firm: Mailed, post_office: PostOffice):
    post_office.replies = ["554 not wanted here"]
    alert, konto = firm.raised(), firm.home.konto
    firm.sender.deliver(alert)

    def ask() -> None:  # the tables have not heard of the other one yet
        retry_once_more(konto.log, konto.library, konto.asker, [alert], "local", firm.home.clock.now)

    ask()
    ask()
    konto.catch_up()
    firm.send_all()
    assert firm.state(alert) == "delivered"
    assert firm.events(alert).count("alert.retried") == 1
    assert len(post_office.mails) == 1


def test_an_alert_may_be_called_by_the_beginning_of_its_id(firm: Mailed):
    alert = firm.raised()
    assert [each.alert for each in answering.acknowledge(firm.home.konto, [alert[:14]])] == [alert]
    assert firm.home.clock.now > DUE
    with pytest.raises(Refused) as refused:
        answering.acknowledge(firm.home.konto, ["alert-zzz"])
    assert refused.value.code == "not_found"
    assert run_tick(firm.home.konto) == []
