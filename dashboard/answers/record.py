"""All promises as the pages list them, the settled ones too: by what became of them, or as the list behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from dashboard.answers import behind
from dashboard.answers.measures import called, where
from dashboard.shapes.asking import PAGE_SIZE, Reader
from dashboard.shapes.behind import Behind
from dashboard.shapes.record import Outcome, OutcomeFilter, RecordAsked, RecordPage, RecordRow
from projections import naming, promises
from projections.customers import person_names
from projections.filters import Condition, Moment
from projections.sentences import NAMED_BY_KIND
from wiring.home import Konto
from words import Translator, translator

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


def page(konto: Konto, reader: Reader, asked: RecordAsked, page: int) -> RecordPage:
    fits = _Fits(konto, reader, asked)
    counts = fits.counts()
    parts = behind.parts(konto, fits.question, asked.behind, fits.count) if asked.behind else {}
    return RecordPage(
        rows=fits.rows(PAGE_SIZE, (page - 1) * PAGE_SIZE),
        total=counts[asked.outcome],
        counts=counts,
        parts=parts,
        owners=_owners(konto, fits.moment),
        kinds=promises.distinct(konto.library, konto.asker, fits.moment, "kind"),
        customer=called(konto, reader, asked.customer),
    )


class _Fits:
    """The promises asked about, to be listed and counted."""

    def __init__(self, konto: Konto, reader: Reader, asked: RecordAsked) -> None:
        self.konto, self.reader, self.asked = konto, reader, asked
        self.filter = where(
            konto, asked.customer, owner=asked.owner, kind=asked.kind, team=asked.team, supplier=asked.supplier
        )
        self.question = behind.question(konto, reader, asked.period, self.filter)
        self.moment: Moment = self.question.moment

    def rows(self, limit: int, offset: int) -> tuple[RecordRow, ...]:
        found = promises.listed(
            self.konto.library,
            self.konto.asker,
            self.moment,
            states=self._states(),
            filter=self.filter,
            among=self._among(self.asked.behind),
            order="latest",
            limit=limit,
            offset=offset,
        )
        t = translator(self.reader.lang)
        return tuple(row(each, t) for each in found)

    def counts(self) -> dict[OutcomeFilter, int]:
        found = promises.counts(
            self.konto.library, self.konto.asker, self.moment, filter=self.filter, among=self._among(self.asked.behind)
        )
        by_outcome: dict[OutcomeFilter, int] = {outcome: found.get(outcome, 0) for outcome in OUTCOMES}
        return {**by_outcome, "all": sum(found.values())}

    def count(self, figure: Behind) -> int:
        return promises.count(
            self.konto.library, self.konto.asker, self.moment, filter=self.filter, among=self._among(figure)
        )

    def _states(self) -> Sequence[str]:
        return () if self.asked.outcome == "all" else (self.asked.outcome,)

    def _among(self, figure: Behind | None) -> Condition | None:
        """A figure takes its own cases from the period; without one the dates decide."""
        if figure is not None:
            return behind.among(self.konto, self.question, figure, "promises")
        if self.asked.period is None:
            return None
        dated = self.question.within("d.belongs_at").and_(Condition(self.moment.rows("d"), []))
        return Condition(f"SELECT d.promise FROM promises d WHERE {dated.sql}", dated.params)


def row(each: promises.PromiseRow, t: Translator) -> RecordRow:
    return RecordRow(
        id=each.promise,
        promise=f"{each.source}:{each.id}",
        customer=each.customer,
        name=naming.called(each.customer_name, each.customer_id, t),
        what=each.what or t.gettext(NAMED_BY_KIND[each.kind]).format(id=each.id),
        kind=each.kind,
        owner=each.owner,
        team=each.team,
        supplier=each.supplier,
        outcome=each.state,  # type: ignore[arg-type]
        due=each.due,
        settled=each.settled_at,
        moved=each.moves,
        degree=each.degree,
    )


def _owners(konto: Konto, moment: Moment) -> tuple[str, ...]:
    names = person_names(konto.library)
    known = promises.distinct(konto.library, konto.asker, moment, "owner")
    return tuple(sorted({names[owner] for owner in known if owner in names}))
