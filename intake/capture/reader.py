"""A sentence as somebody says it becomes the fact that they mean, or a question back. It records nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from intake.capture import phrase
from intake.capture.customers import FOR_TOPICS, Named, customer_in, plain_words, shown
from intake.capture.dates import When, moment_of, when
from intake.capture.kinds import FILLING, Deed, deed_in, kind_of, must_tell
from intake.capture.meant import Today
from intake.capture.understood import Due, Known, OpenPromise, Reading, Suggestion, Unclear, Understood
from words import N_

SOURCE = "capture"
"""Where these facts come from."""


TOLD_WHOLE = ("promise.made", "incident.reported")
"""Facts without a field for a reason: it stays in what is told."""


@dataclass(frozen=True)
class _Sentence:
    """A sentence with what was taken out of it so far."""

    known: Known
    id: str
    by: str | None
    deed: Deed
    reason: str | None

    def today(self, *, backwards: bool) -> Today:
        hours = self.known.hours(self.by)
        return Today(self.known.now.astimezone(hours.zone), hours, backwards)

    def understood(
        self,
        data: dict[str, Any],
        readings: Sequence[Reading | None],
        *,
        time: datetime | None = None,
        due: When | None = None,
    ) -> Understood:
        """The envelope; fields without a value are left out."""
        hours = self.known.hours(self.by)
        at = (time or self.known.now).astimezone(hours.zone).replace(microsecond=0)
        envelope: dict[str, Any] = {
            "specversion": "1.0",
            "source": SOURCE,
            "id": self.id,
            "type": self.deed.type,
            "time": at.isoformat(),
            "data": {name: value for name, value in data.items() if value is not None},
        }
        suggestions: tuple[Suggestion, ...] = ()
        if due is not None and due.due is not None:
            envelope["data"]["due"] = due.due.isoformat()
            envelope |= {} if isinstance(due.due, datetime) else {"zone": hours.zone.key}
            suggestions = due.suggestions
        return Understood(envelope, tuple(each for each in readings if each is not None), suggestions)


def read(text: str, known: Known, *, id: str) -> Understood:
    """The fact that a text tells, with `id` for it and what it begins. Raises Unclear with what it may mean."""
    by, said = phrase.speaker(phrase.cleaned(text), known)
    must_tell(said)
    head, reason = phrase.reason_in(said)
    deed = deed_in(head)
    if deed.type in TOLD_WHOLE:
        deed, reason = deed._replace(rest=deed.rest + said[len(head) :]), None
    sentence = _Sentence(known, id, by, deed, reason)
    match deed.type:
        case "promise.made":
            return _promised(sentence)
        case "incident.reported":
            return _complained(sentence)
        case "request.declined":
            return _declined(sentence)
        case "contact.inbound":
            return _asked(sentence)
        case "promise.renegotiated":
            return _moved(sentence)
        case _:
            return _settled(sentence)


# -- a promise --------------------------------------------------------------------------------------


def _promised(sentence: _Sentence) -> Understood:
    said = sentence.deed.rest
    due = when(said, sentence.today(backwards=False))
    named = customer_in(due.rest if due else said, sentence.known)
    what = phrase.without_article(named.rest)
    if not what:
        raise Unclear("no_what", NO_WHAT, found=named.customer.name)
    if due is None:
        raise Unclear("no_due", NO_DUE, found=what[:60])
    kind = kind_of(what)
    data = {"promise": sentence.id, "customer": named.customer.id, "what": what, "kind": kind, "by": sentence.by}
    readings = (*_who(sentence, named), Reading("what", what, what), Reading("kind", what, kind), due.reading)
    return sentence.understood(data, readings, due=due)


def _who(sentence: _Sentence, named: Named) -> list[Reading]:
    by = [Reading("by", sentence.by, sentence.by)] if sentence.by else []
    return [_customer(named), *by]


# -- what has happened -------------------------------------------------------------------------------


class _Told(NamedTuple):
    """Of whom something is told, and when it was."""

    named: Named
    time: datetime
    at: Reading | None
    """Where the text says when."""

    @property
    def topic(self) -> str:
        """What is talked about, without an article before it."""
        return phrase.without_article(self.named.rest)


def _told(sentence: _Sentence, text: str) -> _Told:
    today = sentence.today(backwards=True)
    due = when(text, today)
    named = customer_in(FILLING.sub(" ", due.rest if due else text), sentence.known)
    at = due.reading if due else None
    return _Told(named, moment_of(due, today), replace(at, part="time") if at else None)


# -- what became of a promise -----------------------------------------------------------------------


def _moved(sentence: _Sentence) -> Understood:
    rest = FILLING.sub(" ", sentence.deed.rest)
    asked_by = "customer" if phrase.ON_REQUEST.search(rest) else None
    due = when(phrase.ON_REQUEST.sub(" ", rest), sentence.today(backwards=False))
    if due is None or due.due is None:
        raise Unclear("no_due", NO_NEW_DUE)
    head, occasion = phrase.occasion_in(due.rest)
    told = _Told(customer_in(head, sentence.known), sentence.known.now, None)
    promise = _the_promise(sentence.known, told.named, told.topic)
    reason = sentence.reason or occasion
    data = {"promise": promise.id, "reason": reason, "asked_by": asked_by}
    return sentence.understood(data, [*_which(told.named, promise), _why(reason), due.reading], due=due)


def _settled(sentence: _Sentence) -> Understood:
    """Fulfilled or taken back, now or when the text says it was."""
    head, occasion = phrase.occasion_in(sentence.deed.rest)
    told = _told(sentence, head)
    promise = _the_promise(sentence.known, told.named, told.topic)
    data: dict[str, Any] = {"promise": promise.id, "degree": sentence.deed.degree}
    readings = _which(told.named, promise)
    if sentence.deed.type == "promise.withdrawn":
        data["reason"] = sentence.reason or occasion
        readings = [*readings, _why(data["reason"])]
    return sentence.understood(data, [*readings, told.at], time=told.time)


def _customer(named: Named) -> Reading:
    return Reading("customer", named.said, shown(named.customer))


def _which(named: Named, promise: OpenPromise) -> list[Reading | None]:
    return [_customer(named), Reading("promise", phrase.tidied(named.rest), _called(promise))]


def _the_promise(known: Known, named: Named, topic: str) -> OpenPromise:
    """The one open promise that is meant; asks back where there is none, or more than one."""
    standing = known.promises(named.customer.id)
    meant = _about(standing, topic)
    if len(meant) > 1:
        raise Unclear("several_promises", SEVERAL_PROMISES, _listed(meant), name=named.customer.name)
    if not meant:
        if standing:
            raise Unclear("unknown_promise", OTHER_PROMISES, _listed(standing), found=topic, name=named.customer.name)
        raise Unclear("no_promise", NO_PROMISE, name=named.customer.name)
    return meant[0]


def _about(promises: Sequence[OpenPromise], topic: str) -> Sequence[OpenPromise]:
    """Those with this own id or called exactly so; else those in which every word of the topic stands."""
    words = plain_words(topic) - phrase.ARTICLES - FOR_TOPICS
    called = [(each, plain_words(each.what or "")) for each in promises]
    exact = [each for each, own in called if topic.casefold() in _ids(each) or (words and words == own)]
    return exact or [each for each, own in called if words <= own]


def _ids(promise: OpenPromise) -> tuple[str, str]:
    """As a fact names it, and as people do."""
    id = promise.id.casefold()
    return id, id.partition(":")[2]


def _listed(promises: Sequence[OpenPromise]) -> list[str]:
    return [_called(each) for each in promises[:SHOWN]]


def _called(promise: OpenPromise) -> str:
    own_id = promise.id.partition(":")[2]
    return f"{promise.what} ({own_id})" if promise.what else own_id


# -- what a customer did, and our no ----------------------------------------------------------------


def _asked(sentence: _Sentence) -> Understood:
    head, occasion = phrase.occasion_in(sentence.deed.rest)
    told = _told(sentence, head)
    if told.topic and not (sentence.deed.chases or told.topic.casefold().startswith(ABOUT)):
        raise Unclear("unclear_verb", WHO_ASKED, found=told.topic[:60])
    topic = occasion or told.topic
    chased = _chased(sentence.known, told.named, topic) if sentence.deed.chases else None
    data = {
        "contact": sentence.id,
        "customer": told.named.customer.id,
        "channel": sentence.deed.channel,
        "chases": chased,
        "to": sentence.by,
    }
    chase = Reading("chases", topic, chased) if chased else None
    return sentence.understood(data, [*_who(sentence, told.named), chase, told.at], time=told.time)


def _chased(known: Known, named: Named, topic: str) -> str:
    """The promise or question that is asked about again."""
    if topic:
        return _the_promise(known, named, topic).id
    promises, questions = known.promises(named.customer.id), known.questions(named.customer.id)
    if not promises and len(questions) == 1:
        return questions[0].id
    if questions:
        readings: list[Due | str] = [*_listed(promises), *(each.asked for each in questions[:SHOWN])]
        raise Unclear("several_promises", SEVERAL_OPEN, readings, name=named.customer.name)
    return _the_promise(known, named, topic).id


def _complained(sentence: _Sentence) -> Understood:
    head, text = phrase.complaint_in(sentence.deed.rest)
    told = _told(sentence, head)
    if told.topic:
        raise Unclear("unclear_verb", WHO_COMPLAINED, found=told.topic[:60])
    data = {
        "incident": sentence.id,
        "customer": told.named.customer.id,
        "kind": "complaint",
        "text": text,
        "by": sentence.by,
    }
    about = Reading("text", text, text) if text else None
    return sentence.understood(data, [*_who(sentence, told.named), about, told.at], time=told.time)


def _declined(sentence: _Sentence) -> Understood:
    head, occasion = phrase.occasion_in(sentence.deed.rest)
    told = _told(sentence, head)
    what, reason = told.topic or None, sentence.reason or occasion
    data = {"customer": told.named.customer.id, "what": what, "reason": reason, "by": sentence.by}
    about = Reading("what", what, what) if what else None
    return sentence.understood(data, [*_who(sentence, told.named), about, _why(reason), told.at], time=told.time)


def _why(reason: str | None) -> Reading | None:
    return Reading("reason", reason, reason) if reason else None


SHOWN = 5
ABOUT = ("nach ", "for ", "ob ", "whether ", "wann ", "when ", "how ", "wie ")

# -- sentences --------------------------------------------------------------------------------------

NO_WHAT = N_("What is promised to {found}? Please say it, such as “Angebot”.")
NO_DUE = N_("By when is “{found}” promised? Please name a date, or say “undated”.")
NO_NEW_DUE = N_("Moved to when? Please name the new date.")
SEVERAL_PROMISES = N_("Several promises to {name} are open: {readings}. Please name the one that is meant.")
OTHER_PROMISES = N_("No open promise to {name} is called “{found}”. Open are: {readings}.")
NO_PROMISE = N_("No promise to {name} is open. Please check the customer.")
SEVERAL_OPEN = N_("Several things are open with {name}: {readings}. Please say what was asked about.")
WHO_ASKED = N_("What does “{found}” say here? Please say who asked, such as “Müller hat gefragt”.")
WHO_COMPLAINED = N_("What does “{found}” say here? Please put what the complaint is about behind a colon.")
