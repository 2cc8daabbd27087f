"""Appointments become facts, against what was told of them before.

A calendar tells the state of today: an appointment that is there was made, one with another beginning was moved, one
that is cancelled was taken back. Whether it was kept no calendar tells, so nothing here says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from domain.fact import end_of
from intake import moments
from intake.appointments.appointment import NAMELESS, Appointment, name, named, series_of
from intake.appointments.partners import Known, Partner, Why, partner
from intake.mapped import Mapped

SOURCE = "calendar"
"""Of all facts from calendars: an appointment is the same one in the calendars of all who take part."""
A_FILE = "file"
"""Stands where the name of a calendar stands, for what came in a file by itself."""
TAKEN_BACK = ("promise.withdrawn", "promise.released")
AROUND = timedelta(days=7)
"""Appointments further apart than this are never taken for one that was moved with its series."""


class Recorded(NamedTuple):
    """What stands in the log of a promise that came from a calendar."""

    id: str
    calendar: str
    """Which calendar told of it first."""
    due: datetime | date | None
    """As the calendars said last."""
    what: str | None
    latest: datetime
    """When the latest of its facts happened."""
    settled: str | None
    """The type of the fact that settled it."""


@dataclass
class Telling:
    """What one reading of a calendar comes to. `zone`: where whole days end; `until`: as far as it was read.

    Of the appointments read each gives facts, or is known already, or is left out for a reason. `held` are the
    promises that stand in the calendar.
    """

    calendar: str
    known: Known
    now: datetime
    until: datetime
    zone: str
    read: int = 0
    already: int = 0
    left_out: Counter[Why] = field(default_factory=Counter)
    held: set[str] = field(default_factory=set)

    def facts(self, appointments: Sequence[Appointment], recorded: Iterable[Recorded]) -> Iterator[Mapped]:
        """`recorded`: everything that stands in the log of their UIDs."""
        before: dict[str, list[Recorded]] = {}
        for one in recorded:
            before.setdefault(series_of(named(one.id).uid), []).append(one)
        series: dict[str, list[Appointment]] = {}
        for each in appointments:
            series.setdefault(series_of(each.uid), []).append(each)
        for root, together in series.items():
            yield from self._series(together, before.get(root, []))

    def vanished(
        self, recorded: Iterable[Recorded], seen: Collection[str], read: Collection[str], elsewhere: Collection[str]
    ) -> Iterator[Mapped]:
        """What this calendar told of, what lies ahead, and what stands in no calendar any more, is taken back.

        Only for a calendar that was read whole. `seen` are all its UIDs, `read` those that were looked at;
        `elsewhere` are promises that other calendars hold.
        """
        for one in recorded:
            uid = named(one.id).uid
            gone = (
                one.calendar == self.calendar
                and one.settled is None
                and one.id not in self.held
                and one.id not in elsewhere
                and (uid not in seen or uid in read)
                and not uid.startswith(NAMELESS)
                and one.due is not None
                and self.now < self._end(one.due) <= self.until
            )
            if gone:
                yield self._fact_about(one, 0, "promise.withdrawn", self.now, {})

    # -- one series ---------------------------------------------------------------------------------------

    def _series(self, together: Sequence[Appointment], recorded: Sequence[Recorded]) -> Iterator[Mapped]:
        last: dict[str, Recorded] = {}
        for one in sorted(recorded, key=lambda one: named(one.id).again):
            uid, instance, _ = named(one.id)
            last[name(uid, instance)] = one
        pairs = {each.name: last.get(each.name) for each in together}
        pairs |= self._moved_with_the_series(together, pairs, last.values())
        self.held |= {one.id for one in pairs.values() if one is not None}
        for each in together:
            before = pairs[each.name]
            if before is None and each.instance and not self.now < self._end(each.start) <= self.until:
                continue  # it was looked at only because it might have been moved out of the span
            self.read += 1
            if each.settles_nothing:
                yield from self._answered(each, before)
            elif each.cancelled:
                whole = [one for one in last.values() if named(one.id).uid == each.uid]
                yield from self._cancelled(each, [before] if each.instance else whole)
            elif before is None or before.settled in TAKEN_BACK:
                yield from self._new(each, before)
            elif before.settled is not None or self._is_stale(each, before):
                self.already += 1
            else:
                yield from self._changed(each, before)

    def _moved_with_the_series(
        self, together: Sequence[Appointment], pairs: Mapping[str, Recorded | None], last: Iterable[Recorded]
    ) -> dict[str, Recorded]:
        """Where all of a series were moved, each has another name; the nearest one less than half a gap away is it.

        So the ones that were only cancelled, and the ones that only come into sight, stay apart.
        """
        taken = {one.id for one in pairs.values() if one is not None}
        loose = [one for one in last if one.id not in taken and one.settled is None and self._is_ahead(one.due)]
        new = [each for each in together if pairs[each.name] is None and not each.cancelled]
        if not loose or not new:
            return {}
        starts = sorted(self._end(each.start) for each in together)
        gaps = [second - first for first, second in pairwise(starts) if second > first]
        reach = min(min(gaps, default=AROUND * 2) / 2, AROUND)
        near = sorted(
            (distance, each.name, one.id, one)
            for each in new
            for one in loose
            if one.due is not None and (distance := abs(self._end(each.start) - self._end(one.due))) <= reach
        )
        found: dict[str, Recorded] = {}
        for _, own_name, id, one in near:
            if own_name not in found and id not in taken:
                found[own_name] = one
                taken.add(id)
        return found

    # -- one appointment ----------------------------------------------------------------------------------

    def _new(self, each: Appointment, before: Recorded | None) -> Iterator[Mapped]:
        """`before`: one that was taken back. It counts once more when something was said since."""
        found = partner(each, self.known)
        why = self._why_not(each, found)
        if before is not None and (why is not None or each.told is None or each.told <= before.latest):
            self.already += 1
            return
        if why is not None:
            self.left_out[why] += 1
            return
        assert isinstance(found, Partner)
        again = 1 if before is None else named(before.id).again + 1
        id = name(each.uid, each.instance, again)
        data = {"promise": id, "customer": found.customer, "kind": "appointment", "due": _written(each.start)}
        data |= {"what": each.what} if each.what else {}
        data |= {"by": found.by} if found.by else {}
        # When it was created it may have been for another day, if it has been changed since.
        said = each.created if each.created is not None and each.sequence == 0 and before is None else each.told
        time = min(said or self.now, self.now)
        self.held.add(id)
        yield self._fact(each.line, f"{self.calendar}/{id}/made", "promise.made", time, data)

    def _answered(self, each: Appointment, before: Recorded | None) -> Iterator[Mapped]:
        """The customer's no to an invitation of ours; everything else that is answered or proposed changes nothing."""
        found = partner(each, self.known)
        if before is None or before.settled is not None or not isinstance(found, Partner) or not found.declined:
            self.left_out["answer"] += 1
        elif not self._is_in_time(time := self._time(each, before), before):
            self.already += 1
        else:
            yield self._fact_about(before, each.line, "promise.released", time, {})

    def _why_not(self, each: Appointment, found: Partner | Why) -> Why | None:
        if not isinstance(found, Partner):
            return found
        if not self._is_ahead(each.start):
            return "over"
        if found.declined:
            return "declined"
        return "tentative" if each.tentative else None

    def _changed(self, each: Appointment, before: Recorded) -> Iterator[Mapped]:
        found = partner(each, self.known)
        time = self._time(each, before)
        if isinstance(found, Partner) and found.declined and self._is_in_time(time, before):
            yield self._fact_about(before, each.line, "promise.released", time, {})
            return
        moved = each.start != before.due and (self._is_ahead(each.start) or self._is_in_time(time, before))
        if moved:
            theirs = isinstance(found, Partner) and found.theirs
            data = {"due": _written(each.start), **({"asked_by": "customer"} if theirs else {})}
            yield self._fact_about(before, each.line, "promise.renegotiated", time, data)
        if each.what is not None and each.what != before.what and found != "private":
            yield self._fact_about(before, each.line, "promise.changed", time, {"what": each.what})
        elif not moved:
            self.already += 1

    def _cancelled(self, each: Appointment, before: Sequence[Recorded | None]) -> Iterator[Mapped]:
        """What we cancel is taken back; from what the customer cancels, who had invited us, they release us."""
        standing = [one for one in before if one is not None]
        self.held |= {one.id for one in standing}  # what is cancelled has not vanished as well
        found = partner(each, self.known)
        if not standing:
            self.left_out["own_feed" if found == "own_feed" else "cancelled"] += 1
            return
        type = "promise.released" if isinstance(found, Partner) and found.theirs else "promise.withdrawn"
        facts = [
            self._fact_about(one, each.line, type, time, {})
            for one in standing
            if one.settled is None
            and not self._is_stale(each, one)
            and self._is_in_time(time := self._time(each, one), one)
        ]
        self.already += not facts
        yield from facts

    # -- times --------------------------------------------------------------------------------------------

    def _time(self, each: Appointment, before: Recorded) -> datetime:
        """When somebody was told: as the calendar says, unless that was before what was told last; then now."""
        told = min(each.told or self.now, self.now)
        return told if told > before.latest else self.now

    def _is_stale(self, each: Appointment, before: Recorded) -> bool:
        """An older invitation, or a copy that was not brought up to date.

        A calendar that is subscribed to is right about what it told itself.
        """
        if self.calendar != A_FILE and (before.calendar == self.calendar or each.told is None):
            return before.calendar != self.calendar
        return each.told is not None and each.told < before.latest

    def _is_ahead(self, due: datetime | date | None) -> bool:
        return due is not None and self._end(due) > self.now

    def _is_in_time(self, time: datetime, before: Recorded) -> bool:
        """Whoever tidies up old appointments tells nobody anything."""
        return before.due is not None and time < self._end(before.due)

    def _end(self, due: datetime | date) -> datetime:
        return end_of(due, self.zone)

    # -- facts --------------------------------------------------------------------------------------------

    def _fact_about(self, one: Recorded, line: int, type: str, time: datetime, data: Mapping[str, Any]) -> Mapped:
        when = moments.short(moments.written(time))
        return self._fact(line, f"{self.calendar}/{one.id}/{type}/{when}", type, time, {"promise": one.id, **data})

    def _fact(self, line: int, id: str, type: str, time: datetime, data: dict[str, Any]) -> Mapped:
        envelope = {
            "specversion": "1.0",
            "source": SOURCE,
            "id": id,
            "type": type,
            "time": moments.short(moments.written(time)),
            "data": data,
        }
        whole_day = "due" in data and "T" not in data["due"]
        return Mapped(line, {**envelope, "zone": self.zone} if whole_day else envelope)


def _written(start: datetime | date) -> str:
    return moments.short(moments.written(start))
