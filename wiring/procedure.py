"""The procedure description (Verfahrensdokumentation), from how this installation is really set up.

Ordered as GoBD practice expects it (margin nos. 151-155): in general, for users, technical, running it, changes. What a
program cannot know stands there as a question for the firm. Nothing in it depends on the moment but the date at its
head.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, SecretStr

from domain import masters as registry
from domain.alert import OURSELVES
from domain.document import DocumentKind
from domain.retention import CLASSES, LAWS, YEARS
from domain.roles import MAY, Role, What, allowed
from wiring import attesting, environment, retaining, stores
from wiring.asking import Asking
from wiring.connecting import connectors
from wiring.defaults import DEFAULTS
from wiring.product import our_version
from wiring.settings import Settings
from wiring.versions import versions
from words import N_, format, names

ROLES: tuple[Role, ...] = get_args(Role)
MARK_CHARS = 16
"""So much of a SHA-256 tells two texts apart."""


class Items(NamedTuple):
    items: tuple[str, ...]


class Table(NamedTuple):
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = str | Items | Table


class Section(NamedTuple):
    title: str
    blocks: tuple[Block, ...]


class Procedure(NamedTuple):
    title: str
    firm: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]


TITLE = N_("Procedure description")
NO_FIRM = N_("(name of the firm, to be filled in)")
AS_OF = N_("As of {day}, made by Vertrauenskonto {version} from its own settings.")
NO_PROMISE = N_(
    "This text describes how the program is set up. It is no legal opinion and does not say that the law is complied "
    "with; that depends on how the firm works."
)

GENERAL = N_("1. General description")
PURPOSE = N_(
    "{firm} uses Vertrauenskonto to keep what was promised to customers, how it was kept, what customers asked and "
    "what went wrong, and to warn its own people in time. It takes facts from other systems and is no system of "
    "bookkeeping; letters, vouchers and books themselves lie in the systems they come from."
)
FILES = N_("Log and tables lie in files on the machine on which the program runs, in the folder of the installation.")
DATABASE = N_("Log and tables lie in a PostgreSQL database, in the schemas {schema} and {tables}.")
ZONE = N_("Times are kept to the microsecond in UTC; days, periods and years of keeping end in the zone {zone}.")

USERS = N_("2. User documentation")
PEOPLE = N_("People in the people document by role; somebody may have several:")
ROLE_HEADS = (N_("Role"), N_("People"))
LOCAL = N_("No people are named in the people document: one local user has all roles.")
SIGN_IN = N_("People sign in with the accounts of the firm (OpenID Connect); a sign-in lasts {hours} hours.")
ROLES_FROM = N_("Roles come from what the sign-in service says of them ({claim}).")
ROLES_HERE = N_("Roles come from the people document.")
NO_SIGN_IN = N_("The pages answer on this machine only and are opened by an address that works once.")
MAY_WHAT = N_("Who may do what; “own” means: of the customers and promises that they answer for:")
WHAT = N_("What")
OWN, ALL, NOTHING = N_("own"), N_("all"), "–"
MANUAL = N_(
    "How the program is used stands in its handbook (docs, from docs/index.md on), which belongs to version "
    "{version}; the commands are described in docs/reference/commands.md."
)

TECHNICAL = N_("3. Technical system documentation")
SOFTWARE = N_("Vertrauenskonto, version {version}. How it is built: docs/explanation/architecture.md.")
HOW_KEPT = N_(
    "A fact that comes in is checked, recorded in a log to which is only added, and never changed; what was recorded "
    "by mistake is retracted by another fact and stays visible. Each fact has two times: when it happened, and when "
    "it was recorded. Every figure can be reckoned again from the log."
)
CHECKPOINTS = N_(
    "A tree of hashes covers every event (RFC 9162). A signed checkpoint is made after {events} events and every "
    "{minutes} minutes, if anything was recorded. Every change to what a checkpoint attests is found by konto audit "
    "verify, as long as the checkpoint itself is kept outside; what was recorded after it is not covered yet."
)
CHECKPOINT_KEYS = N_("Checkpoints are signed with: {keys}.")
NO_CHECKPOINT_KEY = N_("No checkpoint has been signed yet.")
COPIES = N_("Copies of checkpoints go to: {places}.")
NO_COPIES = N_("Copies of checkpoints go nowhere: they lie beside the log only.")
A_FOLDER, A_MAIL, A_WEBHOOK = N_("the folder {where}"), N_("{where}, by mail"), N_("the program {where}")
VAULT = N_(
    "Personal texts do not stand in the log but in a vault beside it, encrypted with AES-256-GCM under a key for each "
    "customer. Those keys are wrapped by a master key that lies {place}."
)
JOURNAL = N_(
    "Who looks at somebody's data, signs in or is refused, and whose rights change, stands in the access journal: each "
    "entry with the hash of the one before, the newest named by every checkpoint. Entries are kept for {months} months."
)
INTERFACES = N_("Where facts come from and messages go to:")
DOOR_HEADS = (N_("Door"), N_("Name"), N_("How"))
D_CONNECTOR, D_HOOK, D_MAILBOX, D_CALENDAR, D_CHANNEL, D_ASKED, D_MAIL, D_API = (
    N_("own mapping"),
    N_("webhook in"),
    N_("mailbox that is read"),
    N_("calendar that is read"),
    N_("channel for messages"),
    N_("system that is asked"),
    N_("mail server"),
    N_("HTTP API"),
)
D_SOURCE, CAME = N_("source"), N_("facts have come from there")
BY_ADDRESS, BY_WEBHOOK, BY_TOKEN = N_("notification service"), N_("signed webhook out"), N_("with a token of its own")
NO_MAIL = N_("none: messages are put into the folder “outgoing”")
KEYED = N_("{address}, with access keys")
CHANGED = N_("Settings that differ from the shipped ones; secrets are not shown:")
NONE_CHANGED = N_("All settings are as shipped.")
SETTING_HEADS = (N_("Setting"), N_("Value"))
SET = N_("(set, secret)")

RUNNING = N_("4. Operations documentation")
WORKER = N_(
    "A worker takes in new facts, looks every {seconds} seconds whether somebody has to be told, and sends. Whether "
    "all of it runs is said by konto doctor and the page “Operations”; konto check compares the tables with a "
    "rebuild from the log."
)
BACKUP_FILES = N_(
    "To be backed up: events.db, journal.db, keys.json, checkpoint-keys.json, erasures.jsonl, settings and documents. "
    "The program does not make these copies by itself; keys and log belong to different places."
)
BACKUP_DATABASE = N_(
    "To be backed up: the schemas {schema} and {journal} of the database, and from the installation's folder "
    "keys.json, checkpoint-keys.json, erasures.jsonl, settings and documents. The program does not make these copies "
    "by itself; keys and log belong to different places."
)
MASTER_ELSEWHERE = N_("The master key is not among these files; it has to be kept where it lies.")
KEEPING = N_("So long facts of each class are kept, counted from the end of the calendar year:")
CHANGED_YEARS = N_("{years} (shipped: {shipped})")
CLASS_HEADS = (N_("Class"), N_("Years"), N_("Law"), N_("Types of facts"))
AFTERWARDS = N_(
    "When the time of all of a customer's facts has ended, the customer is listed by konto retention --due. A hold "
    "(a claim, a duty to keep) or an open promise stops the erasure. Nobody is erased without being asked for by an "
    "admin. Erasing destroys the customer's key and texts; the log stays whole and figures stay the same. Copies "
    "from before still hold them until they are deleted."
)
ON_REQUEST = N_("Somebody's data on request: konto access (Art. 15 GDPR), konto erase (Art. 17).")

CONTROLS = N_("5. Technical and organisational measures")
MEASURES = (
    N_("Who may see and do what is checked with every question, by role; what is not named is not allowed."),
    N_(
        "Figures of one employee open to managers only while an admin has recorded basis, purpose and end; each look "
        "is noted."
    ),
    N_("Keys of programs are 256 bits, stored as hashes, shown once, and can be limited and revoked."),
    N_(
        "Wrong keys are slowed down by key and address; the HTTP API takes at most {asked} questions a minute of a key."
    ),
    N_("Secrets and customers' texts are not written into the program's own logs; those name internal ids."),
    N_("A fact is recorded once, by its source and id; a fact that is not possible is refused with its reason."),
    N_("Documents that steer the figures are kept in versions with the moment from which they count."),
    N_("Without a sign-in nothing but this machine itself is answered, or the program does not start."),
)

CHANGES = N_("6. Changes")
VERSIONS = N_("Versions of the documents that steer the figures:")
VERSION_HEADS = (N_("Document"), N_("Counts from"), N_("Recorded"), N_("SHA-256 begins with"))
FROM_THE_BEGINNING, SHIPPED = N_("from the beginning"), N_("shipped")
MASTERS = N_("Master keys:")
MASTER_HEADS = (N_("Mark"), N_("Place"), N_("Made"), N_("Destroyed"))
IN_USE, BEING_EXCHANGED = N_("in use"), N_("being exchanged")
STEPS = N_("Steps by which the log's store came to be as it is: {steps}.")
PROGRAM = N_("What changed in the program stands in CHANGELOG.md.")

TO_FILL_IN = N_("7. To be filled in by the firm")
QUESTIONS = (
    N_("Who is responsible for the procedure, for data protection, and for the technology, and since when?"),
    N_("On which machines, at which place and by whom is it run? Is there a contract on processing (Art. 28 GDPR)?"),
    N_("Who brings facts in by hand, who releases new versions of rulebook and calendars, and how is that checked?"),
    N_("Where are the originals of letters and vouchers kept, and for how long?"),
    N_("On which legal basis is it used, were employees and, where there is one, the works council informed?"),
    N_(
        "How often are copies made, where do they lie, how long are they kept, and when was putting one back tried "
        "last?"
    ),
    N_("Who keeps the master key and the checkpoints that lie outside, and who may get at both?"),
    N_("Are disks encrypted, is the machine kept up to date, who has access to the room and to the operating system?"),
    N_("Where does a class of keeping differ from what is shipped, and why?"),
    N_("Since when has this text counted, which text did it replace, and who released it?"),
)
ROLE_NAMES: dict[Role, str] = {
    "owner": N_("owner"),
    "manager": N_("manager"),
    "auditor": N_("auditor"),
    "admin": N_("admin"),
}
DOCUMENTS: dict[DocumentKind, str] = {
    "rulebook": N_("rulebook"),
    "calendars": N_("calendars"),
    "people": N_("people"),
}
RIGHTS: dict[What, str] = {
    "customers": N_("see customers and their accounts"),
    "promises": N_("see promises"),
    "contacts": N_("see contacts"),
    "incidents": N_("see incidents"),
    "suppliers": N_("see suppliers"),
    "figures": N_("see figures"),
    "figures_per_person": N_("see figures per person while they are open"),
    "open_figures": N_("open and close figures per person"),
    "advice": N_("ask the adviser"),
    "tests": N_("test figures and rules"),
    "alerts": N_("see alerts"),
    "documents": N_("read rulebook, calendars and people"),
    "audit": N_("audit the past"),
    "looks": N_("see who looked, signed in and was refused"),
    "record": N_("record facts"),
    "merge": N_("merge and separate customers"),
    "acknowledge": N_("answer alerts"),
    "publish_rulebook": N_("publish the rulebook"),
    "publish_calendars": N_("publish calendars"),
    "publish_people": N_("publish people"),
    "deliveries": N_("see how it runs"),
    "keys": N_("look after access keys and the master key"),
    "connectors": N_("look after connections"),
    "erase": N_("erase and hold"),
    "access": N_("give people what is held about them"),
}


def described(asking: Asking) -> Procedure:
    """Raises NotAllowed."""
    allowed(asking.konto.asker, "audit")
    t, settings = asking.t, asking.konto.settings
    firm = settings.firm or t.gettext(NO_FIRM)
    return Procedure(
        t.gettext(TITLE),
        firm,
        (t.gettext(AS_OF).format(day=_day(asking, asking.now), version=our_version()), t.gettext(NO_PROMISE)),
        (
            Section(t.gettext(GENERAL), tuple(_general(asking, firm))),
            Section(t.gettext(USERS), tuple(_users(asking))),
            Section(t.gettext(TECHNICAL), tuple(_technical(asking))),
            Section(t.gettext(RUNNING), tuple(_running(asking))),
            Section(t.gettext(CONTROLS), (_measures(asking),)),
            Section(t.gettext(CHANGES), tuple(_changes(asking))),
            Section(t.gettext(TO_FILL_IN), (Items(tuple(map(t.gettext, QUESTIONS))),)),
        ),
    )


def _day(asking: Asking, at: Any) -> str:
    return format.day_figures(at.astimezone(asking.zone).date(), asking.t.lang, year=True)


def _heads(asking: Asking, heads: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(asking.t.gettext, heads))


def _general(asking: Asking, firm: str) -> Iterator[Block]:
    t, settings = asking.t, asking.konto.settings
    yield t.gettext(PURPOSE).format(firm=firm)
    if stores.is_shared(settings.store):
        yield t.gettext(DATABASE).format(schema=settings.store.db_schema, tables=stores.tables_schema(settings.store))
    else:
        yield t.gettext(FILES)
    yield t.gettext(ZONE).format(zone=settings.zone)


def _users(asking: Asking) -> Iterator[Block]:
    t, settings = asking.t, asking.konto.settings
    persons = asking.konto.steering.people.at(asking.now).persons
    if persons:
        yield t.gettext(PEOPLE)
        counted = [(role, sum(role in person.roles for person in persons)) for role in ROLES]
        rows = tuple((t.gettext(ROLE_NAMES[role]), format.number(n, t.lang)) for role, n in counted)
        yield Table(_heads(asking, ROLE_HEADS), rows)
    else:
        yield t.gettext(LOCAL)
    if settings.login.is_set:
        claim = settings.login.roles_claim
        yield t.gettext(SIGN_IN).format(hours=format.number(settings.login.hours, t.lang))
        yield t.gettext(ROLES_FROM).format(claim=claim) if claim else t.gettext(ROLES_HERE)
    else:
        yield t.gettext(NO_SIGN_IN)
    yield t.gettext(MAY_WHAT)
    yield _rights(asking)
    yield t.gettext(MANUAL).format(version=our_version())


def _rights(asking: Asking) -> Table:
    t = asking.t
    reach = {"own": t.gettext(OWN), "all": t.gettext(ALL), None: NOTHING}
    rows = tuple((t.gettext(RIGHTS[what]), *(reach[MAY[role].get(what)] for role in ROLES)) for what in get_args(What))
    return Table((t.gettext(WHAT), *(t.gettext(ROLE_NAMES[role]) for role in ROLES)), rows)


def _technical(asking: Asking) -> Iterator[Block]:
    t, settings = asking.t, asking.konto.settings
    yield t.gettext(SOFTWARE).format(version=our_version())
    yield t.gettext(HOW_KEPT)
    minutes = format.number(settings.audit.minutes, t.lang)
    yield t.gettext(CHECKPOINTS).format(events=format.number(settings.audit.events, t.lang), minutes=minutes)
    # Never asked where there is no checkpoint: a key is made at first use.
    keys = attesting.keys(asking.konto).public if attesting.newest(asking.konto) else ()
    signed = ", ".join(map(str, keys))
    yield t.gettext(CHECKPOINT_KEYS).format(keys=signed) if keys else t.gettext(NO_CHECKPOINT_KEY)
    places = list(_copies(asking))
    yield t.gettext(COPIES).format(places=", ".join(places)) if places else t.gettext(NO_COPIES)
    yield t.gettext(VAULT).format(place=t.gettext(names.MASTER_KEY_PLACES[_masters(asking)[-1].place]))
    yield t.gettext(JOURNAL).format(months=format.number(settings.audit.looks_months, t.lang))
    yield t.gettext(INTERFACES)
    yield Table(_heads(asking, DOOR_HEADS), tuple(_doors(asking)))
    changed = tuple(_changed(asking, settings))
    yield t.gettext(CHANGED if changed else NONE_CHANGED)
    if changed:
        yield Table(_heads(asking, SETTING_HEADS), changed)


def _copies(asking: Asking) -> Iterator[str]:
    audit = asking.konto.settings.audit
    for text, where in ((A_FOLDER, audit.folder), (A_MAIL, audit.mail), (A_WEBHOOK, audit.webhook)):
        if where is not None:
            yield asking.t.gettext(text).format(where=where)


def _masters(asking: Asking) -> list[registry.Master]:
    """What counts stands last."""
    with asking.konto.log.store.reading() as cursor:
        return sorted(registry.registered(cursor), key=lambda each: each.state == "current")


def _doors(asking: Asking) -> Iterator[tuple[str, str, str]]:
    t, settings = asking.t, asking.konto.settings
    with asking.konto.log.store.reading() as cursor:
        sources = cursor.execute("SELECT source FROM sources WHERE source <> ? ORDER BY source", (OURSELVES,)).all()
    for row in sources:
        yield t.gettext(D_SOURCE), row[0], t.gettext(CAME)
    for each in connectors(asking.konto.home):
        if not each.shipped:
            yield t.gettext(D_CONNECTOR), each.name, ", ".join(each.gives)
    for name, hook in sorted(settings.hooks.items()):
        yield t.gettext(D_HOOK), name, f"{hook.mapping or name}, {hook.signature}"
    for name, mailbox in sorted(settings.mailboxes.items()):
        yield t.gettext(D_MAILBOX), name, f"{mailbox.host}, {mailbox.security}"
    for name, calendar in sorted(settings.appointments.items()):
        yield t.gettext(D_CALENDAR), name, calendar.kind
    for name in sorted(settings.connectors):
        yield t.gettext(D_ASKED), name, t.gettext(BY_TOKEN)
    mail = settings.mail
    yield t.gettext(D_MAIL), mail.host or NOTHING, mail.security if mail.host else t.gettext(NO_MAIL)
    for name in sorted(settings.channels):
        yield t.gettext(D_CHANNEL), name, t.gettext(BY_ADDRESS)
    for name in sorted(settings.webhooks):
        yield t.gettext(D_CHANNEL), name, t.gettext(BY_WEBHOOK)
    yield t.gettext(D_API), NOTHING, t.gettext(KEYED).format(address=settings.api.address)


def _changed(asking: Asking, settings: Settings) -> Iterator[tuple[str, str]]:
    shipped = Settings()
    for setting in environment.each(Settings):
        mine, theirs = (_value(whole, setting.section, setting.name) for whole in (settings, shipped))
        if mine != theirs:
            name = ".".join(filter(None, (setting.section, setting.name)))
            yield name, asking.t.gettext(SET) if isinstance(mine, SecretStr) else str(mine)


def _value(settings: BaseModel, section: str | None, name: str) -> Any:
    return getattr(getattr(settings, section) if section else settings, name)


def _running(asking: Asking) -> Iterator[Block]:
    t, settings = asking.t, asking.konto.settings
    yield t.gettext(WORKER).format(seconds=format.number(settings.worker.tick_seconds, t.lang))
    shared = stores.is_shared(settings.store)
    yield t.gettext(BACKUP_DATABASE if shared else BACKUP_FILES).format(
        schema=settings.store.db_schema, journal=stores.journal_schema(settings.store)
    )
    if _masters(asking)[-1].place != "file":
        yield t.gettext(MASTER_ELSEWHERE)
    yield t.gettext(KEEPING)
    yield _classes(asking)
    yield t.gettext(AFTERWARDS)
    yield t.gettext(ON_REQUEST)


def _classes(asking: Asking) -> Table:
    t, rules = asking.t, retaining.of(asking.konto.settings)
    rows = [
        (
            t.gettext(names.RETENTION[each]),
            _years(asking, rules.years[each], YEARS[each]),
            LAWS[each],
            ", ".join(sorted(kind for kind, of in rules.types.items() if of == each)) or NOTHING,
        )
        for each in CLASSES
    ]
    return Table(_heads(asking, CLASS_HEADS), tuple(rows))


def _years(asking: Asking, chosen: int, shipped: int) -> str:
    years = format.number(chosen, asking.t.lang)
    if chosen == shipped:
        return years
    return asking.t.gettext(CHANGED_YEARS).format(years=years, shipped=format.number(shipped, asking.t.lang))


def _measures(asking: Asking) -> Items:
    asked = format.number(asking.konto.settings.api.asked_a_minute, asking.t.lang)
    return Items(tuple(asking.t.gettext(each).format(asked=asked) for each in MEASURES))


def _changes(asking: Asking) -> Iterator[Block]:
    t = asking.t
    yield t.gettext(VERSIONS)
    rows = [
        (
            t.gettext(DOCUMENTS[kind]),
            t.gettext(FROM_THE_BEGINNING) if each.start is None else _moment(asking, each.start),
            t.gettext(SHIPPED) if each.recorded is None else _moment(asking, each.recorded),
            sha256(each.content.encode()).hexdigest()[:MARK_CHARS],
        )
        for kind in DEFAULTS
        for each in versions(asking.konto, kind)
    ]
    yield Table(_heads(asking, VERSION_HEADS), tuple(rows))
    yield t.gettext(MASTERS)
    states = {"current": IN_USE, "leaving": BEING_EXCHANGED}
    yield Table(
        _heads(asking, MASTER_HEADS),
        tuple(
            (
                each.id,
                t.gettext(names.MASTER_KEY_PLACES[each.place]),
                _moment(asking, each.made),
                _moment(asking, each.gone) if each.gone else t.gettext(states[each.state]),
            )
            for each in _masters(asking)
        ),
    )
    with asking.konto.log.store.reading() as cursor:
        steps = [row[0] for row in cursor.execute("SELECT name FROM schema_steps ORDER BY step").all()]
    yield t.gettext(STEPS).format(steps=", ".join(steps))
    yield t.gettext(PROGRAM)


def _moment(asking: Asking, at: Any) -> str:
    return format.moment_to_keep(at, asking.zone, asking.t.lang)


# -- as Markdown ----------------------------------------------------------------------------------------


def markdown(procedure: Procedure) -> str:
    lines = [f"# {_literal(procedure.title)}: {_literal(procedure.firm)}", ""]
    for text in procedure.about:
        lines += [_literal(text), ""]
    for section in procedure.sections:
        lines += [f"## {_literal(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return "\n".join(lines).rstrip() + "\n"


def _block(block: Block) -> list[str]:
    match block:
        case Items(items):
            return [f"- {_literal(each)}" for each in items]
        case Table(heads, rows):
            written = [heads, ("---",) * len(heads), *(tuple(map(_literal, row)) for row in rows)]
            return ["| " + " | ".join(row) + " |" for row in written]
        case _:
            return [_literal(block)]


def _literal(text: str) -> str:
    """What the firm wrote means itself: no sign of it is read as Markdown, and none as HTML."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#" else char for char in " ".join(text.split()))
