"""One person's morning: what to take note of, what is due, who waits, and for what we wait."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from dashboard.answers import alerting, contacts, incidents, lists
from dashboard.answers.kept import Kept
from dashboard.answers.moments import day_of, midnight
from dashboard.shapes.alerts import Matter
from dashboard.shapes.asking import Reader
from dashboard.shapes.contacts import ContactRow
from dashboard.shapes.customers import Silence
from dashboard.shapes.incidents import IncidentRow
from dashboard.shapes.morning import Awaited, DayMark, Few, FollowUp, Morning, Quiet
from dashboard.shapes.promises import PromiseRow
from domain.roles import may, scope
from projections import alerts as table
from projections import (
    customers,
    in_hand,
    naming,
    one_promise,
    open_follow_ups,
    open_list,
    promises,
    rhythm,
    rhythms,
    unseen,
    waiting,
)
from projections.alerts import AlertRow
from projections.filters import Condition, Filter, Moment
from projections.sentences import NAMED_BY_INCIDENT, NAMED_BY_KIND
from projections.taught import Taught
from projections.unseen import EVERYBODY
from projections.waiting import WaitingRow
from wiring.answering import still_hold
from wiring.home import Konto
from words import N_, translator

MOST = 4
FEW = 4
ON_THE_STRIP = 12
NEAR = "notice"
"""The standing of a promise of which notice is in time for the last hours."""
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
    last_call, today, overdue = asks.last_call(), asks.today(), asks.due(None, asks.now)
    at_risk, questions, follow_ups, recoveries = (
        asks.at_risk(), asks.questions(), asks.follow_ups(), asks.recoveries()
    )  # fmt: skip
    promised = (*_few(last_call).rows, *_few(today).rows, *_few(overdue).rows, *at_risk.rows)
    shown = {
        *(row.id for row in promised),
        *(row.id for row in questions.rows),
        *(row.id for row in recoveries.rows),
        *(row.promise for row in follow_ups.rows),
    }
    # What stands in a row is told there, and not a second time among the alerts: one does something about the thing,
    # not about the message. Only what is shown counts, so that nothing that somebody was told gets lost below a list.
    chases = asks.chases(row.id for row in questions.rows)
    elsewhere = unseen.but_not_about(shown | chases.keys())
    alerts, put_off = asks.alerts(elsewhere), asks.put_off(elsewhere)
    return Morning(
        owner=person if sees_all or person is None else customers.person_name(konto.library, _id(konto, person)),
        people=tuple(in_hand.people(konto.library, konto.asker, konto.clock())) if sees_all else (),
        may_answer=may(konto.asker, "acknowledge"),
        may_record=may(konto.asker, "record"),
        begun=bool(customers.listed(konto.library, konto.asker, limit=1)) if may(konto.asker, "customers") else True,
        alerts=alerts,
        put_off=put_off,
        today=_few(today),
        overdue=_few(overdue),
        at_risk=at_risk,
        questions=questions,
        follow_ups=follow_ups,
        recoveries=recoveries,
        waiting=asks.waiting(),
        silent=asks.silent({each.subject for each in (*alerts.rows, *put_off.rows)}),
        last_call=_few(last_call),
        told=asks.told_about(shown, chases),
        day=asks.day((*last_call.rows, *today.rows)),
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

    def told_about(self, shown: Collection[str], chases: Mapping[str, str]) -> dict[str, Matter]:
        """By row; what was told about asking again stands in the row of the question."""
        if not may(self.konto.asker, "alerts"):
            return {}
        found = unseen.about(self.konto.library, self.konto.asker, self.who, {*shown, *chases})
        told: dict[str, Matter] = {}
        for each in self._matters(self._holding(tuple(found.values()))):
            row = chases.get(each.subject, each.subject)
            before = told.get(row)
            told[row] = each if before is None else before._replace(alerts=(*before.alerts, *each.alerts))
        return told

    def chases(self, questions: Iterable[str]) -> dict[str, str]:
        """The contacts in which somebody asked again, with the question that it was about."""
        sql = (
            "SELECT x.contact, x.question FROM contacts q JOIN contacts x ON x.customer = q.customer "
            "AND x.question = q.question AND x.contact <> q.contact "
            f"WHERE {self.moment.knows('q')} AND {self.moment.knows('x')} AND q.contact IN ({{among}})"
        )
        with self.konto.views.store.reading() as cursor:
            return {row[0]: row[1] for row in cursor.among(sql, questions)}

    def alerts(self, elsewhere: Condition) -> Few[Matter]:
        if not may(self.konto.asker, "alerts"):
            return Few()
        asked = (self.konto.library, self.konto.asker, self.who.and_(elsewhere))
        found = unseen.waiting(*asked, MOST)
        holding = self._holding(found)
        return Few(self._matters(holding), unseen.count(*asked) - len(found) + len(holding))

    def put_off(self, elsewhere: Condition) -> Few[Matter]:
        if not may(self.konto.asker, "alerts"):
            return Few()
        asked = (self.konto.library, self.konto.asker, self.who.and_(elsewhere))
        found = unseen.put_off(*asked, FEW)
        holding = self._holding(found)
        return Few(self._matters(holding), unseen.count(*asked, ("snoozed",)) - len(found) + len(holding))

    def _holding(self, found: Sequence[unseen.Matter]) -> list[unseen.Matter]:
        """Without what has ended, such as by what somebody has just done here."""
        still = still_hold(self.konto, [row.alert for each in found for row in each.alerts])
        left = [each._replace(alerts=tuple(row for row in each.alerts if row.alert in still)) for each in found]
        return [each for each in left if each.alerts]

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
            subject=row.subject_id,
        )

    # -- promises ---------------------------------------------------------------------------------

    def last_call(self) -> Few[PromiseRow]:
        """Of all that are open, the ones of which notice is in time for the last hours."""
        if not may(self.konto.asker, "promises"):
            return Few()
        asked = (self.konto.library, self.konto.asker, self.moment)
        found = open_list.page(*asked, standings=(NEAR,), filter=self.filter, limit=ON_THE_STRIP)
        rows = self._with_risks([lists.row(each, self.t) for each in found.rows])
        return Few(self._with_plans(rows), found.counts[NEAR])

    def today(self) -> Few[PromiseRow]:
        """Without those of the last call."""
        found = self.due(self.now, self.day_ends)
        return found._replace(rows=self._with_plans(self._with_risks(found.rows)))

    def day(self, rows: Sequence[PromiseRow]) -> tuple[DayMark, ...]:
        """The moments of these promises that lie within what is left of today, and the dues that have passed."""
        begins = midnight(day_of(self.now, self.reader), self.reader)
        marks = [DayMark(row.due, "due", row.name) for row in rows if row.due and not row.day_only]
        marks += [
            DayMark(row.notice_until, "notice", row.name)
            for row in rows
            if row.notice_until is not None and row.notice_until > self.now
        ]
        return tuple(sorted(mark for mark in marks if begins <= mark.at < self.day_ends))

    def _with_plans(self, rows: Sequence[PromiseRow]) -> tuple[PromiseRow, ...]:
        wanted = [row.id for row in rows if row.plan_b and (row.works_out is not None or row.state == NEAR)]
        plans = one_promise.plans_b(self.konto.log, wanted) if wanted else {}
        return tuple(row._replace(plan_b_text=plans.get(row.id)) for row in rows)

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
            limit=ON_THE_STRIP,
            without=None if after is None else NEAR,
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
        risky = [row for row in rows if row.works_out is not None and row.state != NEAR]
        return Few(self._with_plans(risky[:FEW]), len(risky))

    def _with_risks(self, rows: Sequence[PromiseRow]) -> tuple[PromiseRow, ...]:
        """What is learned anew with every fact need not be so at every click."""
        if not rows:
            return ()

        def find(now: datetime) -> dict[str, tuple[float | None, str]]:
            found = lists.at_risk(self.konto, self.taught, rows, now, self.t)
            return {row.id: (row.works_out, row.rests_on) for row in found}

        question = " ".join(["risks", self.t.lang, str(self.konto.asker), *(row.id for row in rows)])
        known = self.kept.lately(question, self.konto, YOUNG, find).answer
        nothing = (None, "")
        return tuple(
            row._replace(works_out=works_out, rests_on=rests_on)
            for row in rows
            for works_out, rests_on in [known.get(row.id, nothing)]
        )

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
        return FollowUp(
            row.promise,
            row.customer,
            naming.called(row.customer_name, row.customer_id, self.t),
            what,
            row.settled_at or self.now,
        )

    # -- whoever waits ----------------------------------------------------------------------------

    def questions(self) -> Few[ContactRow]:
        if not may(self.konto.asker, "contacts"):
            return Few()
        rows, total = contacts.waiting(self.konto, self.reader, self.person, MOST)
        return Few(rows, total)

    def recoveries(self) -> Few[IncidentRow]:
        """The ones with something to do now."""
        if not may(self.konto.asker, "incidents"):
            return Few()
        running = incidents.running(self.konto, self.reader, self.person)
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
        return Awaited(row.customer, naming.called(row.customer_name, row.customer_id, self.t), what, row.since)

    def silent(self, told: Collection[str]) -> Few[Quiet]:
        """Who fell silent last first: of them a call helps most. Not those about whom an alert says so already."""
        konto = self.konto
        if not may(konto.asker, "customers"):
            return Few()
        own = None if self.person is None else konto.library.person_ids(self.person)
        found, total = rhythms.newest(konto.library, konto.asker, self.moment, own, FEW, but=told)
        return Few(tuple(self._quiet(each) for each in found), total)

    def _quiet(self, each: rhythm.Silent) -> Quiet:
        since = each.last or each.since
        silence = Silence(
            days=(day_of(self.now, self.reader) - day_of(since, self.reader)).days,
            ever=each.last is not None,
            usual_days=None if each.usual is None else max(1, round(each.usual.total_seconds() / 86_400)),
        )
        return Quiet(each.customer, naming.called(each.name, each.id, self.t), silence)


def _few(found: Few[PromiseRow]) -> Few[PromiseRow]:
    """As many as the page shows; the picture of the day has more."""
    return Few(found.rows[:MOST], found.total)


def _passed_on_to(told: Sequence[AlertRow]) -> str | None:
    return next((row.escalated_to for row in told if row.escalated_to), None)


def _among(ids: Sequence[str]) -> Condition:
    return Condition(",".join("?" * len(ids)), list(ids))
