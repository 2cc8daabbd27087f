"""The home of one firm: its stores, its keys, its documents, and everything wired together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple, Self

import structlog

from domain import per_person
from domain.alert import OURSELVES
from domain.document import DocumentKind, DocumentPublished, with_their_texts
from domain.documents import load
from domain.errors import Refused
from domain.fact import Fact
from domain.ids import Ids
from domain.journal import KEY, LOCAL, LOOKS, STEPS, UNKNOWN, Door, Journal, JournalAway, Look, What
from domain.log import Log
from domain.people import People
from domain.protection import Protection
from domain.record import Receipt, ZoneOf, record
from domain.roles import LOCAL_USER, Asker
from domain.steering import Steering
from domain.store import STORE_FAILS, TableStore
from domain.store.filling import remove
from domain.store.locks import held
from domain.store.schema import NotPrepared, migrate, require
from projections import customers, statements
from projections.anew import Helpers, built, rebuild
from projections.filters import Library
from projections.follow import Follower, Progress
from projections.tables import Views
from projections.taught import Taught
from wiring import erasing, installation, keys, layouts, masters, stores
from wiring import settings as settings_
from wiring.circles import WHILE_FOLDING, seldom_looked_for
from wiring.defaults import DEFAULTS
from wiring.folding import Folders
from wiring.patience import patiently
from wiring.processes import as_many_as_help
from wiring.settings import Settings
from wiring.together import Together
from words import N_

logger = structlog.get_logger("konto")

Clock = Callable[[], datetime]
Building = Callable[[], AbstractContextManager[Progress | None]]


class Reading(NamedTuple):
    """Log and tables, of whoever only reads."""

    log: Log
    views: Views


Opening = Callable[[], AbstractContextManager[Reading]]
"""Opens both, also in another process."""


def system_clock() -> datetime:
    return datetime.now(UTC)


ALREADY_RUNNING = N_("Another process is doing this already and uses {file}. Please wait until it has ended.")
BEING_BUILT = N_("The tables of this version are being built just now. Please try again in a few minutes.")


class AlreadyRunning(Refused):
    def __init__(self, file: Path) -> None:
        super().__init__("already_running", ALREADY_RUNNING, file=str(file))


class BeingBuilt(Refused):
    def __init__(self) -> None:
        super().__init__("being_built", BEING_BUILT)


BESIDE = ("build", "rebuild", "check")
"""What tables are built for beside the live ones, each by one process at a time."""
LOOK_SECONDS = 0.1
FAR_BEHIND = 20_000
"""So many events missing in the tables, if they are half of the log, are quicker brought in by building all anew."""
ADVISER = "adviser.json.gz"
"""What the adviser learned from settled promises; it can be removed at any time."""


@dataclass(frozen=True)
class Konto:
    """An opened home. Whatever reads goes through `library`, whatever is recorded through `record`."""

    home: Path
    settings: Settings
    clock: Clock
    log: Log
    tables: TableStore
    views: Views
    """The tables, to be read and written."""
    follower: Follower
    library: Library
    taught: Taught
    """The adviser, for all who ask in this process."""
    keys: Path
    """The file that they lie in."""
    journal: Journal
    """Who looked."""
    together: Together
    """Lets all who record in this process share their transactions."""
    places: masters.Places
    """Where master keys are found and made."""
    asker: Asker = LOCAL_USER
    door: Door = "machine"
    """Through which the asker came; what the machine reads for its own work is no look of anybody's."""
    key: str | None = None
    """The name of the access key that they came with."""

    @property
    def steering(self) -> Steering:
        return self.follower.steering()

    @property
    def zone_of(self) -> ZoneOf:
        known: Steering | None = None

        def zone_of(team: str | None, owner: str | None, at: datetime) -> str:
            nonlocal known
            known = known or self.steering  # asked only where a date needs it, then once
            return known.hours(team, owner, at).zone.key

        return zone_of

    def catch_up(self, progress: Progress | None = None, *, processes: int | None = 1, wait: bool = True) -> int:
        """Brings every table up to the log: where most of it is missing there, by building them anew (see rebuild).

        Without `wait`, what others are bringing in just now is left to them.
        """
        far_behind = False

        def give_up(position: int) -> bool:
            nonlocal far_behind
            head = self.log.head()
            far_behind = head - position >= max(FAR_BEHIND, head // 2)
            return far_behind

        done = self.follower.catch_up(progress=progress, give_up=give_up, wait=wait)
        if far_behind:
            try:
                done += self.rebuild(progress, processes=processes)
            except AlreadyRunning:
                logger.info("built_by_another")  # meanwhile we go on as usual
            except STORE_FAILS:
                logger.warning("not_built_anew", exc_info=True)  # no room beside, such as on a small disk
            done += self.follower.catch_up(progress=progress, wait=wait)
        return done

    def record(self, facts: Sequence[Fact]) -> list[Receipt]:
        """One transaction: what is refused leaves no trace, the rest is kept.

        Where the database went away before it said yes, it is asked again: what it kept is there already.
        Whoever else of this process records at the same time shares the transaction, and hears of their own facts.
        """
        return self.together.record(facts, self._recorded)

    def _recorded(self, facts: Sequence[Fact]) -> list[Receipt]:
        return patiently(lambda: self._record(facts), self.settings.store.patience_seconds)

    def _record(self, facts: Sequence[Fact]) -> list[Receipt]:
        with self.log.writing(gathers=True) as writer:
            return record(writer, facts, now=self.clock(), zone_of=self.zone_of)

    @property
    def visitor(self) -> str:
        """Who asks, as the journal names them: by an internal id, which no name stands in."""
        if self.key is not None:
            return f"{KEY}{self.key}"
        if self.asker.person is not None:
            return self.log.ids.person(self.asker.person)
        return LOCAL if self.asker.roles else UNKNOWN

    def note(self, what: What, about: str = "", beside: str = "") -> None:
        """Notes in the access journal what the asker does; `about` is an internal id, `beside` are fixed words.

        A look that cannot be noted is refused: JournalAway. Anything else has happened already, or is refused anyway:
        that it could not be noted is told in the log of this process.
        """
        if self.door == "machine" and what in LOOKS:
            return
        try:
            self.journal.note(Look(self.visitor, self.door, what, about, beside), self.clock())
        except JournalAway:
            if what in LOOKS:
                raise
            logger.exception("not_noted", what=what)

    def name_of(self, person: str) -> str | None:
        row = self.views.row("SELECT name FROM persons WHERE person = ?", (person,))
        return row[0] if row else customers.person_name(self.library, person)

    def rebuild(self, progress: Progress | None = None, *, processes: int | None = 1) -> int:
        """All tables anew from the log; others may record meanwhile.

        With more than one process, so many fold beside this one; None = as many as help. They import the program that
        runs here once more, so only one that does nothing at import may ask for them.
        """
        with self._beside("rebuild", processes) as (file, helpers):
            return rebuild(self.log, self.tables, file, helpers=helpers, progress=progress)

    def make_tables(self, progress: Progress | None = None, *, processes: int | None = 1) -> bool:
        """Builds those of this version where they are missing; whether that was to be done.

        Tables of another version, which others may use meanwhile, stay as they are. Of several processes one builds and
        the others wait a while, then raise BeingBuilt.
        """
        until = monotonic() + self.settings.store.lock_timeout_seconds
        while not self.tables.are_there():
            try:
                with self.tables.claim("build") as ours, self._beside("build", processes) as (file, helpers):
                    if ours is not None and not self.tables.are_there():
                        rebuild(self.log, self.tables, file, helpers=helpers, progress=progress)
                        return True
            except AlreadyRunning:
                pass
            if monotonic() > until:
                raise BeingBuilt
            sleep(LOOK_SECONDS)
        return False

    @contextmanager
    def built_beside(
        self, name: str, progress: Progress | None = None, *, processes: int | None = 1
    ) -> Iterator[Views]:
        """The same in a store of its own beside the live one, gone afterwards. One at a time of each name."""
        with (
            self._beside(name, processes) as (file, helpers),
            built(self.log, file, helpers=helpers, progress=progress) as views,
        ):
            yield views

    @contextmanager
    def _beside(self, name: str, processes: int | None) -> Iterator[tuple[Path, Helpers | None]]:
        """A file for tables, and those who help to fill it.

        A file whatever the live store is: the folds are the same, and nobody needs the right to make tables.
        """
        file = self.home / f"views.{name}.db"
        with held(file.with_suffix(".lock")) as ours, seldom_looked_for(WHILE_FOLDING):
            if not ours:
                raise AlreadyRunning(file)
            self._leave_nothing(name)  # of one that was killed
            processes = processes or as_many_as_help(self.log.head())
            opening = partial(_log, self.home, self.settings, self.log.ids, self.places)
            try:
                with Folders(opening, file, processes) if processes > 1 else nullcontext() as folders:
                    yield file, folders
            finally:
                self._leave_nothing(name)

    @property
    def reading(self) -> Opening:
        """For another process."""
        return partial(_reading, self.home, self.settings, self.log.ids, self.places)

    def leave_nothing_beside(self) -> None:
        """What was begun beside by processes that were killed."""
        for name in BESIDE:
            if any(self.home.glob(f"views.{name}*.db")):
                with held(self.home / f"views.{name}.lock") as nobody_else:
                    if nobody_else:
                        self._leave_nothing(name)

    def _leave_nothing(self, name: str) -> None:
        for file in self.home.glob(f"views.{name}*.db"):
            remove(file)

    def publish(self, kind: DocumentKind, content: str, valid_from: datetime | None = None) -> Fact:
        """A new version of a document, and its file in the home; raises Refused where it is not sound."""
        now = self.clock()
        data = DocumentPublished(kind=kind, valid_from=valid_from or now, content=content)
        fact = Fact(source=OURSELVES, id=f"{kind}/{now.isoformat()}", time=now, data=data)
        before = self._published().get("people") if kind == "people" else None
        receipt = self.record([fact])[0]
        if receipt.refused:
            raise receipt.refused
        if kind == "people":
            self._note_roles(before[0] if before else DEFAULTS["people"](), content, data.valid_from)
        (self.home / f"{kind}.toml").write_text(content, encoding="utf-8")
        return fact

    def write_documents(self) -> None:
        """A file to edit for each document that has none here, with what counts."""
        missing = [kind for kind in DEFAULTS if not (self.home / f"{kind}.toml").exists()]
        published = self._published() if missing else {}
        for kind in missing:
            newest, _ = published.get(kind, (DEFAULTS[kind](), None))
            keys.create_once(self.home / f"{kind}.toml", newest)

    def publish_changed_files(self, unsound: Callable[[Refused], None] | None = None) -> list[DocumentKind]:
        """Documents beside the settings that were edited since the last version; they count from now on.

        A version that came by another way is newer than the file, which then follows it and is kept under
        another name. One that is not sound is told to `unsound`, and the last sound one goes on to count;
        without `unsound` it is raised.
        """
        changed: list[DocumentKind] = []
        published = self._published()
        for kind, default in DEFAULTS.items():
            file = self.home / f"{kind}.toml"
            newest, since = published.get(kind, (default(), None))
            try:
                if not file.exists() or (content := settings_.text_of(file)) == newest:
                    continue
                if since is not None and file.stat().st_mtime <= since.timestamp():
                    file.replace(file.with_name(f"{kind}.before-{since:%Y%m%dT%H%M%S}.toml"))
                    file.write_text(newest, encoding="utf-8")
                    continue
                with settings_.naming(file):
                    self.publish(kind, content)
            except Refused as refused:
                if unsound is None or refused.code == "busy":
                    raise
                unsound(refused)
            else:
                changed.append(kind)
        return changed

    def _note_roles(self, before: str, after: str, valid_from: datetime) -> None:
        """Who had which roles before, and has which from then on, by internal ids."""
        had, has = (
            {self.log.ids.person(each.id): each.roles for each in load(text, People).persons}
            for text in (before, after)
        )
        for person in sorted(had.keys() | has.keys()):
            old, new = ",".join(sorted(had.get(person, ()))), ",".join(sorted(has.get(person, ())))
            if old != new:
                self.note("roles_changed", person, f"{old} > {new} from {valid_from:%Y-%m-%d}")

    def _published(self) -> dict[DocumentKind, tuple[str, datetime | None]]:
        """The newest version of each document, as text, and when it was recorded."""
        histories = self.log.readable([f"document-{kind}" for kind in DEFAULTS])
        found = {}
        for facts in histories.values():
            # In order, so that the newest of them that can be opened counts.
            for fact in with_their_texts(self.log.legibly_opened(facts)):
                if isinstance(fact.data, DocumentPublished):
                    found[fact.data.kind] = (fact.data.content, fact.recorded)
        return found

    def close(self) -> None:
        self.log.store.close()
        self.tables.close()
        self.journal.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_home(
    home: Path,
    *,
    environment: Mapping[str, str],
    clock: Clock = system_clock,
    entropy: Callable[[int], bytes] = os.urandom,
    asker: Asker = LOCAL_USER,
    door: Door = "machine",
    unsound: Callable[[Refused], None] | None = None,
    prepare: bool = False,
    on_step: Callable[[str], None] = lambda step: None,
    on_erased: Callable[[int], None] = lambda customers: None,
    building: Building = nullcontext,
    processes: int | None = 1,
) -> Konto:
    """Opens a home and, where it is new, makes it: folder, keys, stores, documents to edit.

    A database of several machines is only prepared with `prepare`, else it raises NotPrepared; `on_step` hears
    of every step that this took. Where the tables of this version are missing, they are built from the log first:
    `building` gives whoever is told how far that has come, `processes` as for a rebuild.
    `unsound` hears of an edited document that cannot count; without it, it is raised.
    An erasure that was not completed, or that an older copy does not know, is completed before anything is read;
    `on_erased` hears of how many customers.
    """
    settings = settings_.read(home, environment)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = keys.place(home, environment)
    _make_keys(file, home, settings, entropy, prepare=prepare)
    ids = Ids(keys.read(file).ids)
    places = masters.Places(file, dict(environment), settings.vault, entropy)
    log = Log(stores.log(home, settings.store), ids, masters.of(places))
    tables = stores.tables(home, settings.store)
    views, journal = Views(tables), Journal(stores.journal(home, settings.store))
    follower = Follower(log, views)
    library = Library(
        views,
        ids,
        follower.steering_known_on,
        partial(statements.relationship_of, log, views),
        lambda: _protection(log, follower, clock(), signs_in=settings.login.is_set),
    )
    konto = Konto(
        home=home,
        settings=settings,
        clock=clock,
        log=log,
        tables=tables,
        views=views,
        follower=follower,
        library=library,
        taught=Taught(library, home / ADVISER),
        keys=file,
        places=places,
        journal=journal,
        together=Together(),
        asker=asker,
        door=door,
    )
    try:
        prepares = prepare or not stores.is_shared(settings.store)
        if prepares:
            for step in (*migrate(log.store, log.steps()), *migrate(journal.store, STEPS)):
                on_step(step)
        else:
            require(log.store, log.steps())
            require(journal.store, STEPS)
            if not tables.are_there():
                raise NotPrepared
        installation.check(log, file)
        masters.begin(log, places, clock())
        if prepares and not tables.are_there():
            with building() as progress:
                if konto.make_tables(progress, processes=processes):
                    on_step("tables")
            if not stores.is_shared(settings.store):
                layouts.tidy(konto)
        konto.leave_nothing_beside()
        if again := erasing.complete(konto):
            on_erased(again)
        konto.write_documents()
        konto.publish_changed_files(unsound)
    except BaseException:
        konto.close()
        raise
    return konto


@contextmanager
def _reading(home: Path, settings: Settings, ids: Ids, places: masters.Places) -> Iterator[Reading]:
    log, tables = _log(home, settings, ids, places), stores.tables(home, settings.store)
    with closing(log.store), closing(tables):
        yield Reading(log, Views(tables))


def _log(home: Path, settings: Settings, ids: Ids, places: masters.Places) -> Log:
    """The log alone, for another process that reads in it."""
    return Log(stores.log(home, settings.store), ids, masters.of(places))


def _protection(log: Log, follower: Follower, now: datetime, *, signs_in: bool) -> Protection:
    """Read from the log itself, so that what is closed shows nothing from the next question on.

    Where something of it cannot be read, it may be that it was closed: then it is.
    """
    histories, _ = log.whole([per_person.STREAM])
    opening = per_person.in_force(per_person.openings(histories.get(per_person.STREAM, [])), now)
    return Protection(follower.steering().people.at(now), signs_in, opening)


def _make_keys(file: Path, home: Path, settings: Settings, entropy: Callable[[int], bytes], *, prepare: bool) -> None:
    """Where they are missing and no log was written with them yet."""
    if file.exists():
        return
    shared = stores.is_shared(settings.store)
    there_is_a_log = stores.there_is_a_log(home, settings.store)
    if file.exists():  # whoever started at the same time makes the keys before the log
        return
    if there_is_a_log:
        raise keys.KeysElsewhere(file) if shared else keys.KeysMissing(file)
    if shared and not prepare:
        raise NotPrepared
    keys.make(file, entropy, with_vault=settings.vault.master == "file")
