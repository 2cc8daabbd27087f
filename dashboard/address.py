"""What a page keeps in its address: filters, span and page, so that it can be reloaded, kept and sent on.

Streamlit can bind a widget to the address by itself, but writes the label into it, which differs by language.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple, TypeVar

import streamlit as st

FURTHEST = timedelta(days=730)
"""So far ahead a date may lie."""

_BURST_S: Final = 8.0
"""Moves of a line that follow each other so quickly belong together."""

Option = TypeVar("Option", bound=str)


def follow() -> None:
    """Let the browser's address say what this page was asked for, as a link to the page one is on leaves it as it was.

    The next click would ask for what it says, and lead back to where the link stood.
    """
    st.query_params.from_dict(st.query_params.to_dict())


def asked(name: str, options: Sequence[Option], default: Option) -> Option:
    """What the address asks for, if it is one of the options."""
    value = st.query_params.get(name)
    return next((option for option in options if option == value), default)


def switch(
    label: str,
    name: str,
    options: Sequence[Option],
    default: Option,
    say: Callable[[Option], str],
    *,
    resets: str = "",
) -> None:
    """A row of buttons of which one is chosen; a new choice takes the parameter `resets` out of the address."""
    st.segmented_control(
        label,
        options,
        key=_prepared(name, asked(name, options, default)),
        format_func=say,
        required=True,
        wrap=True,
        label_visibility="collapsed",
        on_change=_keep,
        args=(name, default, resets),
    )


def select(
    label: str,
    name: str,
    options: Sequence[Option],
    default: Option,
    say: Callable[[Option], str],
    *,
    resets: str = "",
    labelled: bool = False,
    always: bool = False,
) -> None:
    """A list to choose one of many from; `always`: the default, too, stands in the address once it was chosen."""
    st.selectbox(
        label,
        options,
        key=_prepared(name, asked(name, options, default)),
        format_func=say,
        label_visibility="visible" if labelled else "collapsed",
        on_change=_keep,
        args=(name, "" if always else default, resets),
    )


def text(label: str, name: str, *, hint: str = "", resets: str = "") -> str:
    """A field to search in, which asks while one types; with a hint in it, its label stands above."""
    st.text_input(
        label,
        key=_prepared(name, str(st.query_params.get(name, ""))),
        placeholder=hint or label,
        icon=":material/search:",
        live="300ms",
        label_visibility="visible" if hint else "collapsed",
        on_change=_keep,
        args=(name, "", resets),
    )
    return str(st.query_params.get(name, "")).strip()


def day(label: str, name: str, today: date, lang: str, *, help: str, resets: str = "") -> None:
    """A date up to today; today itself does not stand in the address, so that a page kept shows the newest."""
    st.date_input(
        label,
        value=None,
        key=_prepared(name, asked_day(name, today) or today),
        max_value=today,
        format="DD.MM.YYYY" if lang == "de" else "DD/MM/YYYY",
        help=help,
        on_change=_keep,
        args=(name, today.isoformat(), resets),
    )


def day_on_a_line(label: str, name: str, first: date, today: date, lang: str, *, help: str, resets: str = "") -> None:
    """The same date as of `day`, on a line from the first day to today, by mouse or arrow keys."""
    key = _key(f"line_{name}")
    value = max(first, asked_day(name, today) or today)
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.slider(
        label,
        first,
        today,
        key=key,
        format="DD.MM.YYYY" if lang == "de" else "DD/MM/YYYY",
        help=help,
        on_change=_move,
        args=(name, today.isoformat(), resets, key),
    )


def day_of_period(label: str, name: str, value: date, today: date, lang: str) -> None:
    """One end of a period up to today; once it was chosen it stands in the address."""
    st.date_input(
        label,
        value=None,
        key=_prepared(name, value),
        max_value=today,
        format="DD.MM.YYYY" if lang == "de" else "DD/MM/YYYY",
        width=160,
        on_change=_keep,
        args=(name, "", ""),
    )


def hold(*names: str) -> None:
    """Before a page reads its address: what was just moved on a line stays, though the browser speaks too early.

    With each message the browser sends the address as it knows it. Where arrow keys are pressed quickly it still says
    the day of before, while the line stands elsewhere already.
    """
    for name in names:
        moved: _Moved | None = st.session_state.get(_moved(name))
        if moved is None or time.monotonic() - moved.at_s > _BURST_S:
            continue
        if st.query_params.get(name) in moved.before:
            if moved.value is None:
                st.query_params.pop(name, None)
            else:
                st.query_params[name] = moved.value


class _Moved(NamedTuple):
    """The value a line was moved to (None: the one that leaves the address), those of just before, and when."""

    value: str | None
    before: frozenset[str | None]
    at_s: float


def _move(name: str, default: str, resets: str, key: str) -> None:
    now_s, last = time.monotonic(), st.session_state.get(_moved(name))
    burst = last.before | {last.value} if last is not None and now_s - last.at_s <= _BURST_S else frozenset()
    before = burst | {st.query_params.get(name)}
    _keep(name, default, resets, key)
    value = st.query_params.get(name)
    st.session_state[_moved(name)] = _Moved(value, before - {value}, now_s)


def _moved(name: str) -> str:
    return f"moved_{name}"


def day_ahead(label: str, name: str, value: date, today: date, lang: str, *, help: str) -> None:
    """A date from today on; once it was chosen it stands in the address."""
    st.date_input(
        label,
        value=None,
        key=_prepared(name, value),
        min_value=today,
        max_value=today + FURTHEST,
        format="DD.MM.YYYY" if lang == "de" else "DD/MM/YYYY",
        help=help,
        on_change=_keep,
        args=(name, "", ""),
    )


def asked_day_ahead(name: str, today: date) -> date | None:
    """The day that the address asks for, if it is not over yet."""
    found = _day(name)
    return found if found and today <= found <= today + FURTHEST else None


def asked_day(name: str, today: date) -> date | None:
    """The day that the address asks for, if it lies before today."""
    found = _day(name)
    return found if found and found < today else None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None


def choose(words: str, name: str, value: str, *, forgets: str) -> None:
    """A button that puts a value into the address."""
    st.button(words, key=f"choose_{name}_{value}", type="tertiary", on_click=_choose, args=(name, value, forgets))


def _choose(name: str, value: str, forgets: str) -> None:
    put(name, value, forgets)


def put(name: str, value: str, *forgets: str) -> None:
    """Put a value into the address and take others out of it; for a button of the page's own."""
    st.session_state.pop(_moved(name), None)
    _forget(*forgets)
    st.query_params[name] = value


def narrowed(words: str, name: str, *, help: str) -> None:
    """What the address narrows the page to, as a button that takes it out again."""
    st.button(words, key=f"narrowed_{name}", icon=":material/close:", help=help, on_click=_forget, args=(name, "page"))


def leave(words: str, names: Sequence[str], *, icon: str) -> None:
    """A button that takes parameters out of the address."""
    st.button(words, key=f"leave_{names[0]}", icon=icon, on_click=_forget, args=tuple(names))


def page_number(name: str, pages: int) -> int:
    """The page of a long list, counting from 1."""
    number = asked(name, [str(n) for n in range(1, pages + 1)], "1")
    return int(number)


def turn_pages(name: str, pages: int) -> None:
    """Buttons to turn the pages of a long list; none for a short one."""
    number = page_number(name, pages)
    if pages > 1:
        key = _key(f"{name}_{number}")
        st.pagination(pages, default=number, key=key, on_change=_keep, args=(name, "1", "", key))


def _prepared(name: str, value: str | date) -> str:
    """The widget's key, after the widget was told what the address says, unless it shows that already."""
    if st.session_state.get(_key(name)) != value:
        st.session_state[_key(name)] = value
    return _key(name)


def _key(name: str) -> str:
    return f"address_{name}"


def _keep(name: str, default: str, resets: str, key: str = "") -> None:
    st.session_state.pop(_moved(name), None)
    value = str(st.session_state[key or _key(name)] or default)
    _forget(resets, name if value == default else "")
    if value != default:
        st.query_params[name] = value


def _forget(*names: str) -> None:
    for name in names:
        st.session_state.pop(_moved(name), None)
        if name in st.query_params:
            del st.query_params[name]
