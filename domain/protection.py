"""What protects the people who work here: which figures about them may be looked at just now (SPEC 8)."""

from __future__ import annotations

from dataclasses import dataclass

from domain.people import People
from domain.per_person import FEWEST_PEOPLE, Opening
from domain.roles import LOCAL_USER, Asker


@dataclass(frozen=True)
class Protection:
    """It holds now, whatever moment is asked about."""

    people: People
    signs_in: bool
    """People sign in here, so that whoever works at the machine itself is one of several."""
    opening: Opening | None
    """In force now."""

    def is_alone(self, asker: Asker) -> bool:
        """In a home with one local user there is nobody else to protect (SPEC 8)."""
        return not self.signs_in and (asker == LOCAL_USER or not self.people.persons)

    def members(self, team: str | None) -> int:
        """How many people the people document names in a team; None: in no team."""
        known = self.people.team(team)
        if team is not None and known is None:
            return 0
        name = known.name if known else None
        return sum(1 for person in self.people.persons if self._team_of(person.team) == name)

    def shown_teams(self) -> frozenset[str]:
        """The teams, by the names of the document, whose figures are shown.

        A team of fewer than five is not. Nor may those that are not shown be reckoned from the firm's figure less
        those of the others: where all of them together are fewer than five, the smallest that is shown goes, too.
        """
        sizes = {team.name: self.members(team.name) for team in self.people.teams}
        shown = {name for name, size in sizes.items() if size >= FEWEST_PEOPLE}
        rest = self.members(None) + sum(size for name, size in sizes.items() if name not in shown)
        while shown and 0 < rest < FEWEST_PEOPLE:
            smallest = min(shown, key=lambda name: (sizes[name], name))
            shown.remove(smallest)
            rest += sizes[smallest]
        return frozenset(shown)

    @property
    def is_whole(self) -> bool:
        """Everybody stands in a team that is shown."""
        return sum(map(self.members, self.shown_teams())) == len(self.people.persons)

    def shows_team(self, team: str) -> bool:
        known = self.people.team(team)
        return known is not None and known.name in self.shown_teams()

    def _team_of(self, name: str | None) -> str | None:
        known = self.people.team(name)
        return known.name if known else None
