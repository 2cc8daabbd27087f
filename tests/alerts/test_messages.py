"""What every alert says, in German and English, from real histories: one whole text each."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from domain.alert import RULES, Rule
from tests.alerts.telling import Teller, teller
from tests.notation import at
from words import translator
from words.names import ALERTS
from workers.messages import Message, Promised, single, together
from workers.messages.wordings import WORDINGS

PROMISES = """
2026-03-02T08:00  Kunde K-17, namens Meier
2026-03-02T09:00  verspricht K-17 ines "Angebot schicken" bis 2026-03-13T12:00
2026-03-03T09:00  verspricht K-17 ines "Therme" bis 2026-03-12T16:00, Art delivery, Plan B
2026-03-03T10:00  verschiebt "Therme" auf 2026-03-11T16:00, mit Alternative
2026-03-04T10:00  verschiebt "Therme" auf 2026-03-12T12:00, mit Alternative
2026-03-05T10:00  verschiebt "Therme" auf 2026-03-13T12:00
"""
DELIVERED = PROMISES + '2026-03-12T11:00  erfüllt "Therme"\n'

WORK = "\n".join(
    f'2026-02-02T09:00  verspricht K-{n} ines "A-{n}" bis 2026-02-1{n % 10}T09:00\n'
    f'2026-02-1{n % 10}T12:00  erfüllt "A-{n}"' for n in range(30)
)  # fmt: skip
"""Always some hours late: what comes next is at risk."""

QUESTIONS = """
2026-03-02T08:00  Kunde K-17, namens Aydin
2026-03-02T09:00  verspricht K-17 ines "Liefertermin nennen" bis 2026-03-12T16:00
2026-03-09T09:00  K-17 fragt "Frage 1", Kanal email
2026-03-10T09:00  K-17 hakt nach "Frage 2" zu "Frage 1", Kanal email
2026-03-11T09:00  K-17 hakt nach "Frage 3" zu "Frage 2", Kanal phone
2026-03-11T10:00  K-17 hakt nach "Frage 4" zu "Liefertermin nennen", Kanal chat
"""

REPORTED = """
2026-03-02T08:00  Kunde K-17, namens Familie Wolf
2026-03-09T08:00  Vorfall K-17 "V-1" wrong_work
"""
EXPLAINED = REPORTED + "2026-03-09T09:00  nennt den Grund, von ines, Kanal phone\n"
APOLOGISED = EXPLAINED + "2026-03-09T10:00  entschuldigt sich, von ines\n"
OFFERED = APOLOGISED + "2026-03-09T11:00  bittet um neue Chance, mit Angebot\n"
TALKED = OFFERED + "2026-03-09T12:00  spricht persönlich, von ines\n"

ACCOUNT = """
2026-01-02T08:00  Kunde K-17, namens Meier
2026-01-10T09:00  K-17 empfiehlt uns
2026-03-02T09:00  verspricht K-17 ines "Therme" bis 2026-03-04T16:00
2026-03-05T09:00  K-17 hakt nach "Frage" zu "Therme", Kanal chat
"""
DISAPPOINTED = (
    ACCOUNT
    + """
2026-03-05T11:00  beantwortet, von ines
2026-03-06T09:00  bricht "Therme"
2026-03-07T09:00  Rückmeldung K-17 1
"""
)
LEFT = DISAPPOINTED + "2026-03-08T09:00  K-17 geht\n"

QUIET = """
2025-10-01T08:00  Kunde K-17, namens Bäckerei Lenz
2025-10-01T09:00  K-17 fragt, Kanal phone
2025-10-22T09:00  K-17 fragt, Kanal phone
2025-11-12T09:00  K-17 fragt, Kanal phone
2025-12-03T09:00  K-17 fragt, Kanal phone
2025-12-24T09:00  K-17 fragt, Kanal phone
2025-10-02T09:00  meldet sich bei K-17, Zweck service
2025-10-30T09:00  meldet sich bei K-17, Zweck service
2025-11-27T09:00  meldet sich bei K-17, Zweck service
2025-12-25T09:00  meldet sich bei K-17, Zweck service
2025-12-28T10:00  Rückmeldung K-17 5
"""
NEVER_HEARD = "2025-10-01T08:00  Kunde K-17, namens Bäckerei Lenz\n"

CLAIMS = """
2026-01-03T09:00  Vorfall K-17 "V-1" product_claim, Lieferant Brenner AG
2026-03-03T09:00  Vorfall K-17 "V-2" product_claim, Lieferant Brenner AG
"""
MORE_CLAIMS = (
    CLAIMS
    + """
2026-03-04T09:00  Vorfall K-18 "V-3" product_claim, Lieferant Brenner AG
2026-03-05T09:00  Vorfall K-19 "V-4" product_claim, Lieferant Brenner AG
"""
)

WEEKS = "\n".join(
    f'2025-12-0{n}T09:00  verspricht K-17 lutz "A-{n}" bis 2026-01-15T12:00\n2025-12-1{n}T09:00  erfüllt "A-{n}"\n'
    f'2026-03-0{n}T09:00  verspricht K-17 lutz "B-{n}" bis 2026-03-12T12:00' for n in range(1, 6)
) + '\n2026-03-05T12:00  verspricht K-17 lutz "C" bis 2026-03-13\n2026-03-10T12:00  erfüllt "B-1"\n'  # fmt: skip


class Case(NamedTuple):
    """First the subject, then the title, then the text, each a paragraph of its own."""

    story: str
    now: str
    rule: Rule
    kind: str
    name: str
    german: str
    english: str
    more: dict[str, Any] = {}  # noqa: RUF012

    @property
    def id(self) -> str:
        return " ".join([self.rule, *(str(self.more[name]) for name in ("detail", "level") if name in self.more)])


CASES = [
    Case(
        PROMISES, "2026-03-12T09:00", "due_soon", "promise", "Angebot schicken",
        german="""
            Meier: Angebot schicken

            Meier: Angebot schicken – morgen 12 Uhr

            Meier wartet auf: Angebot schicken. Zugesagt bis morgen 12 Uhr.

            Klappt es? Wenn nicht: bis heute 13 Uhr Bescheid geben und einen neuen Termin nennen.
        """,
        english="""
            Meier: Angebot schicken

            Meier: Angebot schicken – tomorrow noon

            Meier is waiting for: Angebot schicken. Promised by tomorrow noon.

            Will it work out? If not: tell them by today 1 pm and name a new date.
        """,
    ),
    Case(
        PROMISES, "2026-03-12T09:00", "last_call", "promise", "Angebot schicken",
        german="""
            Meier: Angebot schicken

            Meier: Bescheid geben bis heute 13 Uhr, falls es knapp wird: Angebot schicken

            Meier wartet auf: Angebot schicken. Zugesagt bis morgen 12 Uhr. Einen Plan B gibt es noch nicht.

            Wenn es knapp wird: bis heute 13 Uhr Bescheid geben, einen neuen Termin nennen und etwas anderes
            anbieten. Dann bleibt das Vertrauen.
        """,
        english="""
            Meier: Angebot schicken

            Meier: give notice by today 1 pm if Angebot schicken gets tight

            Meier is waiting for: Angebot schicken. Promised by tomorrow noon. There is no plan B yet.

            If it gets tight: tell them by today 1 pm, name a new date and offer something instead. That keeps
            the trust.
        """,
    ),
    Case(
        PROMISES, "2026-03-12T09:00", "last_call", "promise", "Therme",
        german="""
            Meier: Therme

            Meier: Bescheid geben bis heute 13 Uhr, falls es knapp wird: Therme

            Meier wartet auf: Therme. Zugesagt bis morgen 12 Uhr. Plan B: Plan B. Zuletzt angeboten:
            stattdessen.

            Wenn es knapp wird: bis heute 13 Uhr Bescheid geben, einen neuen Termin nennen und etwas anderes
            anbieten. Dann bleibt das Vertrauen.
        """,
        english="""
            Meier: Therme

            Meier: give notice by today 1 pm if Therme gets tight

            Meier is waiting for: Therme. Promised by tomorrow noon. Plan B: Plan B. Offered instead before:
            stattdessen.

            If it gets tight: tell them by today 1 pm, name a new date and offer something instead. That keeps
            the trust.
        """,
    ),
    Case(
        PROMISES + WORK, "2026-03-12T09:00", "at_risk", "promise", "Angebot schicken",
        german="""
            Meier: Angebot schicken

            Meier: Angebot schicken bis morgen 12 Uhr ist gefährdet

            Meier wartet auf: Angebot schicken. Zugesagt bis morgen 12 Uhr. Nach unserer Erfahrung klappt das in
            weniger als 1 von 10 Fällen. Einen Plan B gibt es noch nicht.

            Noch ist Zeit: bis heute 13 Uhr Bescheid geben, einen neuen Termin nennen und etwas anderes
            anbieten.
        """,
        english="""
            Meier: Angebot schicken

            Meier: Angebot schicken by tomorrow noon is at risk

            Meier is waiting for: Angebot schicken. Promised by tomorrow noon. In our experience fewer than 1 in
            10 such promises are kept. There is no plan B yet.

            There is still time: tell them by today 1 pm, name a new date and offer something instead.
        """,
    ),
    Case(
        PROMISES, "2026-03-14T09:00", "overdue", "promise", "Angebot schicken",
        german="""
            Meier: Angebot schicken

            Meier: Angebot schicken war zugesagt bis gestern 12 Uhr

            Meier wartet auf: Angebot schicken. Zugesagt war bis gestern 12 Uhr.

            Rufen Sie heute an: sagen, woran es lag, einen Termin nennen, den Sie halten.
        """,
        english="""
            Meier: Angebot schicken

            Meier: Angebot schicken was promised by yesterday noon

            Meier is waiting for: Angebot schicken. It was promised by yesterday noon.

            Please call today: say what the reason was, and name a date that you will keep.
        """,
    ),
    Case(
        PROMISES, "2026-03-12T09:00", "moved_again", "promise", "Therme",
        german="""
            Meier: Therme

            Meier: Therme – 3-mal verschoben

            Meier wartet auf: Therme. 3-mal verschoben, jetzt zugesagt bis morgen 12 Uhr. Plan B: Plan B.
            Zuletzt angeboten: stattdessen.

            Klären Sie bitte, woran es hängt und welcher Termin sicher ist. Ein Anruf von Ihnen hilft jetzt.
        """,
        english="""
            Meier: Therme

            Meier: Therme – moved 3 times

            Meier is waiting for: Therme. Moved 3 times, now promised by tomorrow noon. Plan B: Plan B. Offered
            instead before: stattdessen.

            Please find out what holds it up and which date is certain. A call from you helps now.
        """,
    ),
    Case(
        DELIVERED, "2026-03-13T08:00", "follow_up_due", "promise", "Therme",
        german="""
            Meier: Therme

            Meier: nachfragen, ob alles gut ist

            Meier hat seit gestern, was zugesagt war: Therme.

            Rufen Sie heute an und fragen Sie, ob alles gut ist.
        """,
        english="""
            Meier: Therme

            Meier: ask whether all is well

            Meier has had since yesterday what was promised: Therme.

            Please call today and ask whether all is well.
        """,
    ),
    Case(
        QUESTIONS, "2026-03-09T15:00", "unanswered", "contact", "Frage 1",
        german="""
            Aydin: Anfrage vom 9. März

            Aydin wartet auf Antwort – bis morgen 9 Uhr

            Aydin hat per E-Mail gefragt und wartet seit heute 9 Uhr auf Antwort.

            Antworten Sie bitte bis morgen 9 Uhr, und sei es nur, wann Sie mehr wissen.
        """,
        english="""
            Aydin: question of 9 March

            Aydin is waiting for an answer – by tomorrow 9 am

            Aydin asked by e-mail and has been waiting for an answer since today 9 am.

            Please answer by tomorrow 9 am, and be it only to say when you will know more.
        """,
        more={"level": 1},
    ),
    Case(
        QUESTIONS, "2026-03-10T09:01", "unanswered", "contact", "Frage 1",
        german="""
            Aydin: Anfrage vom 9. März

            Aydin wartet noch auf Antwort

            Aydin hat per E-Mail gefragt und wartet seit gestern 9 Uhr auf Antwort. Antworten wollten wir bis
            heute 9 Uhr.

            Antworten Sie bitte jetzt: sagen, warum es gedauert hat, und wann es weitergeht.
        """,
        english="""
            Aydin: question of 9 March

            Aydin is still waiting for an answer

            Aydin asked by e-mail and has been waiting for an answer since yesterday 9 am. We wanted to answer
            by today 9 am.

            Please answer now: say why it took so long, and when it goes on.
        """,
        more={"level": 2},
    ),
    Case(
        QUESTIONS, "2026-03-10T09:01", "chased", "contact", "Frage 2",
        german="""
            Aydin: Anfrage vom 9. März

            Aydin hat nachgefragt

            Aydin hat per E-Mail nachgefragt. Offen ist die Anfrage seit gestern 9 Uhr.

            Melden Sie sich heute, bevor noch einmal jemand nachfragen muss: sagen, wie es steht und wann es
            weitergeht.
        """,
        english="""
            Aydin: question of 9 March

            Aydin has asked again

            Aydin has asked again, by e-mail. The question has been open since yesterday 9 am.

            Please get back to them today, before they have to ask once more: say how things stand and when it
            goes on.
        """,
    ),
    Case(
        QUESTIONS, "2026-03-11T09:01", "chased", "contact", "Frage 3",
        german="""
            Aydin: Anfrage vom 9. März

            Aydin hat schon 2-mal nachgefragt

            Aydin hat schon 2-mal nachgefragt, zuletzt am Telefon. Offen ist die Anfrage seit Montag, 9. März, 9
            Uhr.

            Melden Sie sich heute, bevor noch einmal jemand nachfragen muss: sagen, wie es steht und wann es
            weitergeht.
        """,
        english="""
            Aydin: question of 9 March

            Aydin has asked again, 2 times by now

            Aydin has asked again 2 times, the last time by phone. The question has been open since Monday 9
            March, 9 am.

            Please get back to them today, before they have to ask once more: say how things stand and when it
            goes on.
        """,
    ),
    Case(
        QUESTIONS, "2026-03-11T10:01", "chased", "contact", "Frage 4",
        german="""
            Aydin: Liefertermin nennen

            Aydin hat nachgefragt: Liefertermin nennen

            Aydin hat im Chat nachgefragt. Es geht um: Liefertermin nennen. Zugesagt bis morgen 16 Uhr.

            Melden Sie sich heute, bevor noch einmal jemand nachfragen muss: sagen, wie es steht und wann es
            weitergeht.
        """,
        english="""
            Aydin: Liefertermin nennen

            Aydin has asked again: Liefertermin nennen

            Aydin has asked again, by chat. It is about: Liefertermin nennen. Promised by tomorrow 4 pm.

            Please get back to them today, before they have to ask once more: say how things stand and when it
            goes on.
        """,
    ),
    Case(
        REPORTED, "2026-03-09T10:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: den Grund nennen bis heute 12 Uhr

            Familie Wolf: Falsche Arbeit (heute 8 Uhr). Es fehlt der Grund.

            Erklären Sie bitte, wie es dazu kam; ein Anruf oder ein Brief genügt.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: give the reason by today noon

            Familie Wolf: Wrong work (today 8 am). The reason is missing.

            Please explain how it came about; a call or a letter will do.
        """,
        more={"detail": "reason", "level": 1},
    ),
    Case(
        REPORTED, "2026-03-09T12:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: der Grund fehlt noch

            Familie Wolf: Falsche Arbeit (heute 8 Uhr). Es fehlt der Grund. Dafür war Zeit bis heute 12 Uhr.

            Erklären Sie bitte, wie es dazu kam; ein Anruf oder ein Brief genügt.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: the reason is still missing

            Familie Wolf: Wrong work (today 8 am). The reason is missing. It should have been done by today
            noon.

            Please explain how it came about; a call or a letter will do.
        """,
        more={"detail": "reason", "level": 2},
    ),
    Case(
        EXPLAINED, "2026-03-09T12:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: sich entschuldigen bis heute 17 Uhr

            Familie Wolf: Falsche Arbeit (heute 8 Uhr). Bisher: der Grund ist genannt. Es fehlt die
            Entschuldigung.

            Bitten Sie um Verständnis, und entschuldigen Sie sich aufrichtig.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: apologise by today 5 pm

            Familie Wolf: Wrong work (today 8 am). So far: the reason is given. The apology is missing.

            Please ask for understanding and apologise sincerely.
        """,
        more={"detail": "apology", "level": 1},
    ),
    Case(
        EXPLAINED, "2026-03-09T17:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: die Entschuldigung fehlt noch

            Familie Wolf: Falsche Arbeit (heute 8 Uhr). Bisher: der Grund ist genannt. Es fehlt die
            Entschuldigung. Dafür war Zeit bis heute 17 Uhr.

            Bitten Sie um Verständnis, und entschuldigen Sie sich aufrichtig.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: the apology is still missing

            Familie Wolf: Wrong work (today 8 am). So far: the reason is given. The apology is missing. It
            should have been done by today 5 pm.

            Please ask for understanding and apologise sincerely.
        """,
        more={"detail": "apology", "level": 2},
    ),
    Case(
        APOLOGISED, "2026-03-09T17:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: um eine neue Chance bitten bis morgen 17 Uhr

            Familie Wolf: Falsche Arbeit (heute 8 Uhr). Bisher: der Grund ist genannt, entschuldigt haben wir
            uns. Es fehlt die Bitte um eine neue Chance.

            Bitten Sie um eine neue Chance, zusammen mit einem guten Angebot, das es nur einmal gibt.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: ask for a new chance by tomorrow 5 pm

            Familie Wolf: Wrong work (today 8 am). So far: the reason is given, we have apologised. We have not
            asked for a new chance yet.

            Please ask for a new chance, together with a good offer that is made only once.
        """,
        more={"detail": "chance", "level": 1},
    ),
    Case(
        APOLOGISED, "2026-03-10T17:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: die Bitte um eine neue Chance fehlt noch

            Familie Wolf: Falsche Arbeit (gestern 8 Uhr). Bisher: der Grund ist genannt, entschuldigt haben wir
            uns. Es fehlt die Bitte um eine neue Chance. Dafür war Zeit bis heute 17 Uhr.

            Bitten Sie um eine neue Chance, zusammen mit einem guten Angebot, das es nur einmal gibt.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: we have not asked for a new chance yet

            Familie Wolf: Wrong work (yesterday 8 am). So far: the reason is given, we have apologised. We have
            not asked for a new chance yet. It should have been done by today 5 pm.

            Please ask for a new chance, together with a good offer that is made only once.
        """,
        more={"detail": "chance", "level": 2},
    ),
    Case(
        OFFERED, "2026-03-10T12:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: persönlich sprechen bis morgen 17 Uhr

            Familie Wolf: Falsche Arbeit (gestern 8 Uhr). Bisher: der Grund ist genannt, entschuldigt haben wir
            uns, um eine neue Chance haben wir gebeten. Es fehlt das persönliche Gespräch.

            Fahren Sie bitte hin, oder sprechen Sie per Video. Eine E-Mail reicht hier nicht.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: talk in person by tomorrow 5 pm

            Familie Wolf: Wrong work (yesterday 8 am). So far: the reason is given, we have apologised, we have
            asked for a new chance. The talk in person is missing.

            Please visit them, or talk by video. An e-mail is not enough here.
        """,
        more={"detail": "talk", "level": 1},
    ),
    Case(
        OFFERED, "2026-03-11T17:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: das persönliche Gespräch fehlt noch

            Familie Wolf: Falsche Arbeit (Montag, 9. März, 8 Uhr). Bisher: der Grund ist genannt, entschuldigt
            haben wir uns, um eine neue Chance haben wir gebeten. Es fehlt das persönliche Gespräch. Dafür war
            Zeit bis heute 17 Uhr.

            Fahren Sie bitte hin, oder sprechen Sie per Video. Eine E-Mail reicht hier nicht.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: the talk in person is still missing

            Familie Wolf: Wrong work (Monday 9 March, 8 am). So far: the reason is given, we have apologised, we
            have asked for a new chance. The talk in person is missing. It should have been done by today 5 pm.

            Please visit them, or talk by video. An e-mail is not enough here.
        """,
        more={"detail": "talk", "level": 2},
    ),
    Case(
        TALKED, "2026-03-11T12:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: in Ordnung bringen bis Freitag, 13. März, 17 Uhr

            Familie Wolf: Falsche Arbeit (Montag, 9. März, 8 Uhr). Bisher: der Grund ist genannt, entschuldigt
            haben wir uns, um eine neue Chance haben wir gebeten, persönlich gesprochen haben wir. In Ordnung
            gebracht ist es noch nicht.

            Sorgen Sie bitte dafür, dass es in Ordnung kommt, und sagen Sie Bescheid, wenn es so weit ist.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: put it right by Friday 13 March, 5 pm

            Familie Wolf: Wrong work (Monday 9 March, 8 am). So far: the reason is given, we have apologised, we
            have asked for a new chance, we have talked in person. It is not put right yet.

            Please see that it is put right, and tell them when it is done.
        """,
        more={"detail": "resolved", "level": 1},
    ),
    Case(
        TALKED, "2026-03-13T17:00", "recovery_step_due", "incident", "V-1",
        german="""
            Familie Wolf: Falsche Arbeit

            Familie Wolf: noch nicht in Ordnung gebracht

            Familie Wolf: Falsche Arbeit (Montag, 9. März, 8 Uhr). Bisher: der Grund ist genannt, entschuldigt
            haben wir uns, um eine neue Chance haben wir gebeten, persönlich gesprochen haben wir. In Ordnung
            gebracht ist es noch nicht. Dafür war Zeit bis heute 17 Uhr.

            Sorgen Sie bitte dafür, dass es in Ordnung kommt, und sagen Sie Bescheid, wenn es so weit ist.
        """,
        english="""
            Familie Wolf: Wrong work

            Familie Wolf: it is not put right yet

            Familie Wolf: Wrong work (Monday 9 March, 8 am). So far: the reason is given, we have apologised, we
            have asked for a new chance, we have talked in person. It is not put right yet. It should have been
            done by today 5 pm.

            Please see that it is put right, and tell them when it is done.
        """,
        more={"detail": "resolved", "level": 2},
    ),
    Case(
        DISAPPOINTED, "2026-03-10T11:00", "trust_low", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Vertrauen ist angespannt

            Meier: Kontostand −11,8 Punkte. Er fiel um 18 Punkte: am 5. März Musste nachfragen (−2); am 6. März
            Therme: nicht gehalten (−9,4); am 7. März Rückmeldung: 1 auf einer Skala von 1 bis 5 (−6,9).

            Rufen Sie an, hören Sie zu, und bringen Sie zuerst in Ordnung, was offen ist.
        """,
        english="""
            Meier: trust account

            Meier: trust is strained

            Meier: the balance is −11.8 points. It fell by 18 points: on 5 March Had to ask again (−2); on 6
            March Therme: not kept (−9.4); on 7 March Feedback: 1 on a scale from 1 to 5 (−6.9).

            Please call, listen, and put right first what is open.
        """,
        more={"level": 1},
    ),
    Case(
        DISAPPOINTED, "2026-03-10T11:00", "trust_low", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Vertrauen ist verloren

            Meier: Kontostand −11,8 Punkte. Er fiel um 18 Punkte: am 5. März Musste nachfragen (−2); am 6. März
            Therme: nicht gehalten (−9,4); am 7. März Rückmeldung: 1 auf einer Skala von 1 bis 5 (−6,9).

            Bitten Sie um ein persönliches Gespräch: den Grund nennen, sich entschuldigen, um eine neue Chance
            bitten. Eine E-Mail reicht hier nicht.
        """,
        english="""
            Meier: trust account

            Meier: trust is lost

            Meier: the balance is −11.8 points. It fell by 18 points: on 5 March Had to ask again (−2); on 6
            March Therme: not kept (−9.4); on 7 March Feedback: 1 on a scale from 1 to 5 (−6.9).

            Please ask for a talk in person: give the reason, apologise, ask for a new chance. An e-mail is not
            enough here.
        """,
        more={"level": 2},
    ),
    Case(
        LEFT, "2026-03-10T11:00", "trust_low", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Vertrauen ist verloren

            Meier hat uns verlassen. Kontostand: −11,8 Punkte. Er fiel um 18 Punkte: am 5. März Musste
            nachfragen (−2); am 6. März Therme: nicht gehalten (−9,4); am 7. März Rückmeldung: 1 auf einer Skala
            von 1 bis 5 (−6,9).

            Bitten Sie um ein persönliches Gespräch: den Grund nennen, sich entschuldigen, um eine neue Chance
            bitten. Eine E-Mail reicht hier nicht.
        """,
        english="""
            Meier: trust account

            Meier: trust is lost

            Meier has left us. The balance is −11.8 points. It fell by 18 points: on 5 March Had to ask again
            (−2); on 6 March Therme: not kept (−9.4); on 7 March Feedback: 1 on a scale from 1 to 5 (−6.9).

            Please ask for a talk in person: give the reason, apologise, ask for a new chance. An e-mail is not
            enough here.
        """,
        more={"level": 2},
    ),
    Case(
        DISAPPOINTED, "2026-03-10T11:00", "trust_falling", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Vertrauen sinkt

            Meier: Kontostand −11,8 Punkte. Er fiel um 18 Punkte: am 5. März Musste nachfragen (−2); am 6. März
            Therme: nicht gehalten (−9,4); am 7. März Rückmeldung: 1 auf einer Skala von 1 bis 5 (−6,9); der
            Rest (+0,7).

            Rufen Sie an, bevor es mehr wird: fragen, was jetzt hilft, und den nächsten Termin halten.
        """,
        english="""
            Meier: trust account

            Meier: trust is falling

            Meier: the balance is −11.8 points. It fell by 18 points: on 5 March Had to ask again (−2); on 6
            March Therme: not kept (−9.4); on 7 March Feedback: 1 on a scale from 1 to 5 (−6.9); the rest
            (+0.7).

            Please call before it becomes more: ask what helps now, and keep the next date.
        """,
    ),
    Case(
        ACCOUNT, "2026-03-05T11:00", "buffer_thin", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Polster ist dünn

            Meier: Das Polster trägt noch 0,2 übliche Abbuchungen. Kontostand: 0,7 Punkte. Die letzte Gutschrift
            war am 10. Januar.

            Zeit, wieder einzuzahlen: den nächsten Termin halten, fragen, wie es geht, gut beraten.
        """,
        english="""
            Meier: trust account

            Meier: the buffer is thin

            Meier: the buffer still bears 0.2 usual withdrawals. The balance is 0.7 points. The last deposit was
            on 10 January.

            Time to pay in: keep the next date, ask how things are, give good advice.
        """,
    ),
    Case(
        DISAPPOINTED, "2026-03-10T11:00", "buffer_thin", "customer", "K-17",
        german="""
            Meier: Vertrauenskonto

            Meier: das Polster ist dünn

            Meier: Das Polster trägt keine übliche Abbuchung mehr. Kontostand: −11,8 Punkte. Die letzte
            Gutschrift war am 5. März.

            Zeit, wieder einzuzahlen: den nächsten Termin halten, fragen, wie es geht, gut beraten.
        """,
        english="""
            Meier: trust account

            Meier: the buffer is thin

            Meier: the buffer does not bear one usual withdrawal any more. The balance is −11.8 points. The last
            deposit was on 5 March.

            Time to pay in: keep the next date, ask how things are, give good advice.
        """,
    ),
    Case(
        QUIET, "2026-03-08T11:00", "silent_customer", "customer", "K-17",
        german="""
            Bäckerei Lenz: Vertrauenskonto

            Bäckerei Lenz: seit 74 Tagen nichts gehört

            Bäckerei Lenz: seit 74 Tagen haben wir nichts gehört, sonst sprechen wir uns etwa alle 3 Wochen.

            Kein Lob ist stille Kritik: Rufen Sie an und fragen Sie, wie es läuft.
        """,
        english="""
            Bäckerei Lenz: trust account

            Bäckerei Lenz: nothing heard for 74 days

            Bäckerei Lenz: we have heard nothing for 74 days, usually we talk every 3 weeks or so.

            No praise is silent criticism: please call and ask how things are going.
        """,
    ),
    Case(
        NEVER_HEARD, "2026-03-08T11:00", "silent_customer", "customer", "K-17",
        german="""
            Bäckerei Lenz: Vertrauenskonto

            Bäckerei Lenz: noch nie etwas gehört

            Bäckerei Lenz: Gesprochen haben wir uns bisher noch nie.

            Kein Lob ist stille Kritik: Rufen Sie an und fragen Sie, wie es läuft.
        """,
        english="""
            Bäckerei Lenz: trust account

            Bäckerei Lenz: nothing heard yet

            Bäckerei Lenz: we have never talked with each other so far.

            No praise is silent criticism: please call and ask how things are going.
        """,
    ),
    Case(
        QUIET, "2026-07-08T11:00", "feedback_silent", "customer", "K-17",
        german="""
            Bäckerei Lenz: Vertrauenskonto

            Bäckerei Lenz: seit 192 Tagen keine Rückmeldung

            Bäckerei Lenz: Wie zufrieden man dort mit uns ist, haben wir seit 192 Tagen nicht gehört.

            Kein Lob ist stille Kritik: Fragen Sie bitte, was gut war und was gefehlt hat.
        """,
        english="""
            Bäckerei Lenz: trust account

            Bäckerei Lenz: no feedback for 192 days

            Bäckerei Lenz: we have not heard for 192 days how content they are with us.

            No praise is silent criticism: please ask what was good and what was missing.
        """,
    ),
    Case(
        NEVER_HEARD, "2026-07-08T11:00", "feedback_silent", "customer", "K-17",
        german="""
            Bäckerei Lenz: Vertrauenskonto

            Bäckerei Lenz: noch keine Rückmeldung

            Bäckerei Lenz: Wie zufrieden man dort mit uns ist, haben wir noch nie gehört.

            Kein Lob ist stille Kritik: Fragen Sie bitte, was gut war und was gefehlt hat.
        """,
        english="""
            Bäckerei Lenz: trust account

            Bäckerei Lenz: no feedback yet

            Bäckerei Lenz: we have never heard how content they are with us.

            No praise is silent criticism: please ask what was good and what was missing.
        """,
    ),
    Case(
        QUIET, "2026-03-08T11:00", "lapsed_cadence", "customer", "K-17",
        german="""
            Bäckerei Lenz: Vertrauenskonto

            Bäckerei Lenz: Regelmäßiges bleibt aus

            Bäckerei Lenz hat sonst etwa alle 4 Wochen von uns gehört: eine Zusatzleistung. Zuletzt: 25.
            Dezember 2025.

            Was regelmäßig kam, wird vermisst, wenn es ausbleibt: Holen Sie es bitte nach, oder sagen Sie, warum
            es jetzt anders wird.
        """,
        english="""
            Bäckerei Lenz: trust account

            Bäckerei Lenz: something regular has stopped

            Bäckerei Lenz used to hear from us every 4 weeks or so: an extra service. Last time: 25 December
            2025.

            What came regularly is missed when it stops: please make up for it, or say why it will be different
            now.
        """,
        more={"detail": "service"},
    ),
    Case(
        CLAIMS, "2026-03-08T11:00", "supplier_card", "supplier", "Brenner AG",
        german="""
            Brenner AG: Produktversprechen

            Brenner AG: gelbe Karte

            Brenner AG: 2 gebrochene Produktversprechen in 12 Monaten, zuletzt Dienstag, 3. März.

            Gehen Sie die Fälle bitte mit dem Lieferanten durch, und vereinbaren Sie, was sich ändert.
        """,
        english="""
            Brenner AG: product claims

            Brenner AG: yellow card

            Brenner AG: 2 product claims broken in 12 months, the last one Tuesday 3 March.

            Please talk these cases over with the supplier, and agree on what changes.
        """,
        more={"level": 1},
    ),
    Case(
        MORE_CLAIMS, "2026-03-08T11:00", "supplier_card", "supplier", "Brenner AG",
        german="""
            Brenner AG: Produktversprechen

            Brenner AG: rote Karte

            Brenner AG: 4 gebrochene Produktversprechen in 12 Monaten, zuletzt Donnerstag, 5. März.

            Sehen Sie sich bitte um, wer sonst liefern kann, und sagen Sie vorerst nichts zu, was von diesem
            Lieferanten abhängt.
        """,
        english="""
            Brenner AG: product claims

            Brenner AG: red card

            Brenner AG: 4 product claims broken in 12 months, the last one Thursday 5 March.

            Please look who else can deliver, and promise nothing that depends on this supplier for now.
        """,
        more={"level": 2},
    ),
    Case(
        WEEKS, "2026-03-06T11:00", "overload", "person", "lutz",
        german="""
            Lutz Brandt: offene Zusagen

            Lutz Brandt: 6 Zusagen sind offen

            Lutz Brandt: 6 Zusagen sind offen. In Monaten, die gut liefen, waren es höchstens 5.

            Was lässt sich abgeben oder rechtzeitig verschieben? Sprechen Sie bitte im Team darüber, und sagen
            Sie vorerst nichts Neues zu.
        """,
        english="""
            Lutz Brandt: open promises

            Lutz Brandt: 6 promises are open

            Lutz Brandt: 6 promises are open. In months that went well there were 5 at most.

            What can be handed over, or moved in good time? Please talk it over in the team, and promise nothing
            new for now.
        """,
    ),
    Case(
        WEEKS, "2026-03-16T08:00", "reliability_drift", "team", "Service",
        german="""
            Service: Verlässlichkeit

            Service: weniger pünktlich als sonst

            Service: 1 von 6 Zusagen pünktlich in der Woche bis gestern; in den 26 Wochen davor waren es 100 %.

            Sehen Sie bitte gemeinsam nach, was dazwischenkam: Termine, Material, zu viel auf einmal. Es geht
            darum, wie die Arbeit läuft, und um niemand Einzelnen.
        """,
        english="""
            Service: reliability

            Service: less kept on time than usual

            Service: 1 of 6 promises kept on time in the week to yesterday; in the 26 weeks before it was 100%.

            Please look together at what got in the way: dates, material, too much at once. It is about how the
            work runs, and about nobody in particular.
        """,
        more={"since": at("2026-03-16")},
    ),
    Case(
        WEEKS, "2026-03-16T08:00", "channel_paused", "channel", "werkstatt",
        german="""
            Zustellung der Hinweise

            werkstatt: Nachrichten kommen nicht an

            werkstatt: Zuletzt ließ sich auf diesem Weg nichts zustellen, darum ruht er. Verloren ist nichts:
            Was kann, nimmt einen anderen Weg, der Rest wartet.

            Prüfen Sie bitte Adresse, Kennwort und Server. Wie es um die Wege steht: konto alerts channels
        """,
        english="""
            Delivery of alerts

            werkstatt: messages do not get through

            werkstatt: nothing could be delivered this way lately, so it rests. Nothing is lost: what can takes
            another way, the rest waits.

            Please check address, password and server. How the channels stand: konto alerts channels
        """,
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{number:02} {case.id}" for number, case in enumerate(CASES, 1)])
def test_a_message_says_what_is_the_matter_and_last_the_next_step(tmp_path: Path, case: Case):
    told = teller(tmp_path / "home", case.story, case.now)
    for lang, wanted in (("de", case.german), ("en", case.english)):
        message = told.message(case.rule, case.kind, case.name, lang, **case.more)
        assert said(message) == paragraphs(wanted)
    told.home.close()


def said(message: Message) -> list[str]:
    return paragraphs("\n\n".join((message.subject, message.title, message.text)))


def paragraphs(text: str) -> list[str]:
    """Without regard to how lines are broken; the blank in “25. Dezember” may be any."""
    return [" ".join(each.split()) for each in text.strip().split("\n\n")]


def test_every_wording_of_every_rule_has_its_case_and_every_rule_its_name():
    assert list(WORDINGS) == list(ALERTS) == list(RULES)
    keys = {(case.rule, case.more.get("detail", ""), case.more.get("level", 1)) for case in CASES}
    steps = {rule: len({wording for wording in choices.values()}) for rule, choices in WORDINGS.items()}
    for rule, many in steps.items():
        assert len({key for key in keys if key[0] == rule}) >= many, rule


def test_no_message_blames_shouts_or_uses_words_that_readers_do_not():
    forbidden = re.compile(
        r"!|\b(KPIs?|SLAs?|tickets?|scores?|kunde [abc]|versäumt|schuld|fehler von|failed|fault|blame)\b", re.IGNORECASE
    )
    for case in CASES:
        for text in (case.german, case.english):
            assert not forbidden.search(text), text


def test_the_customers_name_comes_first_and_the_next_step_last():
    for case in CASES:
        if case.kind in ("promise", "contact", "incident", "customer"):
            subject, title, says, *_ = paragraphs(case.german)
            assert title.startswith(subject.partition(":")[0])
            assert says.startswith(subject.partition(":")[0])


def test_messages_about_one_thing_have_one_subject_whatever_they_say_and_whenever(tmp_path: Path):
    told = teller(tmp_path / "home", PROMISES + QUESTIONS.replace("K-17", "K-18"), "2026-03-11T09:00")
    subjects = set()
    for now in ("2026-03-11T09:00", "2026-03-12T09:00", "2026-03-20T09:00"):
        told.now = at(now)
        for rule in ("due_soon", "last_call", "at_risk", "overdue", "moved_again"):
            subjects.add(told.message(rule, "promise", "Therme").subject)  # type: ignore[arg-type]
        subjects.add(told.message("unanswered", "contact", "Frage 1", level=2).subject)
        subjects.add(told.message("chased", "contact", "Frage 2").subject)
    assert subjects == {"Meier: Therme", "Aydin: Anfrage vom 9. März"}
    told.home.close()


# -- how it is told -------------------------------------------------------------------------------------

PAGE, ACKNOWLEDGE = "https://konto.example/account?customer=1&a=b", "https://konto.example/acknowledge/abc"


@pytest.fixture
def told(tmp_path: Path):
    teller_ = teller(tmp_path / "home", PROMISES, "2026-03-14T09:00")
    yield teller_
    teller_.home.close()


def test_why_it_comes_to_this_reader_and_so_late_stands_before_the_next_step(told: Teller):
    matter = told.matter(told.occasion("overdue", "promise", "Therme"))
    telling = told.telling(late=True, not_acknowledged_by="Ines Vogt", for_whom="Lutz Brandt", page=PAGE)
    assert single(matter, telling._replace(acknowledge=ACKNOWLEDGE)).text.split("\n\n")[1:] == [
        "Sie lesen das in Vertretung für Lutz Brandt. Ines Vogt hat es noch nicht zur Kenntnis genommen. "
        "Das kommt später als sonst: Es ist schon so seit heute 9 Uhr.",
        "Rufen Sie heute an: sagen, woran es lag, einen Termin nennen, den Sie halten.",
        f"Alles dazu: {PAGE}\nZur Kenntnis nehmen: {ACKNOWLEDGE}",
    ]
    english = single(matter, telling._replace(t=translator("en"), page="")).text.split("\n\n")
    assert english[1:] == [
        "You read this as the stand-in of Lutz Brandt. Ines Vogt has not taken note of it yet. "
        "This comes later than usual: it has been so since today 9 am.",
        "Please call today: say what the reason was, and name a date that you will keep.",
    ]


def test_of_what_was_promised_among_ourselves_the_customer_knows_nothing(told: Teller):
    matter = told.matter(told.occasion("overdue", "promise", "Therme"))
    assert isinstance(matter.about, Promised)
    ours = matter._replace(about=matter.about._replace(internal=True))
    assert "Der Kunde weiß nichts davon." in single(ours, told.telling()).text
    assert "weiß nichts davon" not in single(matter, told.telling()).text


def test_a_last_moment_that_has_passed_is_not_named(told: Teller):
    told.now = at("2026-03-13T11:00")
    assert told.message("due_soon", "promise", "Angebot schicken").text.endswith(
        "Klappt es? Wenn nicht: jetzt Bescheid geben und einen neuen Termin nennen."
    )


class Reader(HTMLParser):
    """What somebody sees of a page; complains where a tag is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


ALLOWED = {"html", "head", "meta", "title", "body", "div", "h1", "h2", "h3", "p", "a"}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_page_says_the_same_as_the_text_and_asks_nothing_from_outside(told: Teller, lang: str):
    matter = told.matter(told.occasion("overdue", "promise", "Therme"))
    telling = told.telling(lang, page=PAGE, acknowledge=ACKNOWLEDGE, late=True)
    for message in (
        single(matter, telling),
        together([(matter, telling)] * 2, digest=True, now=told.now, zone=telling.zone, t=telling.t),
    ):
        reader = Reader(message.html)
        assert message.html.startswith(f'<!doctype html>\n<html lang="{lang}"')
        assert set(reader.tags) <= ALLOWED
        assert set(reader.links) == {PAGE, ACKNOWLEDGE}
        assert set(re.findall(r"https?://[^\s\"<]+", unescape(message.html))) == {PAGE, ACKNOWLEDGE}
        assert "url(" not in message.html
        assert not any(name.startswith("on") or name == "src" for name, _ in reader.attributes)
        seen = " ".join(reader.text)
        for paragraph in message.text.split("\n"):
            if paragraph and "https://" not in paragraph:
                assert " ".join(paragraph.strip("— ").split()) in seen
        assert message.text.count(ACKNOWLEDGE) == reader.links.count(ACKNOWLEDGE)


# -- several together -----------------------------------------------------------------------------------


def _morning(told: Teller, lang: str, *, digest: bool) -> Message:
    late, early = told.occasion("overdue", "promise", "Therme"), told.occasion("overdue", "promise", "Angebot schicken")
    occasions = [
        told.occasion("silent_customer", "customer", "K-17"),
        late._replace(since=at("2026-03-13T12:00")),
        told.occasion("last_call", "promise", "Therme"),
        early._replace(since=at("2026-03-13T11:00")),
        told.occasion("moved_again", "promise", "Therme"),
    ]
    telling = told.telling(lang)
    parts = [
        (told.matter(each), telling._replace(page=f"{PAGE}{number}", acknowledge=f"{ACKNOWLEDGE}{number}"))
        for number, each in enumerate(occasions)
    ]
    return together(parts, digest=digest, now=told.now, zone=telling.zone, t=telling.t)


def test_in_a_bundle_nothing_is_said_twice_and_nothing_is_lost(told: Teller):
    text = _morning(told, "de", digest=False).text
    assert "Meier wartet auf: Angebot schicken" not in text
    assert "Meier: Therme – 3-mal verschoben\nMeier wartet auf: Therme. 3-mal verschoben, jetzt zugesagt bis" in text


def test_a_bundle_begins_with_the_most_urgent_and_each_part_has_its_addresses(told: Teller):
    message = _morning(told, "de", digest=False)
    assert message.subject == "5 Hinweise"
    assert message.title == (
        "5 Hinweise: letzte Gelegenheit für rechtzeitigen Bescheid (1), überfällig (2), immer wieder verschoben (1), …"
    )
    assert "Meier" not in message.subject + message.title
    assert [line for line in message.text.splitlines() if line.startswith("—") or "Alles dazu" in line] == [
        "— Letzte Gelegenheit für rechtzeitigen Bescheid —",
        f"Alles dazu: {PAGE}2",
        "— Überfällig —",
        f"Alles dazu: {PAGE}3",
        f"Alles dazu: {PAGE}1",
        "— Immer wieder verschoben —",
        f"Alles dazu: {PAGE}4",
        "— Ein Kunde ist verstummt —",
        f"Alles dazu: {PAGE}0",
    ]
    assert (
        f"Meier: Angebot schicken war zugesagt bis gestern 12 Uhr\n"
        f"Rufen Sie heute an: sagen, woran es lag, einen Termin nennen, den Sie halten.\n"
        f"Alles dazu: {PAGE}3\nZur Kenntnis nehmen: {ACKNOWLEDGE}3"
    ) in message.text


@pytest.mark.parametrize(
    ("lang", "subject", "first"),
    [
        ("de", "Ihr Morgen: 5 Hinweise", "Samstag, 14. März"),
        ("en", "Your morning: 5 alerts", "Saturday 14 March"),
    ],
)
def test_the_message_of_the_day_says_of_which_day_it_is(told: Teller, lang: str, subject: str, first: str):
    message = _morning(told, lang, digest=True)
    assert message.subject == subject
    assert message.text.split("\n\n")[0] == first
    assert f"{subject}</h1>" in message.html


# -- hostile and missing words --------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} {0} {name} {customer.__class__} %s %(due)s ${HOME}",
    "two\nlines\r\nBcc: somebody@example.com",
    "split\u2028here\u2029and\x85there\x0bor\x00so",
    "\u202egnp.exe",
    "x" * 300,
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_come_out_literal_and_on_one_line(told: Teller, words: str):
    matter = told.matter(told.occasion("overdue", "promise", "Therme"))
    matter = matter._replace(customer=words, about=matter.about._replace(what=words, plan_b=words))  # type: ignore[union-attr]
    telling = told.telling(page=PAGE, acknowledge=ACKNOWLEDGE, for_whom=words, not_acknowledged_by=words)
    for message in (
        single(matter, telling),
        together([(matter, telling)] * 2, digest=False, now=told.now, zone=telling.zone, t=telling.t),
    ):
        assert len(message.subject.splitlines()) == len(message.title.splitlines()) == 1
        assert len(message.subject) < 200
        assert len(message.title) < 250
        reader = Reader(message.html)
        assert set(reader.tags) <= ALLOWED
        assert set(reader.links) == {PAGE, ACKNOWLEDGE}
        assert not any(name.startswith("on") or name == "src" for name, _ in reader.attributes)
        for shown in (message.text, " ".join(reader.text)):
            assert visible(words)[:60] in " ".join(shown.split())
            assert not set(shown) & set("\u2028\u2029\x85\x0b\x00\u202e")


def visible(words: str) -> str:
    return " ".join("".join(" " if each in "\u2028\u2029\x85\x0b\x00" else each for each in words).split()).strip(
        "\u202e"
    )


def test_addresses_cannot_leave_their_place(told: Teller):
    matter = told.matter(told.occasion("overdue", "promise", "Therme"))
    address = 'https://konto.example/?a="><script>&b='
    reader = Reader(single(matter, told.telling(page=address)).html)
    assert reader.links == [address]
    assert "script" not in reader.tags


@pytest.mark.parametrize("case", CASES, ids=[f"{number:02} {case.id}" for number, case in enumerate(CASES, 1)])
def test_of_somebody_who_was_erased_it_is_still_said_what_is_to_be_done(tmp_path: Path, case: Case):
    told = teller(tmp_path / "home", case.story, case.now)
    occasion = told.occasion(case.rule, case.kind, case.name, **case.more)
    with told.home.konto.views.store.updating() as cursor:
        for table in ("customers", "customer_words", "promise_words", "contact_words", "incident_words", "persons"):
            cursor.execute(f"DELETE FROM {table}")
    with told.home.konto.log.store.updating() as cursor:
        cursor.execute("UPDATE vault_keys SET wrapped = NULL")
    told.home.konto.log.keys.let_go()
    message = single(told.matter(occasion), told.telling())
    for name in ("Meier", "Aydin", "Wolf", "Lenz", "Therme", "K-17", "•", "stattdessen"):
        assert name not in message.subject + message.title + message.text
    if case.kind in ("promise", "contact", "incident", "customer"):
        assert message.title.startswith("Ein Kunde")
    assert message.text.split("\n\n")[-1] == paragraphs(case.german)[-1]
    told.home.close()


@pytest.mark.parametrize("rule", RULES)
def test_what_nobody_knows_any_more_is_still_a_message(told: Teller, rule: Rule):
    occasion = told.occasion("overdue", "promise", "Therme")
    unknown = occasion._replace(rule=rule, subject="promise-0", customer="customer-0", detail="")
    for lang in ("de", "en"):
        message = single(told.matter(unknown), told.telling(lang))
        assert message.subject and message.title and message.text  # noqa: PT018
