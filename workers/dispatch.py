"""Which alerts leave now, which wait, and which go out together: nobody is flooded, and the urgent goes first.

Each person gets so many messages an hour. The last of them holds all that is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from domain import alert as alerts
from domain.alert import AlertBundled, event, message_id
from domain.channel import ChannelState
from domain.log import Log
from domain.steering import Steering
from projections import channels, outbox
from projections.outbox import Waiting
from projections.tables import Views
from workers.recipients import Addressee, NameOf, addressee
from workers.timing import Habits, habits, leaves_at, may_leave_at

HOUR = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=1)
"""Who could not be told anything just now is looked at again then."""


@dataclass(frozen=True)
class Dispatch:
    """Releases what may leave; `catch_up` brings the tables up to what was recorded."""

    log: Log
    views: Views
    steering: Callable[[], Steering]
    name_of: NameOf
    catch_up: Callable[[], object]

    def release(self, now: datetime, *, bundling: bool = True) -> int:
        """How many messages were released. Without `bundling` what is left over waits for the next time."""
        waiting = outbox.to_release(self.views, now)
        terms = self._terms(waiting, now)
        leaving: dict[str, list[Waiting]] = {}
        later: list[tuple[str, datetime]] = []
        for each in waiting:
            own = terms[each.recipient]
            when = own.leaves_at(each, now)
            if when > now:
                later.append((each.alert, when))
            else:
                leaving.setdefault(own.person, []).append(each)
        shares = self._shares(leaving, terms, now)
        later += [(each.alert, until) for share in shares for each, until in share.later]
        if later:
            outbox.defer(self.views, later)
        singles = [
            (message_id(each.alert, each.sendings), each.alert, share.person)
            for share in shares
            for each in share.single
        ]
        if singles:
            outbox.release(self.views, singles, now)
        bundles = [share for share in shares if share.together] if bundling else []
        for share in bundles:
            self._bundle(share.person, share.together, now)
        return len(singles) + len(bundles)

    def _terms(self, waiting: Iterable[Waiting], now: datetime) -> dict[str, Terms]:
        """By recipient."""
        steering, paused = self.steering(), channels.paused(self.views)
        return {
            recipient: Terms.of(recipient, addressee(recipient, steering, self.name_of, now), steering, paused, now)
            for recipient in {each.recipient for each in waiting}
        }

    def _shares(
        self, leaving: Mapping[str, Sequence[Waiting]], terms: Mapping[str, Terms], now: datetime
    ) -> list[Share]:
        sent = outbox.sent_since(self.views, now - HOUR, now) if leaving else {}
        return [
            shared_out(person, own, terms[own[0].recipient].habits, sent.get(person, []), now)
            for person, own in leaving.items()
        ]

    # -- together ---------------------------------------------------------------------------------------

    def _bundle(self, person: str, together: Sequence[Waiting], now: datetime) -> None:
        """Noted before it is sent, and all at once, so that a repeat of the message holds the same."""
        name = "bundle-" + self.log.ids.of(
            "bundle", person, *(message_id(each.alert, each.sendings) for each in together)
        )
        with self.log.writing() as writer:
            writer.load(each.alert for each in together)
            for each in together:
                if not writer.is_readable(each.alert):
                    continue
                history = writer.history(each.alert)
                state = alerts.state(history)
                if state is None or not state.is_waiting or state.message is not None:
                    continue  # seen, put off or bundled meanwhile
                data = AlertBundled(message=name, to=person)
                number = len(history) + 1
                fact = event(self.log.ids, each.alert, history[0].customer, data, at=now, now=now, number=number)
                writer.append(fact, None, "")
        self.catch_up()


class Terms(NamedTuple):
    """Who reads what goes to a recipient just now, how they want it, and when single messages may leave."""

    person: str
    habits: Habits
    single_from: datetime
    works_from: datetime
    """When one of their channels is tried again, where none works."""

    @classmethod
    def of(
        cls,
        recipient: str,
        reader: Addressee | None,
        steering: Steering,
        paused: Mapping[str, ChannelState],
        now: datetime,
    ) -> Self:
        own = habits(reader, steering, now)
        if reader is None:
            return cls(recipient, own, now, now)  # whoever sends it notes that nobody can be reached
        silent = [paused[name].until for name in reader.channels if name in paused]
        works_from = min(silent) if silent and len(silent) == len(reader.channels) else now
        return cls(reader.person, own, may_leave_at(own, now), works_from)

    def leaves_at(self, waiting: Waiting, now: datetime) -> datetime:
        leaves = leaves_at(self.habits, waiting.due, waiting.until, now) if self.habits.digest else self.single_from
        return max(leaves, self.works_from)


class Share(NamedTuple):
    """What leaves singly, what together, and what waits until when; the most urgent first."""

    person: str
    single: Sequence[Waiting] = ()
    together: Sequence[Waiting] = ()
    later: Sequence[tuple[Waiting, datetime]] = ()


def shared_out(person: str, own: Sequence[Waiting], habits: Habits, sent: Sequence[datetime], now: datetime) -> Share:
    """`sent`: when the person got messages within the last hour, in order."""
    if habits.digest:
        return Share(person, together=own) if len(own) > 1 else Share(person, single=own)
    room = habits.most_an_hour - len(sent)
    if room <= 0:
        until = max(sent[-habits.most_an_hour] + HOUR, now + AGAIN_AFTER)
        return Share(person, later=[(each, until) for each in own])
    if len(own) <= room:
        return Share(person, single=own)
    return Share(person, single=own[: room - 1], together=own[room - 1 :])
