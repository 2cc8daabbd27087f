"""Which event is the first that is not what it was, and what was done to it; the events lie in memory here."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from verifier import checking
from verifier.checking import Attested, check
from verifier.events import Event, leaf, leaves
from verifier.finding import Bad, first_bad
from verifier.note import Checkpoint
from verifier.tiles import Read, grown
from verifier.tree import Frontier

LOG = [
    Event(number, f"promise-{number % 7}", number // 7 + 1, "promise.made", b'{"n":%d}' % number)
    for number in range(1, 61)
]
WAS = leaves(LOG)


def found(log: Sequence[Event], was: Sequence[bytes] = WAS) -> Bad | None:
    return first_bad(lambda: iter(log), was)


def renumbered(log: Sequence[Event]) -> list[Event]:
    return [event._replace(position=number) for number, event in enumerate(log, start=1)]


def test_an_honest_log_has_no_bad_event_also_when_it_has_grown():
    assert found(LOG) is None
    assert found([*LOG, Event(61, "promise-9", 1, "promise.made", b"{}")]) is None


@pytest.mark.parametrize("position", [1, 2, 30, 59, 60])
def test_a_changed_state_stream_version_or_topic_is_named(position: int):
    for change in ({"state": b"{}"}, {"stream": "x"}, {"version": 99}, {"topic": "contact.inbound"}):
        log = list(LOG)
        log[position - 1] = log[position - 1]._replace(**change)
        assert found(log) == Bad(position, "changed")


@pytest.mark.parametrize("position", [1, 2, 30, 59])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "hole"])
@pytest.mark.parametrize("count", [1, 3])
def test_removed_events_are_named_whether_or_not_the_hole_was_closed(position: int, closed: bool, count: int):
    log = [*LOG[: position - 1], *LOG[position - 1 + count :]]
    assert found(renumbered(log) if closed else log) == Bad(position, "removed" if position + count <= 60 else "cut")


@pytest.mark.parametrize("count", [1, 2, 30, 60])
def test_a_tail_that_was_cut_is_named_by_its_first_event(count: int):
    assert found(LOG[:-count]) == Bad(61 - count, "cut")


@pytest.mark.parametrize("position", [1, 2, 30, 60])
def test_an_inserted_event_is_named(position: int):
    new = Event(0, "promise-new", 1, "promise.made", b"{}")
    assert found(renumbered([*LOG[: position - 1], new, *LOG[position - 1 :]])) == Bad(position, "inserted")


def test_an_event_before_the_first_is_named_by_its_own_position():
    assert found([Event(-5, "promise-new", 1, "promise.made", b"{}"), *LOG]) == Bad(-5, "inserted")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (1, 60), (20, 40), (59, 60)])
def test_exchanged_events_are_named_by_the_first_of_them(one: int, other: int):
    log = list(LOG)
    log[one - 1], log[other - 1] = log[other - 1], log[one - 1]
    assert found(renumbered(log)) == Bad(one, "reordered")


def test_an_event_with_another_position_is_changed():
    assert found([*LOG[:40], *(event._replace(position=event.position + 1) for event in LOG[40:])]) == Bad(
        41, "changed"
    )


# -- against checkpoints ------------------------------------------------------------------------------


def tiles(was: Sequence[bytes] = WAS) -> Read:
    kept = {(tile.level, tile.number): tile.hashes for tile in grown(lambda level, number: b"", 0, was)}
    return lambda level, number: kept[level, number]


def attested(*sizes: int, reads: Sequence[Read] = ()) -> list[Attested]:
    known = []
    for size in sizes:
        tree = Frontier()
        for each in WAS[:size]:
            tree.add(each)
        known.append(Attested(Checkpoint("log", size, tree.root(), (f"time {size}",)), reads))
    return known


def test_a_report_says_what_was_checked_and_what_nobody_vouches_for():
    report = check(lambda: iter(LOG), attested(20, 50))

    assert report.told() == {
        "ok": True,
        "size": 60,
        "root": attested(60)[0].checkpoint.root.hex(),
        "first_bad": None,
        "checkpoints": 2,
        "attested": 50,
        "attested_at": "50",
        "after": 10,
    }


def test_without_checkpoints_nothing_is_attested():
    assert check(lambda: iter(LOG), []).told() | {"root": ""} == {
        "ok": True, "size": 60, "root": "", "first_bad": None, "checkpoints": 0, "attested": 0, "attested_at": None,
        "after": 60,
    }  # fmt: skip


def test_with_the_leaves_at_hand_the_very_event_is_named():
    log = [*LOG[:33], LOG[33]._replace(state=b"{}"), *LOG[34:]]
    assert check(lambda: iter(log), attested(20, 50, reads=[tiles()])).first_bad == Bad(34, "changed")


def test_leaves_that_do_not_fit_the_checkpoint_are_not_believed():
    """Somebody has built them anew over what they had changed."""
    log = [*LOG[:33], LOG[33]._replace(state=b"{}"), *LOG[34:]]
    forged, honest = tiles(leaves(log)), tiles()

    assert check(lambda: iter(log), attested(20, 50, reads=[forged, honest])).first_bad == Bad(34, "changed")
    assert check(lambda: iter(log), attested(20, 50, reads=[forged])).first_bad == Bad(21, "changed", upto=50)


def test_with_checkpoints_alone_the_stretch_between_two_of_them_is_named():
    log = [*LOG[:5], LOG[5]._replace(state=b"{}"), *LOG[6:]]
    assert check(lambda: iter(log), attested(20, 50)).first_bad == Bad(1, "changed", upto=20)
    assert check(lambda: iter(LOG[:55]), attested(20, 55, 60)).first_bad == Bad(56, "cut")


def test_two_checkpoints_of_one_size_that_differ_cannot_both_be_right():
    (honest,) = attested(50)
    other = Attested(honest.checkpoint._replace(root=bytes(32)))
    assert not check(lambda: iter(LOG), [honest, other]).is_ok
    assert not check(lambda: iter(LOG), [other, honest]).is_ok


def test_what_lies_behind_the_last_checkpoint_may_be_anything():
    log = [*LOG[:50], *LOG[57:]]
    report = check(lambda: iter(log), attested(20, 50))
    assert report.is_ok
    assert report.after == 3


def test_an_honest_log_is_read_once():
    read = []

    def events():
        read.append(1)
        return iter(LOG)

    assert check(events, attested(20, 50, reads=[tiles()])).is_ok
    assert len(read) == 1


# -- many -----------------------------------------------------------------------------------------------


def test_five_hundred_random_changes_are_found_and_named():
    rng = Random(4)
    for _ in range(500):
        log, wanted = _manipulated(rng)
        assert check(lambda log=log: iter(log), attested(60, reads=[tiles()])).first_bad == wanted


def _manipulated(rng: Random) -> tuple[list[Event], Bad]:
    log, place = list(LOG), rng.randrange(60)
    match rng.choice(["changed", "removed", "inserted", "reordered", "cut"]):
        case "changed":
            raw = bytearray(log[place].state)
            raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            log[place] = log[place]._replace(state=bytes(raw))
            return log, Bad(place + 1, "changed")
        case "removed":
            del log[place]
            bad = Bad(place + 1, "cut" if place == 59 else "removed")
            return renumbered(log) if rng.random() < 0.5 else log, bad
        case "inserted":
            log.insert(place, Event(0, f"new-{rng.random()}", 1, "promise.made", rng.randbytes(40)))
            return renumbered(log), Bad(place + 1, "inserted")
        case "reordered":
            other = rng.choice([each for each in range(60) if each != place])
            log[place], log[other] = log[other], log[place]
            return renumbered(log), Bad(min(place, other) + 1, "reordered")
        case _:
            return log[:place], Bad(place + 1, "cut")


def test_a_leaf_tells_events_apart_whose_parts_run_into_each_other():
    one = Event(1, "ab", 1, "c", b"d")
    assert len({leaf(one), leaf(Event(1, "a", 1, "bc", b"d")), leaf(Event(1, "ab", 1, "", b"cd"))}) == 3
    assert checking.Report(0, b"", None, 0, None).after == 0
