"""The links in a message: to the page about it, and to the one that takes note of it in its reader's name.

The second carries a key that follows from the alert and the person under the installation's secret, so that nobody
else can make one. It works as long as nobody has taken note: then it is used up.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from domain.alert import Occasion
from domain.ids import Ids

ACKNOWLEDGE = "acknowledge"
"""The path on which the dashboard takes note."""

PAGES = {"supplier": "suppliers", "team": "", "person": "promises", "channel": "operations"}
"""By kind of subject, where it is no customer's account."""


def page_of(pages: str, occasion: Occasion) -> str:
    """`pages`: where they are found, with a slash at the end."""
    if occasion.customer:
        return f"{pages}account?{urlencode({'customer': occasion.customer})}"
    return pages + PAGES.get(occasion.subject.partition("-")[0], "")


def acknowledge_at(pages: str, ids: Ids, alert: str, person: str) -> str:
    asked = {"alert": alert, "by": person, "key": key_of(ids, alert, person)}
    return f"{pages}{ACKNOWLEDGE}?{urlencode(asked)}"


def key_of(ids: Ids, alert: str, person: str) -> str:
    return ids.of("acknowledge", alert, person)


def is_genuine(ids: Ids, alert: str, person: str, key: str) -> bool:
    return hmac.compare_digest(key_of(ids, alert, person), key)
