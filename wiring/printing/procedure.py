"""The procedure description on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from wiring.printing.press import Paper, printed
from wiring.procedure import Block, Items, Procedure, Table
from words import N_, Translator

TEMPLATE: Final = "procedure.typ"
PAGE = N_("Page {n} of {m}")
PRINTED = N_("Vertrauenskonto")


def pdf(procedure: Procedure, t: Translator, at: datetime) -> bytes:
    return printed(TEMPLATE, paper(procedure, t), at)


def paper(procedure: Procedure, t: Translator) -> Paper:
    return {
        "lang": t.lang,
        "title": procedure.title,
        "firm": procedure.firm,
        "printed": t.gettext(PRINTED),
        "about": list(procedure.about),
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in procedure.sections
        ],
        "foot": f"{procedure.firm[:80]} · {procedure.title}",
        "page": t.gettext(PAGE),
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Items(items):
            return {"kind": "items", "items": list(items)}
        case Table(heads, rows):
            return {"kind": "table", "heads": list(heads), "rows": [list(row) for row in rows]}
        case _:
            return {"kind": "text", "text": block}
