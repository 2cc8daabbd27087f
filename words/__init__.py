"""The words of the product: English sentences are the keys, German comes from the files in `words/de`.

Code marks a sentence with `_("…")`, `t.ngettext("…", "…", n)` or, where it is only kept for later, `N_("…")`.
All `*.po` files of `words/de` are read together when German is first asked for; nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po

LANGUAGES: Final = ("de", "en")

_Texts = Mapping[str, str | tuple[str, ...]]


def N_(sentence: str) -> str:
    """Mark a sentence for translation where it is written, and translate it where it is shown."""
    return sentence


def language(locale: str | None) -> str:
    """The language we speak with somebody whose browser or setting says `locale`: German or else English."""
    return "de" if (locale or "").lower().replace("_", "-").split("-")[0] == "de" else "en"


class Translator:
    """Says the product's sentences in one language; a sentence without a translation stays English."""

    def __init__(self, lang: str, texts: _Texts) -> None:
        self.lang = lang
        self._texts = texts

    def gettext(self, sentence: str) -> str:
        """The sentence in this language."""
        text = self._texts.get(sentence, sentence)
        return text if isinstance(text, str) else text[0]

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The sentence for n things. German and English have the same two forms: one, and all others."""
        text = self._texts.get(one, (one, many))
        forms = (text, text) if isinstance(text, str) else text
        return forms[0] if n == 1 else forms[-1]

    __call__ = gettext


@cache
def translator(lang: str) -> Translator:
    """The translator for "de" or "en"; every other language is answered in English."""
    return Translator("de", _german()) if lang == "de" else Translator("en", {})


@cache
def _german() -> _Texts:
    texts: dict[str, str | tuple[str, ...]] = {}
    for part in sorted((files("words") / "de").iterdir(), key=lambda part: part.name):
        if not part.name.endswith(".po"):
            continue
        with part.open("rb") as lines:
            catalog = read_po(lines, locale="de")
        for message in catalog:
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string if isinstance(message.string, str) else tuple(message.string or ())
            if key and not message.fuzzy and (text if isinstance(text, str) else all(text)):
                texts[key] = text
    return texts
