"""Figures per person in the query layer: whose are shown, while they are open, and that nobody else's can be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents import load
from domain.errors import Refused
from domain.people import People
from domain.per_person import FEWEST_PROMISES
from domain.roles import LOCAL_USER
from projections.filters import Filter, Moment
from projections.kpis import Question
from projections.per_person import hidden
from tests.homes import Home
from tests.notation import at
from tests.per_person.firm import APRIL, MARCH, NOW, OTHERS, PLANTED, SERVICE, SHOWN, asker, firm, open_figures, people
from wiring import per_person
from wiring.per_person import Found


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home = firm(tmp_path_factory.mktemp("per-person"))
    yield home
    home.close()


def question(**more: Any) -> Question:
    where = more.pop("where", {})
    return Question(Moment(NOW), **{"start": MARCH, "end": APRIL, "by": "owner", **more}, filter=Filter(where))


def looked(home: Home, name: str, asked: Question, *names: str) -> Found:
    who = LOCAL_USER if name == "local" else asker(name)
    return per_person.figures(replace(home.konto, asker=who), asked, names or ["on_time_rate"], "kpi")


def shares(found: Found) -> dict[str | None, tuple[int, int]]:
    return {
        group.key: (share.denominator, share.numerator)
        for group in found.groups
        if (share := group.figures["on_time_rate"])
    }


def refused(home: Home, name: str, asked: Question, *names: str) -> str:
    with pytest.raises(Refused) as caught:
        looked(home, name, asked, *names)
    return caught.value.code


# -- while they are open ----------------------------------------------------------------------------


def test_a_manager_sees_those_with_20_promises_in_the_order_of_names(march: Home):
    found = looked(march, "karin", question())
    assert shares(found) == {name.title(): PLANTED[name] for name in sorted(SHOWN)}
    assert [group.key for group in found.groups] == sorted(name.title() for name in SHOWN), "never by figure"
    assert found.per_person is not None
    assert found.per_person.not_shown == 2, "Emil with 19, and Dora, since his would be what is left of the team's"


def test_one_person_may_be_asked_for_if_they_are_among_those(march: Home):
    only = question(by=None, where={"owner": "anna"})
    assert shares(looked(march, "karin", only)) == {None: PLANTED["anna"]}
    assert shares(looked(march, "karin", question(where={"owner": "Anna"}))) == {"Anna": PLANTED["anna"]}
    for name in ("emil", "dora", "nobody-of-this-name"):
        assert refused(march, "karin", question(by=None, where={"owner": name})) == "too_few_promises"


def test_everybody_sees_their_own_however_few_they_are(march: Home):
    for name in PLANTED:
        assert shares(looked(march, name, question())) == {name.title(): PLANTED[name]}
        assert shares(looked(march, name, question(by=None))) == {None: PLANTED[name]}


def test_nobody_else_sees_them(march: Home):
    assert refused(march, "alma", question()) == "not_allowed"
    assert refused(march, "ada", question()) == "not_allowed"
    assert refused(march, "karin", question(), "first_answer_hours") == "not_per_person"


@pytest.mark.parametrize(
    "more",
    [
        {"per": "week"},
        {"where": {"team": "Service"}},
        {"where": {"kind": "other"}},
        {"by": "kind", "where": {"owner": "anna"}},
    ],
    ids=str,
)
def test_they_are_asked_of_the_whole_firm_and_of_a_time_alone(march: Home, more: dict[str, Any]):
    assert refused(march, "karin", question(**more)) == "not_per_person"


def test_they_reach_no_further_than_what_opens_them(march: Home):
    assert refused(march, "karin", question(start=at("2026-02-28"))) == "not_per_person"
    assert refused(march, "karin", question(end=at("2027-01-01"))) == "not_per_person"
    found = looked(march, "karin", question(start=None, end=None))
    assert (found.question.start, set(shares(found))) == (MARCH, {name.title() for name in SHOWN})


def test_each_look_is_noted_with_whose_figures_were_seen_and_ones_own_is_none(march: Home):
    def noted() -> list[tuple[str, str]]:
        return [(each.who, each.about) for each in march.konto.journal.every() if each.what == "figures"]

    before, ids = noted(), march.konto.log.ids
    march_of_karin = replace(march, konto=replace(march.konto, door="api"))
    looked(march_of_karin, "karin", question())
    assert noted() == [*before, *((ids.person("karin"), ids.person(name)) for name in sorted(SHOWN))]
    looked(march_of_karin, "anna", question())
    looked(march_of_karin, "karin", question(by=None))
    assert len(noted()) == len(before) + len(SHOWN)


# -- while they are not -----------------------------------------------------------------------------


def test_whatever_is_asked_about_what_counts_is_whether_they_are_open_now(tmp_path: Path):
    home = firm(tmp_path, opened=False)

    def answer() -> str:
        assert shares(looked(home, "anna", question())) == {"Anna": PLANTED["anna"]}, "one's own is always there"
        assert shares(looked(home, "karin", question(by=None))) == {None: (186, 103)}, "and the firm's"
        try:
            return f"{len(shares(looked(home, 'karin', question(start=None, end=None))))} shown"
        except Refused as refused:
            return refused.code

    assert answer() == "figures_closed", "nobody has opened them"
    home.clock.now = at("2026-04-03")
    opened = open_figures(home.konto, start=at("2026-04-10"), end=at("2026-05-01"))
    assert opened.state(home.clock.now) == "later"
    assert answer() == "figures_closed", "before their start"
    home.clock.now = at("2026-04-10")
    assert answer() == "0 shown", "open, for what came due since then"
    home.clock.now = at("2026-05-01")
    assert answer() == "figures_closed", "their time is over"
    open_figures(home.konto)
    assert answer() == "0 shown"
    home.clock.now = at("2026-05-02")
    per_person.close(home.konto)
    assert answer() == "figures_closed", "closed early"
    states = [each.state(home.clock.now) for each in per_person.listed(home.konto)]
    assert states == ["over", "closed"], "what was recorded stays readable"
    home.close()


def test_with_four_people_nobody_is_shown_and_with_five_all_are(tmp_path: Path):
    for n, names in ((4, set()), (5, {"Anna", "Bert", "Cem", "Fay", "Gina"})):
        folder = tmp_path / str(n)
        folder.mkdir()
        some = {name: PLANTED[name] for name in ("anna", "bert", "cem", "fay", "gina")[:n]}
        home = firm(folder, some, {"Service": list(some)})
        assert set(shares(looked(home, "karin", question()))) == names
        home.close()


def test_of_those_whose_team_is_not_shown_nobody_is_left_over_either(tmp_path: Path):
    """What the firm has beside the teams that are shown is a total, too: the firm's less theirs."""
    home = firm(tmp_path, {**PLANTED, "emil": (20, 4), "gina": (19, 12)})
    found = shares(looked(home, "karin", question()))
    assert set(found) == {name.title() for name in SERVICE}, "Gina has 19, and Hans alone would tell them"
    home.close()


def test_20_promises_are_enough_and_for_one_with_19_a_second_is_not_shown():
    enough = dict.fromkeys("abcde", (20, 20))
    assert hidden([enough], enough, ()) == set()
    for few in ((19, 20), (20, 19)):
        one = {**enough, "a": few, "b": (30, 30)}
        assert hidden([one], one, ()) == {"a", "c"}, "the one with the fewest goes along"
        assert hidden([one], one, ("a",)) == set(), "what is one's own one sees"


def test_one_local_user_sees_all_without_opening_anything(tmp_path: Path):
    home = firm(tmp_path, signs_in=False, opened=False)
    assert shares(looked(home, "local", question())) == {name.title(): counts for name, counts in PLANTED.items()}
    assert refused(home, "karin", question()) == "figures_closed", "a key in somebody's name is not that one user"
    assert [each.what for each in home.konto.journal.every() if each.what == "figures"] == []
    home.close()


def test_where_people_sign_in_whoever_works_at_the_machine_is_one_of_several(tmp_path: Path):
    home = firm(tmp_path, opened=False)
    assert refused(home, "local", question()) == "figures_closed"
    home.close()


# -- teams ------------------------------------------------------------------------------------------


def test_a_team_of_fewer_than_five_is_not_shown_by_itself(march: Home):
    of_service = (sum(n for n, _ in SERVICE.values()), sum(kept for _, kept in SERVICE.values()))
    assert shares(looked(march, "karin", question(by="team"))) == {"Service": of_service}
    assert shares(looked(march, "alma", question(by=None, where={"team": "Service"}))) == {None: of_service}
    assert refused(march, "karin", question(by=None, where={"team": "Office"})) == "team_too_small"
    assert refused(march, "karin", question(by=None, where={"team": "None of this name"})) == "team_too_small"
    assert shares(looked(march, "gina", question(by="team"))) == {"Office": PLANTED["gina"]}, "that is her own"
    assert shares(looked(march, "gina", question(by=None, where={"team": "Office"}))) == {None: PLANTED["gina"]}


def test_a_second_team_is_not_shown_where_the_others_together_would_be_fewer_than_five(march: Home):
    five, six, one = list(SERVICE)[:5], [*"abcdef"], ["hans"]
    text = firm_people({"Service": five, "Build": six, "Store": one}, others=False)
    protection = replace(march.konto.library.protection(), people=text)
    assert protection.shown_teams() == {"Build"}, "Store has one; with Service they are six"
    alone = replace(protection, people=firm_people({"Service": five, "Store": one}, others=False))
    assert alone.shown_teams() == frozenset()


def firm_people(teams: dict[str, list[str]], *, others: bool) -> Any:
    found = load(people(teams), People)
    return found if others else found.model_copy(
        update={"persons": tuple(each for each in found.persons if each.id not in OTHERS)}
    )  # fmt: skip


# -- what cannot be told ----------------------------------------------------------------------------

FEW = st.integers(0, 40)
FIRMS = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(FEW, FEW), max_size=8), min_size=1, max_size=4)


@given(parts=FIRMS, own=st.sampled_from([*"abcdefgh", ""]))
def test_no_sum_or_difference_of_what_is_shown_leaves_one_who_is_not(parts: list[dict[str, Any]], own: str):
    """As equations: one for each total that is shown and each person who is; a number of someone is known if it can be
    put together from them. Each person's number in each part is unknown where it is not nought."""
    firm: dict[str, tuple[int, int]] = {}
    for part in parts:
        for name, (last, first) in part.items():
            before = firm.get(name, (0, 0))
            firm[name] = (before[0] + last, before[1] + first)
    firm = {name: counts for name, counts in firm.items() if any(counts)}
    kept_back = hidden(parts, firm, {own} if own else set())
    assert own not in kept_back
    assert {name for name, counts in firm.items() if min(counts) < FEWEST_PROMISES and name != own} <= kept_back
    for number in (0, 1):
        cells = [(name, n) for n, part in enumerate(parts) for name, counts in part.items() if counts[number]]
        totals = [[1.0 if part == n else 0.0 for _, part in cells] for n in range(len(parts))]
        seen = [[1.0 if each == name else 0.0 for each, _ in cells] for name in firm if name not in kept_back]
        known = np.array([*totals, *seen])
        rank = np.linalg.matrix_rank(known) if cells else 0
        alone = {n for n in range(len(parts)) if len({name for name, part in cells if part == n} - {own}) == 1}
        for name in kept_back:
            places = {part for each, part in cells if each == name}
            if not places or places & alone:
                continue  # without promises; and whose part has nobody else but the asker is that part's figure
            theirs = np.array([1.0 if each == name else 0.0 for each, _ in cells])
            assert np.linalg.matrix_rank(np.vstack([known, theirs])) > rank, (name, number)


def test_a_name_that_two_have_is_nobodys_own(tmp_path: Path):
    home = firm(tmp_path, {"anna": (3, 2), "bert": (4, 1)}, {"Service": ["anna", "bert"]}, opened=False)
    home.konto.publish("people", people({"Service": ["anna", "bert"]}).replace('name = "Bert"', 'name = "Karin"'))
    home.konto.catch_up()
    assert refused(home, "karin", question(by=None, where={"owner": "Karin"})) == "figures_closed"
    assert shares(looked(home, "karin", question(by=None, where={"owner": "karin"}))) == {None: (0, 0)}
    home.close()
