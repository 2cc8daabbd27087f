"""P14: New customers: if all goes well despite scepticism, it counts double (004)."""

from __future__ import annotations

from tests.notation import Given

FIRST = '2026-03-02T09:00  verspricht K-17 ines "Angebot" bis 2026-03-06T12:00\n'


def known(count: int) -> str:
    """A customer for years, with so many promises kept before."""
    return "2020-01-01T09:00  Kunde K-17, seit 2020-01-01\n" + "".join(
        f'2025-06-01T09:00  verspricht K-17 ines "Z{n}"\n2025-06-02T09:00  erfüllt "Z{n}"\n' for n in range(count)
    )


def test_the_first_promise_kept_counts_double_later_ones_once(given: Given) -> None:
    assert given(FIRST + "2026-03-06T11:00  erfüllt").lines() == [("kept", 8.0)]
    assert given(known(16) + FIRST + '2026-03-06T11:00  erfüllt "Angebot"').lines()[-1] == ("kept", 4.0)


def test_scepticism_wears_off_little_by_little(given: Given) -> None:
    worth = [
        given(known(count) + FIRST + '2026-03-06T11:00  erfüllt "Angebot"').lines()[-1][1]
        for count in (0, 8, 12, 16, 20)
    ]
    assert worth == [8, 8, 6, 4, 4]


def test_what_goes_wrong_does_not_count_double(given: Given) -> None:
    assert given(FIRST + "2026-03-06T11:00  bricht").lines() == [("broken", -8.0)]


def test_only_promises_count_double_praise_does_not(given: Given) -> None:
    assert given("2026-03-02T09:00  Rückmeldung K-17 5").lines() == [("feedback", 6.0)]
