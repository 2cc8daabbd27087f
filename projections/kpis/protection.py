"""Which figures are figures about employees, and which of a team are those of one of them (SPEC 8)."""

from __future__ import annotations

from collections.abc import Callable

from domain.errors import Refused
from domain.roles import Asker, NotAllowed, allowed
from projections.filters import Library
from projections.kpis.question import Question
from words import N_


class FiguresClosed(NotAllowed):
    """Figures of a colleague, while nobody has opened them."""

    def __init__(self) -> None:
        super().__init__("figures_per_person")
        self.code, self.text = "figures_closed", FIGURES_CLOSED


class TeamTooSmall(Refused):
    def __init__(self, team: str) -> None:
        super().__init__("team_too_small", TEAM_TOO_SMALL, "team", team=team[:60])


def is_per_person(library: Library, asker: Asker, question: Question) -> bool:
    """Whether this asks about colleagues: everybody sees their own, and one local user is nobody's employer here."""
    owner = question.filter.where.get("owner")
    if (question.by != "owner" and owner is None) or allowed(asker, "figures") == "own":
        return False
    if owner is not None and is_own(library, asker, owner):
        return False
    return not library.protection().is_alone(asker)


def is_own(library: Library, asker: Asker, owner: str) -> bool:
    """By any of their names, unless somebody else has it, too."""
    own = set(library.person_ids(asker.person)) if asker.person else set()
    named = set(library.person_ids(owner))
    return bool(own & named) and named - own <= {library.ids.person(owner)}


def of_teams(library: Library, asker: Asker, question: Question) -> Callable[[str | None], bool]:
    """Which groups are shown. Raises TeamTooSmall where a single team is asked for that is not.

    Whoever sees only their own has no team's figures in front of them.
    """
    team = question.filter.where.get("team")
    if (question.by != "team" and team is None) or allowed(asker, "figures") == "own":
        return _all_of_them
    owner = question.filter.where.get("owner")
    if owner is not None and is_own(library, asker, owner):
        return _all_of_them
    protection = library.protection()
    if protection.is_alone(asker):
        return _all_of_them
    if team is not None and not protection.shows_team(team):
        raise TeamTooSmall(team)
    if question.by != "team":
        return _all_of_them
    shown = protection.shown_teams()
    # Who is in no team stands with those that are not shown: else one could be reckoned from the other.
    whole = protection.is_whole
    return lambda key: protection.shows_team(key) if key is not None else whole and bool(shown)


def _all_of_them(key: str | None) -> bool:
    return True


FIGURES_CLOSED = N_(
    "Figures of one colleague alone are not shown. Everybody sees their own, and whoever leads those of the team and "
    "the firm. Somebody who looks after the users can open them: with the agreement or law that allows it, its purpose "
    "and its end."
)
TEAM_TOO_SMALL = N_(
    "Figures of “{team}” are not shown: they would be those of fewer than 5 people, or show what is. Please look at "
    "those of the firm."
)
