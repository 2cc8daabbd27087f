"""The ways out of a home, as its settings have them."""

from __future__ import annotations

from pathlib import Path

import pytest
import standardwebhooks

from tests.alerts.door import HOST
from tests.alerts.firm import PEOPLE, mailed
from tests.alerts.post_office import PostOffice
from tests.alerts.web_server import WebServer, answer
from wiring.worker import channels
from workers.channels import Mailer, Notifier, Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOLD = PEOPLE.replace('email = "ines@example.com"', 'email = "ines@example.com"\nchannels = ["crm", "email"]')


def hook(port: int) -> str:
    url = f"http://{HOST}:{port}/hook"
    return f'[webhooks.crm]\nurl = "{url}"\nsecret = "{SECRET}"\nallow_private = true\ntimeout_seconds = 0.5\n'


def test_a_home_has_mail_chats_and_webhooks_by_the_names_of_its_settings(folder: Path, post_office: PostOffice):
    firm = mailed(folder, post_office, settings='[channels]\nteam = "json://localhost/x"\n' + hook(9))
    found = channels(firm.home.konto)
    assert {name: type(channel) for name, channel in found.items()} == {
        "email": Mailer,
        "team": Notifier,
        "crm": Webhook,
    }
    assert {name: channel.name for name, channel in found.items()} == {name: name for name in found}
    firm.home.close()


def test_an_alert_is_posted_signed_with_the_secret_of_the_settings(folder: Path, post_office: PostOffice):
    with WebServer().open() as server:
        firm = mailed(folder, post_office, settings=hook(server.port), people=TOLD)
        alert = firm.raised()
        firm.sender.deliver(alert)
        assert (firm.state(alert), firm.row(alert)["channel"]) == ("delivered", "crm")
        moment = firm.home.clock.now
        firm.home.close()
    (request,) = server.requests
    signature = standardwebhooks.Webhook(SECRET).sign(f"<{alert}@vertrauenskonto>", moment, request.body.decode())
    assert request.headers["webhook-signature"] == signature
    assert post_office.mails == []


@pytest.mark.parametrize("reply", [answer(404), answer(410)])
def test_where_a_webhook_says_no_the_next_way_is_taken(folder: Path, post_office: PostOffice, reply: str):
    with WebServer(reply).open() as server:
        firm = mailed(folder, post_office, settings=hook(server.port), people=TOLD)
        alert = firm.raised()
        firm.sender.deliver(alert)
        assert (firm.state(alert), firm.row(alert)["channel"]) == ("delivered", "email")
        firm.home.close()
    assert len(post_office.mails) == 1
