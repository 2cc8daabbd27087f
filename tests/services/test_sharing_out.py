"""Workers that share out the customers, on a real PostgreSQL: both work, and who is left does it all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest

from domain.vocabulary import parse
from projections.shares import Marks
from tests.notation import envelopes
from tests.projections.test_follow import NOW, contents, rebuilt
from tests.services.several import Service, service
from tests.stores import NewFolder
from tests.waiting import wait_for
from wiring.checking import findings
from wiring.home import Konto, open_home
from wiring.metrics import Figures
from wiring.services import Services

CUSTOMERS = 60
AT_ONCE = 200
SETTINGS = '[log]\nlevel = "debug"\nformat = "json"\n[worker]\npoll_seconds = 0.5\nshares = {shares}\n'

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


def settings(folder: Path, shares: int) -> None:
    file = folder / "settings.toml"
    store = file.read_text("utf-8").partition("[log]")[0]
    file.write_text(store + SETTINGS.format(shares=shares), encoding="utf-8")


@pytest.fixture
def konto(new_folder: NewFolder) -> Iterator[Konto]:
    folder = new_folder()
    settings(folder, 2)
    with open_home(folder, environment={}, clock=lambda: NOW, prepare=True) as konto:
        yield konto


def record(konto: Konto, number: int) -> None:
    """A portion of facts; two customers of the one before turn out to be the same."""
    lines = []
    for each in range(number * AT_ONCE // 2, (number + 1) * AT_ONCE // 2):
        lines.append(f'2026-02-02T09:{each % 60:02}  verspricht K-{each % CUSTOMERS} ines "P-{each}" bis 2026-02-20')
        lines.append(f'2026-02-1{each % 8}T10:00  erfüllt "P-{each}"')
    lines.insert(AT_ONCE // 2, f"2026-02-20T09:00  führt K-{2 * number} und K-{2 * number + 1} zusammen")
    told = [{**each, "id": f"{number}/{place}"} for place, each in enumerate(envelopes("\n".join(lines)))]
    assert {each.status for each in konto.record([parse(each, now=NOW) for each in told])} == {"recorded"}


def follow(stack: ExitStack, konto: Konto) -> Service:
    return stack.enter_context(service(konto.home, ["follow"]))


def is_up_to_date(konto: Konto) -> bool:
    return konto.views.position() == konto.log.head()


def events(one: Service) -> int:
    return sum(line["events"] for line in one.told("followed"))


def test_one_of_two_is_killed_in_the_middle_and_nothing_is_lost_or_doubled(konto: Konto, tmp_path: Path):
    with ExitStack() as stack:
        one, two = (follow(stack, konto) for _ in range(2))
        wait_for(lambda: one.told("started") and two.told("started"), 30)
        numbers = iter(range(CUSTOMERS // 2))
        while not (events(one) and events(two)):
            record(konto, next(numbers))
            wait_for(lambda: is_up_to_date(konto), 30)
        writing = Thread(target=lambda: [record(konto, number) for number in islice(numbers, 8)])
        writing.start()
        before = events(one)
        wait_for(lambda: events(one) > before, 30)
        one.kill()
        writing.join()
        wait_for(lambda: is_up_to_date(konto), 30)
        assert konto.views.marks() == Marks((konto.log.head(),) * 2)
        assert two.stop() == 0
    assert contents(konto.views) == rebuilt(konto, tmp_path)
    assert list(findings(konto)) == []


def test_started_anew_one_by_one_with_another_number_the_newest_counts(konto: Konto, tmp_path: Path):
    with ExitStack() as stack:
        old = follow(stack, konto)
        record(konto, 0)
        wait_for(lambda: is_up_to_date(konto), 30)
        assert konto.views.marks().among == 2
        settings(konto.home, 3)
        new = follow(stack, konto)
        wait_for(lambda: konto.views.marks().among == 3, 30)
        record(konto, 1)
        wait_for(lambda: is_up_to_date(konto), 30)
        assert [old.stop(), new.stop()] == [0, 0]
        settings(konto.home, 1)
        alone = follow(stack, konto)
        wait_for(lambda: konto.views.marks().among == 1, 30)
        record(konto, 2)
        wait_for(lambda: is_up_to_date(konto), 30)
        assert alone.stop() == 0
        assert not any(each.told("loop_failed") for each in (old, new, alone))
    assert contents(konto.views) == rebuilt(konto, tmp_path)


def test_the_figures_say_how_far_each_share_is(konto: Konto):
    record(konto, 0)
    konto.follower.share_out(2)
    konto.catch_up()
    found = {metric.name: metric for metric in Figures(Services(konto, ["follow"])).collect()}
    positions = {sample.labels["share"]: sample.value for sample in found["konto_share_position"].samples}
    assert positions == {"1": konto.log.head(), "2": konto.log.head()}
