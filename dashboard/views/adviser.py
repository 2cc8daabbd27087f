"""May I promise that? Who, what, by when and to whom stay in the address."""

from __future__ import annotations

import streamlit as st

from dashboard import address, charts, data, look, measures, places, say
from dashboard.look import plain, quiet
from dashboard.shapes.adviser import AccountInShort, Advice, AdviceAsked, AdvicePage
from dashboard.visit import Visit, visit
from words import format


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    asked = AdviceAsked(
        owner=st.query_params.get("owner"),
        kind=address.asked("kind", tuple(say.KINDS), "other"),
        due=address.asked_day_ahead("due", here.today),
        customer=st.query_params.get("customer"),
        severity=address.asked("severity", tuple(say.WEIGHTS), "normal"),
    )
    found = data.ask().advice(here.reader, asked)
    look.head(t("May I promise that?"), t("The adviser looks at what became of earlier promises and at open work."))
    if found.owner is None:
        with look.card("empty"):
            look.nothing_yet(
                t("Nobody has promised anything yet."),
                t("The adviser learns from promises: `konto import FILE` or `konto capture TEXT`."),
            )
        return
    form, answer = st.columns([1, 2.25], gap="small")
    with form:
        with look.card("wanted"):
            _form(found, found.owner, here)
        if found.customer:
            with look.card("in_short"):
                _in_short(found.customer, here)
    with answer:
        if found.advice:
            _answer(found.advice, here)
        else:
            with look.card("refused"):
                st.markdown(found.refused or "")


# -- asking ---------------------------------------------------------------------------------------


def _form(found: AdvicePage, owner: str, here: Visit) -> None:
    t = here.t
    look.title(t("Your promise"))
    _customer(found.customer, here)
    address.select(
        t("What"), "kind", tuple(say.KINDS), "other", lambda name: say.word(say.KINDS, name, t), labelled=True
    )
    address.select(t("Who does it"), "owner", found.people, owner, str, labelled=True, always=True)
    address.day_ahead(
        t("By when"), "due", found.due, here.today, here.reader.lang, help=t("Until the end of this day.")
    )
    st.markdown(f":small[{quiet(_ahead(found.business_days, here))}]")
    address.select(
        t("How much hangs on it"),
        "severity",
        tuple(say.WEIGHTS),
        "normal",
        lambda name: say.word(say.WEIGHTS, name, t),
        labelled=True,
    )


def _ahead(days: int, here: Visit) -> str:
    text = here.t.ngettext("{n} business day from now", "{n} business days from now", days)
    return text.format(n=format.number(days, here.reader.lang))


def _customer(chosen: AccountInShort | None, here: Visit) -> None:
    t = here.t
    if chosen:
        words = t("For {name}").format(name=plain(chosen.name))
        address.narrowed(words, "customer", help=t("Ask without a customer"))
        return
    text = address.text(t("For whom"), "search", hint=t("Name, may be left out"))
    if not text:
        return
    hits = data.ask().names(here.reader, text)
    with st.container(gap=None):
        for customer, name in hits:
            address.choose(plain(name), "customer", customer, forgets="search")
    if not hits:
        st.markdown(f":small[{quiet(t('Nobody of that name.'))}]")


# -- answering ------------------------------------------------------------------------------------


def _answer(advice: Advice, here: Visit) -> None:
    t = here.t
    with look.card("answer"):
        st.header(plain(advice.headline), anchor=False)
        badge = f":yellow-badge[:material/schedule: {t('not safe enough')}]"
        sure = advice.sure if advice.is_safe or not advice.is_known else f"{badge}\u2002{advice.sure}"
        load = f":material/layers: {plain(advice.load)}" if advice.overloaded else plain(advice.load)
        st.markdown(f"{sure}  \n{load}")
        look.show(charts.possible_days(advice.days, advice.safe_from, here.style))
        look.foot(_foot(advice, here))
        if advice.instead:
            st.markdown(f":material/subdirectory_arrow_right: {advice.instead}")
    if advice.wording is None:
        with look.card("steps"):
            _steps(advice, here)
        return
    left, right = st.columns([1.15, 1], gap="small")
    with left, look.card("steps", stretch=True):
        _steps(advice, here)
    with right, look.card("wording", stretch=True):
        look.title(t("How you can say it"))
        st.code(advice.wording, language=None, wrap_lines=True)
        look.foot(t("To copy, and to change as it suits the customer."))


def _foot(advice: Advice, here: Visit) -> str:
    t, lang = here.t, here.reader.lang
    text = t("Bar: where the value surely lies (9 in 10). Dashed: from here we promise ({n}, from the rulebook).")
    return f"{text.format(n=format.of_ten(advice.safe_from, lang))} {measures.rests_on_promises(advice.rests_on, here)}"


def _steps(advice: Advice, here: Visit) -> None:
    t = here.t
    look.title(t("How the figure comes about"))
    if advice.steps:
        st.markdown("\n".join(f"- {plain(step)}" for step in advice.steps))
    else:
        st.markdown(quiet(t("No promise has ended yet.")))
    look.foot(advice.no_mark)


def _in_short(account: AccountInShort, here: Visit) -> None:
    t = here.t
    look.title(t("{name} in short").format(name=plain(account.name)), icon="account_balance_wallet")
    balance = format.points(account.balance, here.reader.lang, decimals=0)
    stage = say.word(say.STAGES, account.stage, t)
    standing = t("Balance **{balance}**, **{stage}**").format(balance=balance, stage=stage)
    st.markdown(f"{standing}  \n{quiet(plain(account.reason))}")
    st.page_link(
        places.account(t),
        label=t("To the account"),
        icon=":material/arrow_forward:",
        query_params={"customer": account.customer},
    )
