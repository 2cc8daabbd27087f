"""Does the figure mean anything: the adviser and the account tested on the firm's own log."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.answers.kept import Found, Kept
from dashboard.answers.moments import day_of
from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal, Tell
from dashboard.shapes.figures import Share
from dashboard.shapes.meaning import Figure, FigureTest, Judged, SaidAndCame, TooFew
from domain.backtest import Backtest, Naive
from domain.forecast import Bin
from domain.reliability import wilson
from projections import meaning, meaning_words
from projections.meaning import OfAdviser, OfBalances
from projections.replay_words import left_out
from wiring.home import Konto
from words import N_, Translator, translator

OF_ADVISER = N_("All promises that had an end")


def tested(konto: Konto, kept: Kept, reader: Reader, figure: Figure) -> FigureTest | Refusal | None:
    if refused := refusal(konto, "tests", reader):
        return refused
    found = kept.last(figure, konto)
    return None if found is None else _told(found, konto, reader)


def test(konto: Konto, kept: Kept, reader: Reader, figure: Figure, tell: Tell) -> FigureTest | Refusal:
    library, asker = konto.library, konto.asker
    if refused := refusal(konto, "tests", reader):
        return refused
    if figure == "adviser":
        found = kept.fresh(figure, konto, lambda now: meaning.of_adviser(library, asker, None, now))
    else:
        found = kept.fresh(figure, konto, lambda now: meaning.of_account(konto.log, library, asker, None, now, tell))
    return _told(found, konto, reader)


def _told(found: Found, konto: Konto, reader: Reader) -> FigureTest:
    t = translator(reader.lang)
    answer: OfAdviser | OfBalances = found.answer
    begins = None if answer.since is None else meaning_words.begins(day_of(answer.since, reader), t)
    missed = answer.left_out if isinstance(answer, OfBalances) else 0
    newer, groups = found.position != konto.log.head(), tuple(_groups(answer, t))
    return FigureTest(found.at, newer, begins, groups, next(left_out(missed, t), None))


def _groups(answer: OfAdviser | OfBalances, t: Translator) -> Iterator[Judged | TooFew]:
    if isinstance(answer, OfAdviser):
        said = meaning_words.of_adviser(answer.found, t) if answer.found else []
        yield _group(OF_ADVISER, answer.found, said, t)
    else:
        found = answer.found
        for title, each in ((meaning_words.ALL, found.all), (meaning_words.FULFILLED, found.fulfilled)):
            yield _group(title, each, meaning_words.of_feedback(each, t) if each else [], t)


def _group(title: str, found: Backtest | None, said: list[str], t: Translator) -> Judged | TooFew:
    title = t.gettext(title)
    if found is None:
        return TooFew(title, t.gettext(meaning_words.TOO_FEW))
    naive = found.naive
    verdict = None if naive is None else meaning_words.verdict(naive, t)
    return Judged(
        title=title,
        classes=tuple(map(_class, found.score.bins)),
        guess=None if naive is None else _guess(naive),
        verdict=verdict,
        sentences=tuple(said),
    )


def _guess(naive: Naive) -> SaidAndCame:
    """All its forecasts are equal, and so one class."""
    return _class(naive.score.bins[0])


def _class(each: Bin) -> SaidAndCame:
    came = round(each.came * each.n)
    low, high = wilson(came, each.n) or (0.0, 1.0)
    return SaidAndCame(each.forecast, Share(came, each.n, low, high))
