"""Sets a paper as PDF: letters, fonts, pages.

Typst does it, without anything installed beside the wheel. Whatever the firm or its customers wrote goes in as data and
is set as text, so no sign in it means anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wiring.refusals import printable

if TYPE_CHECKING:
    from typst import Fonts

HERE: Final = Path(__file__).parent
STANDARD: Final = "a-2b"
"""PDF for keeping: everything that is needed to show it lies in the file (ISO 19005-2)."""
LONGEST: Final = 20
"""A word of more letters may be broken anywhere, since no column might hold it."""
BREAK: Final = "\u200b"

Paper = Mapping[str, Any]
"""What a template prints, as it would stand in JSON."""

_LONG = re.compile(rf"\S{{{LONGEST + 1},}}")
# What our own fonts and those of Typst have; all of it was tried (tests/services/test_printing.py).
_SURE = re.compile("[^ -\u024f\u0370-\u04ff\u1e00-\u1eff\u2010-\u205f\u20a0-\u20c0\u2190-\u22ff\u200b]")


def printed(template: str, paper: Paper, at: datetime) -> bytes:
    """The paper as PDF; the same paper of the same moment gives the same bytes.

    Letters that our fonts lack are looked for in those of this machine; what even they lack is named by its number.
    """
    from typst import TypstError

    # Unprintable signs as on the command line; long words last, so that their breaks are not taken for such a sign.
    shown = _texts(paper, lambda text: _breakable(printable(" ".join(text.split()))))
    try:
        return _compiled(template, shown, at, system_fonts=False)
    except TypstError as error:
        if "could not be displayed" not in error.message:
            raise
    try:
        return _compiled(template, shown, at, system_fonts=True)
    except TypstError:
        return _compiled(template, _texts(shown, _numbered), at, system_fonts=False)


def _compiled(template: str, paper: Paper, at: datetime, *, system_fonts: bool) -> bytes:
    import typst

    compiler = typst.Compiler(HERE / template, root=HERE, font_paths=_fonts(system_fonts))
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"paper": json.dumps(paper)},
        pdf_standards=[STANDARD],
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts(system_fonts: bool) -> Fonts:
    import typst

    return typst.Fonts(include_system_fonts=system_fonts, include_embedded_fonts=True, font_paths=[str(HERE / "fonts")])


def _texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same paper with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _texts(each, change) for name, each in value.items()}
    return [_texts(each, change) for each in value] if isinstance(value, list | tuple) else value


def _breakable(text: str) -> str:
    return _LONG.sub(lambda found: BREAK.join(found.group()), text)


def _numbered(text: str) -> str:
    return _SURE.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
