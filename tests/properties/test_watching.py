"""Since when an account shows something, found by looking backwards, is what looking at every hour finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import given as whatever
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import account
from domain.account import Factor, Posting, Rulebooks
from domain.account.curve import Curve
from domain.account.watching import TICK, Span, Watch
from domain.documents import Versions
from domain.rulebook import Rulebook
from tests.notation import rulebook

START = datetime(2026, 2, 20, tzinfo=UTC)
DAYS = 75
"""Over the clock change in March."""
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
MILLION = 1_000_000
"""With so many points for each, rounding the lines hides nothing: an account near its threshold crosses it once."""

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Not on the hours at which the account is looked at.
moments = st.integers(0, DAYS * 24).map(lambda hours: START + hours * HOUR + timedelta(minutes=23))
looks = st.integers(DAYS * 12, DAYS * 26).map(lambda hours: START + hours * HOUR)


@st.composite
def lines(draw: st.DrawFn, scale: int = MILLION) -> Posting:
    time = draw(moments)
    later = time + draw(st.integers(1, 500)) * HOUR
    kind = draw(st.sampled_from(["usual", "usual", "usual", "lasting", "replaced", "replacing", "overdue", "settled"]))
    points = draw(st.sampled_from([4, 4, 6, 12, -3, -4, -4, -8, -16])) * scale * 100
    line = Posting(time=time, rule="any", base=points, points=points, fact="", subject="")
    match kind:
        case "overdue" | "settled":
            until = later if kind == "settled" else None
            factors = (Factor("binding", float(scale)),)
            return Posting(time, "any", 0, "", "", factors=factors, due=time, until=until)
        case "replaced":
            return replace(line, until=later)
        case "replacing":
            return replace(line, since=later)
        case "lasting":
            return replace(line, fades=False)
    return line


@st.composite
def books(draw: st.DrawFn, scale: int = MILLION) -> Rulebook:
    points = 100 * scale
    return rulebook(
        stage={
            "lost_below": -20 * points,
            "strained_below": draw(st.sampled_from([0, -3])) * points - 7,
            "strained_after_fall": 15 * points,
            "fall_days": draw(st.sampled_from([30.0, 4.5])),
        },
        alerts={
            "fall_points": draw(st.sampled_from([10, 15])) * points,
            "fall_days": draw(st.sampled_from([30.0, 11.0])),
            "thin_buffer": draw(st.sampled_from([1.0, 2.0])),
        },
        buffer={"usual_withdrawal": 4 * points, "days": draw(st.sampled_from([365.0, 25.0]))},
        fading={"half_life_days": draw(st.sampled_from(["none", 365.0, 40.0]))},
    )


@st.composite
def rulebooks(draw: st.DrawFn, scale: int = MILLION) -> Rulebooks:
    first, later = draw(books(scale)), draw(books(scale))
    return Versions(first, ((draw(moments), later),)) if draw(st.booleans()) else Versions(first)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(moments)
    return Span(start, draw(st.one_of(st.none(), st.integers(1, 300).map(lambda hours: start + hours * HOUR))))


def looked_at_every_hour(
    holds: Callable[[datetime], bool], changes: Iterable[datetime], at: datetime
) -> tuple[datetime, datetime, timedelta]:
    """It began after the first and not after the second; and how long it had not held before that.

    Looked at where something changes, too: that may last for a moment only.
    """
    hours = {at - number * HOUR for number in range((at - START) // HOUR + 2)}
    after, broken = at, None
    for before in sorted((moment for moment in {*hours, *changes} if moment <= at), reverse=True):
        if broken is None:
            if not holds(before):
                broken = before
            else:
                after = before
        elif holds(before):
            return broken, after, broken - before
    assert broken is not None, "before the first line nothing holds"
    return broken, after, timedelta.max


def changes_of(postings: Sequence[Posting], recovering: Sequence[Span], books: Rulebooks) -> Iterator[datetime]:
    yield from books.starts()
    yield from (moment for line in postings for moment in (line.time, line.stands_from, line.until) if moment)
    yield from (moment for span in recovering for moment in span if moment)


@FEW
@whatever(st.lists(lines(), max_size=14), st.lists(spans(), max_size=2), rulebooks(), looks)
def test_it_began_when_looking_at_every_hour_says_it_began(
    postings: Sequence[Posting], recovering: Sequence[Span], books: Rulebooks, at: datetime
) -> None:
    watch = Watch(postings, recovering, books)
    for holds in (watch.is_lost, watch.is_low, watch.is_falling, watch.is_thin):
        since = watch.since(holds, at)
        assert (since is not None) == holds(at)
        if since is None:
            continue
        before, after, break_ = looked_at_every_hour(holds, changes_of(postings, recovering, books), at)
        assert since <= after
        # While a promise is overdue, the height of a month ago may sink faster than the balance of today.
        assert before < since or (break_ < A_DAY and any(line.provisional for line in postings))
        assert holds(since)
        lately = at - timedelta(days=7)
        looked_back = watch.since(holds, at, interest=lately)
        assert looked_back is not None
        assert looked_back == since if since >= lately else looked_back < lately


@FEW
@whatever(st.lists(lines(1), max_size=14), st.lists(spans(), max_size=2), rulebooks(1), looks)
def test_what_it_tells_is_what_the_account_shows_to_the_hundredth(
    postings: Sequence[Posting], recovering: Sequence[Span], books: Rulebooks, at: datetime
) -> None:
    watch = Watch(postings, recovering, books)
    for moment in (START, *(line.time for line in postings), at):
        open_one = any(span.start <= moment and (span.end is None or moment < span.end) for span in recovering)
        shown = account.stage(postings, moment, books, reliability_low=None, recovering=open_one).name
        assert watch.is_lost(moment) == (shown == "lost")
        assert watch.is_low(moment) == (shown in ("lost", "strained"))
        thin = account.buffer(postings, moment, books) < books.at(moment).alerts.thin_buffer
        assert watch.is_thin(moment) == (thin and shown != "new")


@FEW
@whatever(st.lists(lines(1), max_size=14), rulebooks(1), st.lists(looks, max_size=20))
def test_the_curve_lies_as_near_to_the_balance_as_it_says(
    postings: Sequence[Posting], books: Rulebooks, at: Sequence[datetime]
) -> None:
    curve = Curve(postings, books)
    for moment in (*at, *(line.stands_from for line in postings)):
        assert abs(curve.at(moment) - account.balance(postings, moment, books)) <= curve.off


@FEW
@whatever(st.lists(lines(1), max_size=14), st.lists(spans(), max_size=2), rulebooks(1), st.integers(1, 5))
def test_what_it_is_sure_of_for_a_whole_while_it_says_of_every_hour_in_it(
    postings: Sequence[Posting], recovering: Sequence[Span], books: Rulebooks, days: int
) -> None:
    watch = Watch(postings, recovering, books)
    changes = sorted({START, *changes_of(postings, recovering, books), START + (DAYS + 40) * A_DAY})
    for start, end in pairwise(changes):
        for since in (start + days * number * A_DAY for number in range((end - start) // (days * A_DAY) + 1)):
            last = min(since + days * A_DAY, end - TICK)
            between = [since + hours * HOUR for hours in range(0, 24 * days, 5)]
            for holds in (watch.is_lost, watch.is_low, watch.is_falling, watch.is_thin):
                sure = holds(since, last)
                if sure is not None and since < last:
                    assert {holds(each) for each in (*between, last) if each <= last} == {sure}


@FEW
@whatever(st.lists(lines(1), max_size=14), st.lists(spans(), max_size=2), rulebooks(1))
def test_looking_forward_finds_what_looking_back_at_every_change_and_every_midnight_finds(
    postings: Sequence[Posting], recovering: Sequence[Span], books: Rulebooks
) -> None:
    watch = Watch(postings, recovering, books)
    end = START + (DAYS + 40) * A_DAY
    changes = {each + tick for each in changes_of(postings, recovering, books) for tick in (-TICK, 0 * TICK)}
    midnights = {START + number * A_DAY for number in range(DAYS + 40)}
    for holds in (watch.is_lost, watch.is_low, watch.is_falling, watch.is_thin):
        found = list(watch.spells(holds, START, end))
        for moment in sorted(each for each in changes | midnights if START <= each < end):
            around = [spell for spell in found if spell.start <= moment and (spell.end is None or moment < spell.end)]
            assert len(around) == bool(holds(moment))
            for spell in around:
                since = watch.since(holds, moment)
                assert since == spell.start or spell.start == START
