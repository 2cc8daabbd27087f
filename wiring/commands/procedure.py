"""`konto procedure`: the procedure description (Verfahrensdokumentation), from how it is really set up here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wiring import procedure as description
from wiring.commands.desk import Json, Lang, at_desk
from wiring.new_file import check_new, write_new
from wiring.output import write
from wiring.printing import procedure as printing
from words import N_

WRITTEN = N_("The procedure description stands in {file}. What it cannot know stands in its last part.")

Out = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help=N_("Into this file, which must be new: as PDF where its name ends with .pdf, else as Markdown."),
    ),
]


def procedure(ctx: typer.Context, output: Out = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        if output is not None:
            check_new(output, "--output")
        found = description.described(desk)
        text = description.markdown(found)
        if output is not None:
            is_pdf = output.suffix.casefold() == ".pdf"
            write_new(output, printing.pdf(found, desk.t, desk.now) if is_pdf else text.encode(), "--output")
        if json:
            desk.out.answer({"file": str(output) if output else None, "language": desk.t.lang, "text": text})
        elif output is not None:
            desk.out.say(desk.t.gettext(WRITTEN).format(file=output))
        else:
            write(text)
