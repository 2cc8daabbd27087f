"""How the pages look: the style rules that the theme cannot say, and recipes for what they are made of.

Colours, type and radii are in `.streamlit/config.toml`, the colours of charts in `dashboard/charts/palette.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.picture import Chart
from dashboard.shapes.asking import Firm
from words import Translator, translator

Arrow = Literal["up", "down", "off"]

STATIC: Final = Path(__file__).with_name("static")
SIDEBAR_PIXELS: Final = 258
BREAK: Final = "  \n"
"""The end of a line within a paragraph of Markdown."""
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# What Streamlit finds across a backslash, since it looks in the text that signs have left: addresses on the internet,
# names of icons, arrows and dashes.
_PARTED: Final = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=:)(?=[^\s:]+:)|(?<=<)(?=[-=])|(?<=[->~=])(?=[-=>])", re.IGNORECASE
)
_NOTHING: Final = ":small[]"
_DELIVERIES: Final = {
    "waiting": "schedule_send",
    "delivered": "mark_email_read",
    "acknowledged": "visibility",
    "snoozed": "snooze",
    "failed": "sync_problem",
    "undeliverable": "error",
    "over": "check",
    "not_needed": "do_not_disturb_on",
    "too_old": "history",
}

# `light-dark()` works because Streamlit tells the browser which of the two themes is on.
_STYLE: Final = """
[class*="st-key-card_"] { background: light-dark(#FFFFFF, #172226); }
[class*="st-key-row_"] { border-top: 1px solid light-dark(#E3E9EA, #26343A); padding-top: .8rem; }
[class*="st-key-card_"] > :first-child [class*="st-key-row_"] { border-top: none; padding-top: 0; }
[class*="st-key-row_"] a { background: none !important; padding: .1rem 0 .15rem; margin: 0; line-height: 1.6; }
[class*="st-key-row_"] a :is(span, p) { font-size: 1rem; line-height: 1.6; white-space: normal; }
[class*="st-key-row_"] a strong { color: light-dark(#0A5A69, #8AD3DF); }
[class*="st-key-row_"] a:hover strong { text-decoration: underline; }
[class*="st-key-row_"] [data-testid="stTooltipIcon"] svg { width: .75rem; height: .75rem; }
[class*="st-key-row_"] p span:has(> label > [data-testid="stTooltipIcon"]) { margin: 0; padding: 0; }
[class*="st-key-wide_steps_"] span[role="img"] { display: inline !important; }
[class*="st-key-behind_"] a { background: none !important; padding: 0; margin: 0; min-height: 0; }
[class*="st-key-behind_"] a :is(span, p) { font-size: .875rem; white-space: normal; }
[class*="st-key-behind_"] a :is(span, p) { color: light-dark(#506168, #A3B2B7); }
[class*="st-key-behind_"] a:hover :is(span, p) { text-decoration: underline; }
[class*="st-key-card_wording"] code { font-family: Plex, sans-serif; font-size: 1rem; }
.st-key-card_note { position: fixed; bottom: 1rem; right: 1rem; z-index: 99; width: auto !important; max-width: 92vw;
  padding: .5rem 1rem; box-shadow: 0 2px 10px rgb(0 0 0 / .18); }
[data-testid="InputInstructions"] { display: none; }
[data-testid="stMarkdown"] :is(h2, h3) { font-size: 1rem; line-height: 1.6; font-weight: 400; letter-spacing: normal;
  padding: 0 0 .3rem; margin: 0; }
[data-testid="stHeaderActionElements"] { display: none; }
:is(a, button, summary, main, [role="slider"], [role="radio"]):focus-visible {
  outline: 2px solid light-dark(#0B5B6B, #55B4C4); outline-offset: 2px; }
main:focus-visible { outline-offset: -2px !important; }
.stMainBlockContainer { max-width: 1320px; padding-left: 2.6rem; padding-right: 2.6rem; }
[data-testid="stMain"]:has(.st-key-card_note) { scroll-padding-bottom: 9rem; }
[data-testid="stMain"]:has(.st-key-card_note) .stMainBlockContainer { padding-bottom: 9rem; }
[data-testid="stMetric"] svg.marks { background: transparent !important; }
[data-testid="stBaseButton-primary"] { color: light-dark(#FFFFFF, #10191C); }
[class*="st-key-slim_"] { display: none; }
@media (max-width: 640px) {
  [class*="st-key-wide_"] { display: none; }
  [class*="st-key-slim_"] { display: flex; }
  [class*="st-key-row_"] [data-testid="stHorizontalBlock"] { gap: .15rem; }
  [data-testid="stMetricChart"] { display: none !important; }
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
}
"""


def frame(*, dark: bool) -> None:
    """What every page has: title and icon of the browser tab, the logo, the style."""
    st.set_page_config(
        page_title="Vertrauenskonto",
        # A material icon here would be fetched from a font host on the internet.
        page_icon=str(STATIC / "favicon.svg"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PIXELS,
    )
    shade = "dark" if dark else "light"
    st.logo(str(STATIC / f"logo-{shade}.svg"), size="large")
    st.html(f"<style>{_STYLE}</style>")


def not_started() -> None:
    """What somebody sees who starts the pages by hand: there is no store and no login in front of them."""
    for lang in ("de", "en"):
        st.markdown(translator(lang).gettext("Please start the dashboard with `konto dashboard`."))


def whose(firm: Firm, t: Translator) -> None:
    """At the foot of the sidebar: whose dashboard this is, and who is looking."""
    lines = [plain(firm.name)] if firm.name else []
    if firm.reader:
        lines.append(t("signed in: {name}").format(name=plain(firm.reader)))
    if lines:
        st.markdown("  \n".join(f":small[{quiet(line)}]" for line in lines))


def head(words: str, below: str) -> DeltaGenerator:
    """The page's title and the line under it; what it returns is the place for buttons at the right edge."""
    st.title(words, anchor=False)
    left, right = st.columns([1.6, 1], gap="small", vertical_alignment="bottom")
    left.markdown(quiet(below))
    return right.container(
        horizontal=True, horizontal_alignment="right", gap="xsmall", vertical_alignment="center", key="head_buttons"
    )


def plain(text: str) -> str:
    """Somebody's own words inside Markdown, with nothing in them taken for a sign.

    A backslash does for most; what is found across it is parted by a small nothing, of which no trace is left in what
    is read or copied.
    """
    parts = _PARTED.split(" ".join(text.split()))
    return _NOTHING.join(_MARKDOWN.sub(r"\\\1", part) for part in parts)


def quiet(text: str) -> str:
    """Markdown of a quiet word or line; empty for nothing."""
    return f":gray[{text}]" if text else ""


def card(name: str, *, stretch: bool = False) -> DeltaGenerator:
    """A white card on the paper; its name gives the class that colours it."""
    return st.container(border=True, key=f"card_{name}", height="stretch" if stretch else "content")


def note() -> DeltaGenerator:
    """A line that stays in sight wherever one has scrolled: what was just recorded, or why it was not."""
    return st.container(
        border=True, key="card_note", horizontal=True, vertical_alignment="center", gap="small", width="stretch"
    )


def title(words: str, finding: str = "", *, icon: str = "", count: int | None = None, level: int = 2) -> None:
    """A card's title, and in the same line what it found; a heading, so that a screen reader can go from one to the
    next. `level` is 3 where the cards stand under a heading of their own."""
    parts = [
        f":material/{icon}:" if icon else "",
        f"**{words}**",
        f":gray-badge[{count}]" if count is not None else "",
        quiet(finding),
    ]
    st.markdown(f"{'#' * level} " + "\u2002".join(part for part in parts if part))


def nothing_yet(words: str, next_step: str) -> None:
    """An empty page or card: what is missing, and what to do about it."""
    st.markdown(f"{words}  \n:material/subdirectory_arrow_right: {next_step}")


def foot(words: str, *, help: str | None = None) -> None:
    """The last line of a card: what the picture shows and how much it rests on, and what its figures mean."""
    st.markdown(f":small[{quiet(words)}]", help=help)


def show(chart: Chart) -> None:
    """A picture with its description; its colours and language are its own."""
    st.vega_lite_chart(chart.spec, theme=None, alt=chart.alt, width="stretch")


def lines(*words: str) -> None:
    """Quiet lines under a figure."""
    st.markdown("  \n".join(f":small[{quiet(line)}]" for line in words))


def metric(
    label: str,
    value: str,
    *,
    help: str,
    change: str | None = None,
    arrow: Arrow = "off",
    series: Sequence[float | None] = (),
) -> None:
    """A figure with its definition, what it was before, and its way; up or down is neither good nor bad here."""
    known = [number for number in series if number is not None]
    st.metric(
        label,
        value,
        change,
        delta_color="off",
        # Streamlit reads a true minus as rising.
        delta_arrow=arrow,
        help=help,
        chart_data=known if len(known) > 1 else None,
    )


def fact(label: str, value: str, reason: str, *, help: str) -> None:
    """A figure that is a word, with its definition and the reason in a sentence."""
    st.markdown(f":small[{label}]  \n**{value}**", help=help)
    st.markdown(f":small[{quiet(plain(reason))}]")


def arrow(change: float) -> Arrow:
    """The arrow beside a change."""
    return "up" if change > 0 else "down" if change < 0 else "off"


def delivery(state: str, words: str) -> str:
    """How a message fared, as Markdown: a sign and a word, coloured only if something is wrong."""
    icon = _DELIVERIES.get(state, "info")
    colour = "orange" if state in ("failed", "undeliverable") else "gray"
    return f":{colour}-badge[:material/{icon}: {words}]"


def refused(sentences: Sequence[str]) -> None:
    """Why something was not done, each reason on a line of its own."""
    st.markdown("  \n".join(f":orange[:material/error:] {plain(each)}" for each in sentences))


@contextmanager
def working(words: str, counted: str) -> Iterator[Callable[[int, int], None]]:
    """While something takes long: what is done, and `counted` with {done} and {total} once that is known."""
    place = st.empty()
    place.progress(0.0, text=words)

    def tell(done: int, total: int) -> None:
        place.progress(min(1.0, done / max(1, total)), text=counted.format(done=done, total=total))

    yield tell
    place.empty()
