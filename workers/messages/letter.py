"""How a message looks: as plain text, and as one page of HTML that needs nothing from outside.

Colours are the reader's own, so that it can be read by day and by night; mail programs know few others.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final, NamedTuple

from words import N_, Translator


class Piece(NamedTuple):
    """One matter: what is the case, why it comes to this reader, and what to do. Parts that are empty are left out.

    `adds` is what is said beyond the title, for a place where the title stands right above.
    """

    title: str
    says: str
    adds: str
    notes: str
    step: str
    page: str
    acknowledge: str


class Group(NamedTuple):
    """Pieces of one kind; a single message has one without a heading."""

    heading: str
    pieces: list[Piece]


class Letter(NamedTuple):
    """`before` are paragraphs that stand before all groups."""

    title: str
    before: list[str]
    groups: list[Group]
    t: Translator


PAGE: Final = N_("All about it: {address}")
ACKNOWLEDGE: Final = N_("Got it: {address}")
PAGE_LINK: Final = N_("All about it")
ACKNOWLEDGE_LINK: Final = N_("Got it")

# -- plain text ---------------------------------------------------------------------------------------


def as_text(letter: Letter) -> str:
    """Without the title, which every way of sending shows by itself."""
    groups = (part for group in letter.groups for part in _group_as_text(group, letter.t))
    return "\n\n".join([*letter.before, *groups])


def _group_as_text(group: Group, t: Translator) -> Iterator[str]:
    if group.heading:
        yield f"— {group.heading} —"
    for piece in group.pieces:
        links = _links(piece, t)
        if group.heading:
            yield "\n".join([piece.title, " ".join(_paragraphs(_in_a_row(piece))), *links])
        else:
            yield from _paragraphs(piece)
            yield from filter(None, ["\n".join(links)])


def _in_a_row(piece: Piece) -> Piece:
    return piece._replace(says=piece.adds)


def _paragraphs(piece: Piece) -> list[str]:
    """The next step last."""
    return [each for each in (piece.says, piece.notes, piece.step) if each]


def _links(piece: Piece, t: Translator) -> list[str]:
    offered = ((PAGE, piece.page), (ACKNOWLEDGE, piece.acknowledge))
    return [t.gettext(words).format(address=address) for words, address in offered if address]


# -- HTML ---------------------------------------------------------------------------------------------

BODY: Final = (
    "margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"
    "color-scheme:light dark"
)
COLUMN: Final = "max-width:600px;margin:0 auto;overflow-wrap:anywhere"
TITLE: Final = "margin:0 0 16px;font-size:22px;line-height:1.3;font-weight:600"
HEADING: Final = "margin:32px 0 0;font-size:14px;font-weight:600;opacity:.75"
PIECE: Final = "padding:16px 0;border-bottom:1px solid rgba(128,128,128,.4)"
PIECE_TITLE: Final = "margin:0 0 4px;font-size:17px;line-height:1.35;font-weight:600"
PARAGRAPH: Final = "margin:0 0 12px"
NOTES: Final = "margin:0 0 12px;opacity:.75"
LINKS: Final = "margin:20px 0 0"
LINKS_IN_A_ROW: Final = "margin:0"
BUTTON: Final = (
    "display:inline-block;margin:0 20px 8px 0;padding:10px 18px;border-radius:8px;background:#0B5B6B;color:#FFFFFF;"
    "border:1px solid #6CC5D4;text-decoration:none;font-weight:600"
)
LINK: Final = "display:inline-block;padding:11px 0;color:inherit;text-decoration:underline"


def as_html(letter: Letter) -> str:
    """One page with all it needs, whose lines come from us or are escaped."""
    title = escape(letter.title)
    return (
        f'<!doctype html>\n<html lang="{letter.t.lang}" style="color-scheme:light dark">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n</head>\n'
        f'<body style="{BODY}">\n<div style="{COLUMN}">\n<h1 style="{TITLE}">{title}</h1>\n'
        + "".join(f'<p style="{PARAGRAPH}">{escape(each)}</p>\n' for each in letter.before)
        + "".join(_group_as_html(group, letter.t) for group in letter.groups)
        + "</div>\n</body>\n</html>\n"
    )


def _group_as_html(group: Group, t: Translator) -> str:
    if not group.heading:
        return "".join(_alone_as_html(piece, t) for piece in group.pieces)
    pieces = "".join(_in_a_row_as_html(piece, t) for piece in group.pieces)
    return f'<h2 style="{HEADING}">{escape(group.heading)}</h2>\n{pieces}'


def _alone_as_html(piece: Piece, t: Translator) -> str:
    return _paragraphs_as_html(piece) + _links_as_html(piece, LINKS, t)


def _in_a_row_as_html(piece: Piece, t: Translator) -> str:
    title = f'<h3 style="{PIECE_TITLE}">{escape(piece.title)}</h3>\n'
    said = _paragraphs_as_html(_in_a_row(piece))
    return f'<div style="{PIECE}">\n{title}{said}{_links_as_html(piece, LINKS_IN_A_ROW, t)}</div>\n'


def _paragraphs_as_html(piece: Piece) -> str:
    styled = ((piece.says, PARAGRAPH), (piece.notes, NOTES), (piece.step, PARAGRAPH))
    return "".join(f'<p style="{style}">{escape(said)}</p>\n' for said, style in styled if said)


def _links_as_html(piece: Piece, style: str, t: Translator) -> str:
    offered = ((ACKNOWLEDGE_LINK, piece.acknowledge, BUTTON), (PAGE_LINK, piece.page, LINK))
    links = [
        f'<a href="{escape(address)}" style="{look}">{escape(t.gettext(words))}</a>'
        for words, address, look in offered
        if address
    ]
    return f'<p style="{style}">{" ".join(links)}</p>\n' if links else ""
