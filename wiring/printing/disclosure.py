"""Everything that is held about one person, on paper: the same as the file for programs, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from domain.lives import kind_of
from projections.disclosure import Disclosure
from wiring.asking import Asking
from wiring.printing.press import Paper, printed
from wiring.told.disclosure import Access, Told, Waits, Who, in_short, one_of_us, recipient
from words import N_, Translator, format, names
from words.fields import FIELDS, VALUES

TEMPLATE: Final = "disclosure.typ"

TITLE = N_("What we hold about {customer}")
PRINTED = N_("Access under Art. 15 GDPR")
AS_OF = N_("As of {moment}")
NUMBER = N_("Number {id}")
HOLDS = N_("Here stands everything that is recorded about you, what follows from it, and what was left out and why.")
BESIDE = N_("The same stands in {file}, in a form that programs read (Art. 20 GDPR).")
TO_FILL_IN = N_("to be filled in by us")
PAGE = N_("Page {n} of {m}")
CONTENTS = N_("What stands where")

WHO, FIGURES, LOGIC = N_("Who you are to us"), N_("What follows from it"), N_("How these figures come about")
LEFT_OUT, INFORMATION = N_("What was left out, and why"), N_("What else you should know")
PROMISES, CONTACTS, INCIDENTS = N_("Promises"), N_("Contacts"), N_("Incidents")
DETAILS, WAITING = N_("Your details, feedback and recommendations"), N_("What waits for something unknown")
STATEMENT, REMINDERS = N_("The account line by line"), N_("Reminders to our people about you")

NOTHING_LEFT_OUT = N_("Nothing was left out.")
HOW_OFTEN = N_("{text} Left out: {n}.")
NONE = N_("None.")
SURVIVOR, DUPLICATE = N_("{source}, number {id}"), N_("{source}, number {id} (merged: the same customer)")
RECORDED = N_("recorded {moment}")
FROM_YOU = N_("from you")
WITHDRAWN_BECAUSE = N_("recorded by mistake, retracted {moment}: {reason}")
WITHDRAWN = N_("recorded by mistake, retracted {moment}")
SET_ASIDE = N_("waits for what it refers to")
WAITS_SINCE = N_("waits since {moment}")
COUNTS_TODAY = N_("counts {points} today")
PROVISIONAL = N_("for the time being")
LINES_EXPLAINED = N_("Points with their sign: a deposit has a plus. Beside it stands what is left of them today.")
THING: Final = {"promise": N_("Promise {id}"), "contact": N_("Contact {id}"), "incident": N_("Incident {id}")}
NAMELESS: Final = {"promise": N_("Another customer's promise"), "contact": N_("Another customer's contact"),
                   "incident": N_("Another customer's incident")}  # fmt: skip
SHORT: Final = {
    "third_person": N_("left out: another person's name"),
    "other_customer": N_("left out: it is another customer's"),
    "erased": N_("erased"),
}
TO_WHOM = N_("to {name}")
AT_RISK = N_("at risk")

BESIDE_EACH_OTHER: Final = 50
"""Letters of a field that does not need a line of its own."""
KEPT_TOGETHER: Final = 1_000
"""Letters of an entry that stands on one page; a longer one may go on on the next."""

Block = dict[str, Any]


def pdf(asking: Asking, found: Disclosure, told: Access, beside: str) -> bytes:
    """`told` in the asker's language; `beside` names the file for programs."""
    return printed(TEMPLATE, paper(asking, found, told, beside), found.at)


def paper(asking: Asking, found: Disclosure, told: Access, beside: str) -> Paper:
    """What the template prints: sections of blocks, each a text, a label with its value, an entry or a line."""
    return _Writer(asking, found, told).paper(beside)


class _Writer:
    def __init__(self, asking: Asking, found: Disclosure, told: Access) -> None:
        self.asking, self.found, self.told = asking, found, told
        self.t: Translator = asking.t
        self.lang = asking.t.lang
        self.own_ids = {id for who in told["identity"] for id in (who["own_id"], f"{who['source']}:{who['own_id']}")}

    def paper(self, beside: str) -> Paper:
        t, found = self.t, self.found
        firm = self.asking.konto.settings.firm or "Vertrauenskonto"
        called, moment = self.name_of_all(), self.moment(found.at)
        own_id = self.told["identity"][0]["own_id"] or "–"
        return {
            "lang": self.lang,
            "title": t.gettext(TITLE).format(customer=called),
            "firm": firm,
            "printed": t.gettext(PRINTED),
            "about": [
                f"{t.gettext(AS_OF).format(moment=moment)} · {t.gettext(NUMBER).format(id=own_id)}",
                f"{t.gettext(HOLDS)} {t.gettext(BESIDE).format(file=beside)}",
            ],
            "contents": t.gettext(CONTENTS),
            "sections": [
                {"title": t.gettext(title), "blocks": blocks}
                for title, make in self.sections()
                if (blocks := list(make))
            ],
            "blank": t.gettext(TO_FILL_IN),
            "foot": f"{firm} · {called[:80]} · {moment}",
            "page": t.gettext(PAGE),
        }

    def name_of_all(self) -> str:
        """Of whoever they are now; a number where nobody told a name, or it was erased."""
        who = self.told["identity"][0]
        return who["name"] or who["own_id"] or who["id"]

    def sections(self) -> Iterator[tuple[str, Iterable[Block]]]:
        """What is short first: nobody should have to look for it behind a thousand promises."""
        yield WHO, self.who()
        yield FIGURES, self.figures()
        yield LOGIC, (_text(each) for each in self.told["information"]["logic"])
        yield LEFT_OUT, self.left_out()
        yield INFORMATION, self.information()
        yield PROMISES, self.things("promise")
        yield CONTACTS, self.things("contact")
        yield INCIDENTS, self.things("incident")
        yield DETAILS, self.entries(each for each in self.told["facts"] if kind_of(each["subject"]) == "customer")
        yield WAITING, (self.waiting(each) for each in self.told["waiting"])
        yield STATEMENT, self.statement()
        yield REMINDERS, self.reminders()

    # -- in short -----------------------------------------------------------------------------------------

    def who(self) -> Iterator[Block]:
        for each in self.told["identity"]:
            called = self.t.gettext(DUPLICATE if each["merged"] else SURVIVOR)
            yield _part(called.format(source=each["source"], id=each["own_id"] or "–"))
            yield from (_row(*labelled) for labelled in self.identity(each))

    def identity(self, who: Who) -> Iterator[tuple[str, str]]:
        for name, value in who.items():
            if name in FIELDS and value is not None:
                yield self.label(name), self.value(name, one_of_us(str(value), self.t) if name == "owner" else value)

    def figures(self) -> Iterator[Block]:
        t, account = self.t, self.told["derived"]["account"]
        trust, felt = account["reliability"], account["sensitivity"]
        low, high = trust["interval"]
        share = t("no figure yet") if trust["value"] is None else format.percent(trust["value"], self.lang)
        rests = t.ngettext("Rests on {n} promise", "Rests on {n} promises", trust["rests_on"])
        surely = t("Surely between {between} (9 in 10).").format(between=format.percent_between(low, high, self.lang))
        rests = f"{rests.format(n=format.number(trust['rests_on'], self.lang))}. {surely}"
        yield _row(t("Balance"), format.points(round(account["balance"] * 100), self.lang, decimals=2))
        yield _row(t("Stage"), f"{t.gettext(names.STAGES[account['stage']])}. {account['stage_reason']}")
        yield _row(t("Buffer"), format.number(account["buffer"], self.lang, 2))
        yield _row(t("Reliability"), f"{share}. {rests}")
        yield _row(t("Sensitivity"), format.number(felt["value"], self.lang, 2))
        yield from self.rhythm()
        yield from self.estimates()

    def rhythm(self) -> Iterator[Block]:
        t, rhythm = self.t, self.told["derived"]["rhythm"]
        if rhythm is None:
            return
        usual = rhythm["usual_gap_days"]
        yield _row(t("Last talk"), "–" if rhythm["last"] is None else self.told_at(rhythm["last"]))
        yield _row(t("Usual gap"), t("not known yet") if usual is None else self.days(usual))
        yield _row(t("Silence says something from"), self.told_at(rhythm["silent_from"]))
        for habit in rhythm["habits"]:
            every = t("every {days}, last {moment}")
            purpose = t.gettext(VALUES["purpose"][habit["purpose"]])
            said = every.format(days=self.days(habit["every_days"]), moment=self.told_at(habit["last"]))
            yield _row(t("Regularly {purpose}").format(purpose=purpose), said)

    def days(self, days: float) -> str:
        return format.duration(days * 86_400, self.lang)

    def estimates(self) -> Iterator[Block]:
        t = self.t
        for each in self.told["derived"]["estimates"]:
            share = each["probability"]
            said = t("too little known") if share is None else format.of_ten(share, self.lang)
            risk = f", {t.gettext(AT_RISK)}" if each["at_risk"] else ""
            yield _row(t("Probably kept: {what}").format(what=in_short(each["what"] or each["promise"])), said + risk)

    def left_out(self) -> Iterator[Block]:
        for each in self.told["withheld"]:
            n = format.number(each["count"], self.lang)
            yield _text(self.t.gettext(HOW_OFTEN).format(text=each["text"], n=n))
        if not self.told["withheld"]:
            yield _text(self.t.gettext(NOTHING_LEFT_OUT))
        for colleague in self.told["colleagues"]:
            if colleague["role"]:
                yield _row(one_of_us(colleague["id"], self.t), self.t.gettext(ROLES[colleague["role"]]))

    def information(self) -> Iterator[Block]:
        t, told = self.t, self.told["information"]
        controller = told["controller"]
        yield self.row_or_blank(t("Responsible"), controller["name"])
        yield self.row_or_blank(t("Address"), controller["address"])
        yield self.row_or_blank(t("Data protection officer, if there is one"), controller["officer"])
        yield _listed(t("What for"), told["purposes"])
        yield _listed(t("What kinds of data"), told["categories"])
        yield _listed(t("Who gets it"), told["recipients"])
        yield _row(t("Other countries"), told["transfers"])
        if told["leaves_the_union"]:
            yield self.row_or_blank(t("What protects it there"), None)
        yield _row(t("For how long"), told["retention"])
        yield _listed(t("Where it comes from"), told["sources"])
        yield _listed(t("Your rights"), told["rights"])
        yield self.row_or_blank(t("Supervisory authority"), told["authority"])

    def row_or_blank(self, label: str, value: str | None) -> Block:
        return _row(label, "", is_blank=True) if value is None else _row(label, value)

    # -- facts ------------------------------------------------------------------------------------------------

    def things(self, kind: str) -> Iterator[Block]:
        """Each promise, contact or incident with its facts, in the order in which they began."""
        together: dict[str, list[Told]] = {}
        for fact in self.told["facts"]:
            if kind_of(fact["subject"]) == kind:
                together.setdefault(fact["subject"], []).append(fact)
        rows = {row["subject"]: row for row in self.told["derived"][f"{kind}s"]}  # type: ignore[literal-required]
        for subject, facts in together.items():
            own_id = next((fact["data"][kind] for fact in facts if fact["data"].get(kind)), None)
            yield self.heading(kind, subject, own_id, rows.get(subject))
            yield from self.entries(facts, beside={kind: own_id})

    def called(self, subject: str) -> str | None:
        said = self.found.called.get(subject)
        return None if said is None else in_short(said)

    def heading(self, kind: str, subject: str, own_id: str | None, row: Mapping[str, Any] | None) -> Block:
        t = self.t
        named = t.gettext(NAMELESS[kind]) if own_id is None else t.gettext(THING[kind]).format(id=own_id)
        said = self.called(subject)
        states = {"promise": names.PROMISE_STATES, "contact": names.CONTACT_STATES, "incident": names.INCIDENT_STATES}
        state = None if row is None or row["state"] is None else t.gettext(states[kind][row["state"]])
        return _part(f"{named}: {said}" if said else named, state or "")

    def entries(self, facts: Iterable[Told], beside: Mapping[str, Any] | None = None) -> Iterator[Block]:
        """`beside`: what stands above them and need not be said again; of another's fact no field is told."""
        for fact in facts:
            # What the sentence says in full is not said twice.
            shown = {name: value for name, value in fact["data"].items() if not _says(fact["text"], name, value)}
            is_anothers = set(fact["withheld"].values()) == {"other_customer"} and not any(shown.values())
            fields = [] if is_anothers else self.fields(shown, fact["withheld"], beside or {})
            yield self.entry(fact["time"], fact["text"], fields, self.note(fact), fact["status"] == "retracted")

    def entry(
        self, at: str | None, text: str, fields: Sequence[tuple[str, str]], note: str, is_struck: bool = False
    ) -> Block:
        """Short fields stand beside each other."""
        short = [field for field in fields if len(field[0]) + len(field[1]) <= BESIDE_EACH_OTHER]
        long = [field for field in fields if field not in short]
        return self.block(at, text, note, short=short, long=long, struck=is_struck)

    def block(self, at: str | None, text: str, note: str, **more: Any) -> Block:
        letters = sum(len(said) for said in (text, note, *(value for _, value in more["long"])))
        when = "" if at is None else self.told_at(at)
        is_whole = letters <= KEPT_TOGETHER
        return {"is": "entry", "time": when, "text": text, "note": note, "whole": is_whole, **more}

    def note(self, fact: Told) -> str:
        t, gone = self.t, fact["retracted"]
        parts = [t.gettext(RECORDED).format(moment="–" if fact["recorded"] is None else self.told_at(fact["recorded"]))]
        parts += [self.origin(fact["source"], fact["id"])]
        if any(fact["data"].get(name) is not None for name in fact["provided"]):
            parts.append(t.gettext(FROM_YOU))
        if gone is not None:
            said = t.gettext(WITHDRAWN_BECAUSE if gone["reason"] else WITHDRAWN)
            at = "–" if gone["recorded"] is None else self.told_at(gone["recorded"])
            parts.append(said.format(moment=at, reason=gone["reason"]))
        if fact["status"] == "parked":
            parts.append(t.gettext(SET_ASIDE))
        return " · ".join(parts)

    def origin(self, source: str, id: str | None) -> str:
        return f"{source}:{id}" if id else source

    def waiting(self, each: Waits) -> Block:
        since = "–" if each["since"] is None else self.told_at(each["since"])
        note = f"{self.t.gettext(WAITS_SINCE).format(moment=since)} · {self.origin(each['source'], each['id'])}"
        return self.entry(each["time"], each["text"], self.fields(each["data"], each["withheld"], {}), note)

    # -- fields -----------------------------------------------------------------------------------------------

    def fields(
        self, data: Mapping[str, Any], withheld: Mapping[str, str], beside: Mapping[str, Any]
    ) -> list[tuple[str, str]]:
        return [
            (self.label(name), self.field(name, value, withheld.get(name)))
            for name, value in data.items()
            if not (name in beside and value == beside[name]) and not (name == "customer" and value in self.own_ids)
        ]

    def label(self, name: str) -> str:
        return self.t.gettext(FIELDS[name])

    def field(self, name: str, value: Any, reason: str | None) -> str:
        if reason == "colleague":
            return one_of_us(value, self.t)
        return self.t.gettext(SHORT[reason]) if reason else self.value(name, value)

    def value(self, name: str, value: Any) -> str:
        t = self.t
        match value:
            case None:
                return "–"
            case bool():
                return t("yes") if value else t("no")
            case int() | float():
                if name == "degree":
                    return (
                        format.percent(value, self.lang) if value <= 1 else f"{format.number(value * 100, self.lang)} %"
                    )
                return format.number(value, self.lang, 0 if value == int(value) else 2)
            case {"source": source, "id": id}:
                return f"{source}:{id}"
        if name in VALUES:
            return t.gettext(VALUES[name][value])
        if name == "language":
            return format.language_name(value, self.lang)
        return self.day_or_moment(value) if name in ("due", "since") else str(value)

    def day_or_moment(self, text: str) -> str:
        return self.day(date.fromisoformat(text)) if len(text) == len("2026-03-12") else self.told_at(text)

    def told_at(self, text: str | None) -> str:
        assert text is not None
        return self.moment(datetime.fromisoformat(text))

    def moment(self, at: datetime) -> str:
        """With the year: a paper is read much later; with the time of day unless it is midnight."""
        local = at.astimezone(self.asking.zone)
        day = self.day(local.date())
        return day if local.time() == time() else f"{day}, {format.clock(local.time(), self.lang)}"

    def day(self, on: date) -> str:
        return format.day_figures(on, self.lang, year=True)

    # -- lists at the end -------------------------------------------------------------------------------------

    def statement(self) -> Iterator[Block]:
        t, lines = self.t, self.told["derived"]["account"]["lines"]
        yield _text(t.gettext(LINES_EXPLAINED) if lines else t.gettext(NONE))
        for line in lines:
            postings = ", ".join(filter(None, (self.weight(line), t.gettext(PROVISIONAL) * line["provisional"])))
            yield {
                "is": "line",
                "time": self.told_at(line["time"]),
                "points": format.points(round(line["points"] * 100), self.lang, signed=True, decimals=2),
                "text": line["text"],
                "note": postings,
            }

    def weight(self, line: Mapping[str, Any]) -> str:
        counts = format.points(round(line["counts"] * 100), self.lang, signed=True, decimals=2)
        return self.t.gettext(COUNTS_TODAY).format(points=counts)

    def reminders(self) -> Iterator[Block]:
        t, alerts = self.t, self.told["derived"]["alerts"]
        if not alerts:
            yield _text(t.gettext(NONE))
        for each in alerts:
            rule = each["text"][:1].upper() + each["text"][1:]
            text = f"{rule}: {each['about']}" if each["about"] else rule
            became = [(self.told_at(event["time"]), event["text"]) for event in each["became"]]
            note = t.gettext(TO_WHOM).format(name=recipient(each["recipient"], t))
            yield self.block(each["raised"], text, note, short=[], long=became, struck=False)


ROLES: Final = {
    "owner": N_("looks after customers"),
    "manager": N_("leads"),
    "auditor": N_("audits"),
    "admin": N_("looks after this program"),
}


def _says(text: str, name: str, value: Any) -> bool:
    return name in ("what", "text") and isinstance(value, str) and value in text


def _text(text: str) -> Block:
    return {"is": "text", "text": text}


def _part(title: str, note: str = "") -> Block:
    return {"is": "part", "title": title, "note": note}


def _row(label: str, value: str, *, is_blank: bool = False) -> Block:
    return {"is": "row", "label": label, "value": value, "blank": is_blank}


def _listed(label: str, items: Sequence[str]) -> Block:
    return {"is": "list", "label": label, "items": list(items)}
