"""One person's morning: what to take note of, what is due, who waits, and for what we wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from dashboard.answers import alerting, contacts, incidents, lists
from dashboard.answers.kept import Kept
from dashboard.answers.moments import day_of, midnight
from dashboard.shapes.alerts import Matter
from dashboard.shapes.asking import Reader
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.customers import Silence
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.morning import Awaited, Few, FollowUp, Morning, Quiet
from dashboard.shapes.promises import PromiseRow
from domain.roles import may, scope
from projections import alerts as table
from projections import customers, in_hand, open_follow_ups, open_list, promises, rhythm, unseen, waiting
from projections.alerts import AlertRow
from projections.filters import Condition, Filter, Moment
from projections.sentences import NAMED_BY_INCIDENT, NAMED_BY_KIND
from projections.taught import Taught
from projections.unseen import EVERYBODY
from projections.waiting import WaitingRow
from wiring.home import Konto
from words import N_, translator

MOST = 5
FEW = 4
LOOKED_AHEAD = 60
"""So many promises, the ones due next, are asked about whether they will be kept."""
YOUNG = timedelta(minutes=1)
FOLLOWED_UP = timedelta(days=14)
"""Later nobody calls any more about a delivery."""
WITH_TIME = ("last_call", "due_soon", "unanswered", "recovery_step_due", "at_risk")
IMPLIED = "due_soon"
"""Goes without saying where anything else is the matter."""
A_PROMISE = N_("a promise")


def morning(konto: Konto, taught: Taught, kept: Kept, reader: Reader, owner: str | None) -> Morning:
    sees_all = scope(konto.asker, "alerts") == "all"
    person = (owner or None) if sees_all else konto.asker.person
    asks = _Asks(konto, taught, kept, reader, person)
    return Morning(
        owner=person if sees_all or person is None else customers.person_name(konto.library, _id(konto, person)),
        people=tuple(in_hand.people(konto.library, konto.asker, konto.clock())) if sees_all else (),
        may_answer=may(konto.asker, "acknowledge"),
        may_record=may(konto.asker, "record"),
        begun=bool(customers.listed(konto.library, konto.asker, limit=1)) if may(konto.asker, "customers") else True,
        alerts=asks.alerts(),
        put_off=asks.put_off(),
        today=asks.today(),
        overdue=asks.due(None, asks.now),
        at_risk=asks.at_risk(),
        questions=asks.questions(),
        follow_ups=asks.follow_ups(),
        recoveries=asks.recoveries(),
        waiting=asks.waiting(),
        silent=asks.silent(),
    )


def _id(konto: Konto, person: str) -> str:
    return konto.library.ids.person(person)


class _Asks:
    """One person's questions, all at the same moment; what the asker may not read at all is empty."""

    def __init__(self, konto: Konto, taught: Taught, kept: Kept, reader: Reader, person: str | None) -> None:
        self.konto, self.taught, self.kept, self.reader, self.person = konto, taught, kept, reader, person
        self.t, self.now = translator(reader.lang), konto.clock()
        self.moment = Moment(self.now)
        self.day_ends = midnight(day_of(self.now, reader) + timedelta(days=1), reader)
        self.filter = Filter({} if person is None else {"owner": person})
        self.who = EVERYBODY if person is None else unseen.went_to(konto.library, person)

    # -- alerts -----------------------------------------------------------------------------------

    def alerts(self) -> Few[Matter]:
        if not may(self.konto.asker, "alerts"):
            return Few()
        asked = (self.konto.library, self.konto.asker, self.who)
        return Few(self._matters(unseen.waiting(*asked, MOST)), unseen.count(*asked))

    def put_off(self) -> Few[Matter]:
        if not may(self.konto.asker, "alerts"):
            return Few()
        asked = (self.konto.library, self.konto.asker, self.who)
        return Few(self._matters(unseen.put_off(*asked, FEW)), unseen.count(*asked, ("snoozed",)))

    def _matters(self, found: Sequence[unseen.Matter]) -> tuple[Matter, ...]:
        first = {row.escalated_from for each in found for row in each.alerts if row.escalated_from}
        views = self.konto.views
        readers = {
            alert: customers.person_name(self.konto.library, raised.sent_to or raised.recipient)
            for alert, raised in table.several(views, first).items()
        }
        return tuple(self._matter(each, readers) for each in found)

    def _matter(self, each: unseen.Matter, readers: dict[str, str | None]) -> Matter:
        row, ahead = each.alerts[0], each.until is not None and each.until > self.now
        everybody = (alerting.whom(self.reader, one.sent_to or one.recipient) for one in each.alerts)
        return Matter(
            alerts=tuple(one.alert for one in each.alerts),
            told=alerting.told(self.konto, self.reader, row),
            also=tuple(dict.fromkeys(one.rule for one in each.alerts if one.rule not in (row.rule, IMPLIED))),
            since=row.moment,
            by=each.until if ahead and row.rule in WITH_TIME else None,
            to=tuple(dict.fromkeys(name for name in everybody if name)),
            delivery=alerting.STATES[row.state],
            reason=row.reason,
            late=row.is_late,
            passed_on_from=next((readers.get(one.escalated_from) for one in each.alerts if one.escalated_from), None),
            passed_on_to=_passed_on_to(each.alerts),
            put_off_until=row.snoozed_until,
        )

    # -- promises ---------------------------------------------------------------------------------

    def today(self) -> Few[PromiseRow]:
        found = self.due(self.now, self.day_ends)
        return found._replace(rows=self._with_risks(found.rows))

    def due(self, after: datetime | None, until: datetime) -> Few[PromiseRow]:
        if not may(self.konto.asker, "promises"):
            return Few()
        found = open_list.due(
            self.konto.library,
            self.konto.asker,
            self.moment,
            after=after,
            until=until,
            filter=self.filter,
            limit=MOST,
        )
        return Few(tuple(lists.row(each, self.t) for each in found.rows), found.total)

    def at_risk(self) -> Few[PromiseRow]:
        """Of those due after today, the next ones."""
        if not (may(self.konto.asker, "promises") and may(self.konto.asker, "advice")):
            return Few()
        ahead = open_list.next_in_time(
            self.konto.library,
            self.konto.asker,
            self.moment,
            after=self.day_ends,
            filter=self.filter,
            limit=LOOKED_AHEAD,
        )
        rows = self._with_risks([lists.row(each, self.t) for each in ahead])
        risky = [row for row in rows if row.works_out is not None]
        return Few(tuple(risky[:FEW]), len(risky))

    def _with_risks(self, rows: Sequence[PromiseRow]) -> tuple[PromiseRow, ...]:
        """What is learned anew with every fact need not be so at every click."""
        if not rows:
            return ()

        def find(now: datetime) -> dict[str, float | None]:
            return {row.id: row.works_out for row in lists.at_risk(self.konto, self.taught, rows, now)}

        question = " ".join(["risks", str(self.konto.asker), *(row.id for row in rows)])
        known = self.kept.lately(question, self.konto, YOUNG, find).answer
        return tuple(row._replace(works_out=known.get(row.id)) for row in rows)

    def follow_ups(self) -> Few[FollowUp]:
        """The ones delivered last first: of them a call helps most."""
        konto = self.konto
        if not may(konto.asker, "promises"):
            return Few()
        lately = open_follow_ups.rows(konto.library, konto.steering, self.moment, since=self.now - FOLLOWED_UP)
        if not lately:
            return Few()
        among = _among([each.promise for each in lately])
        found = promises.listed(konto.library, konto.asker, self.moment, filter=self.filter, among=among)
        begun = {each.promise: each.start for each in lately}
        ordered = sorted(found, key=lambda row: (begun[row.promise], row.promise), reverse=True)
        return Few(tuple(self._follow_up(row) for row in ordered[:FEW]), len(ordered))

    def _follow_up(self, row: promises.PromiseRow) -> FollowUp:
        what = row.what or self.t.gettext(NAMED_BY_KIND[row.kind]).format(id=row.id)
        return FollowUp(row.customer, row.customer_name or row.customer_id, what, row.settled_at or self.now)

    # -- whoever waits ----------------------------------------------------------------------------

    def questions(self) -> Few[ContactRow]:
        if not may(self.konto.asker, "contacts"):
            return Few()
        rows, total = contacts.waiting(self.konto, self.person, MOST)
        return Few(rows, total)

    def recoveries(self) -> Few[IncidentRow]:
        """The ones with something to do now."""
        if not may(self.konto.asker, "incidents"):
            return Few()
        running = incidents.running(self.konto, self.person)
        to_do = [row for row in running if not row.waits and incidents.next_step(row)]
        return Few(tuple(to_do[:MOST]), len(to_do))

    def waiting(self) -> Few[Awaited]:
        if not (may(self.konto.asker, "promises") and may(self.konto.asker, "incidents")):
            return Few()
        found = waiting.listed(self.konto.library, self.konto.asker, self.moment, filter=self.filter)
        return Few(tuple(self._awaited(row) for row in found[:FEW]), len(found))

    def _awaited(self, row: WaitingRow) -> Awaited:
        unnamed = A_PROMISE if row.thing == "promise" else NAMED_BY_INCIDENT["other"]
        what = row.what or self.t.gettext(unnamed)
        return Awaited(row.customer, row.customer_name or row.customer_id, what, row.since)

    def silent(self) -> Few[Quiet]:
        """It takes reading all contacts, and changes slowly."""
        if not may(self.konto.asker, "customers"):
            return Few()
        found: list[rhythm.Silent] = self.kept.lately(
            f"silent {self.konto.asker}", self.konto, YOUNG, self._silent
        ).answer
        if self.person is not None:
            own = set(self.konto.library.person_ids(self.person))
            found = [each for each in found if each.owner in own]
        return Few(tuple(self._quiet(each) for each in found[:FEW]), len(found))

    def _silent(self, now: datetime) -> list[rhythm.Silent]:
        """Who fell silent last first: of them a call helps most."""
        found = rhythm.silent(self.konto.library, self.konto.asker, Moment(now))
        return sorted(found, key=lambda each: (each.usual is not None, each.since), reverse=True)

    def _quiet(self, each: rhythm.Silent) -> Quiet:
        since = each.last or each.since
        silence = Silence(
            days=(day_of(self.now, self.reader) - day_of(since, self.reader)).days,
            ever=each.last is not None,
            usual_days=None if each.usual is None else max(1, round(each.usual.total_seconds() / 86_400)),
        )
        return Quiet(each.customer, each.name or each.id, silence)


def _passed_on_to(told: Sequence[AlertRow]) -> str | None:
    return next((row.escalated_to for row in told if row.escalated_to), None)


def _among(ids: Sequence[str]) -> Condition:
    return Condition(",".join("?" * len(ids)), list(ids))
