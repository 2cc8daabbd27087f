"""Why something is not accepted, in a sentence that says what was found and what to do."""

from __future__ import annotations

from typing import Any

MOST_FINDINGS = 50
"""Of one input; nobody reads a million of them."""


class Refused(Exception):
    """An expected refusal: an answer to the user, never a crash.

    `text` is an English sentence with {named} places, translated at the door;
    `path` names the field ("" = the whole input); `also` holds further findings of the same input.
    """

    code = "refused"

    def __init__(self, code: str, text: str, path: str = "", **params: Any) -> None:
        super().__init__(code, text, path, params)
        self.code = code
        self.text = text
        self.path = path
        self.params = params
        self.also: tuple[Refused, ...] = ()

    def __str__(self) -> str:
        sentence = self.text.format(**self.params)
        return f"{self.path}: {sentence}" if self.path else sentence

    @classmethod
    def together(cls, findings: list[Refused]) -> Refused:
        """The first finding, carrying the next ones."""
        first = findings[0]
        first.also = tuple(findings[1:MOST_FINDINGS])
        return first


class AgainstTheRule(Refused):
    """The history with this fact would be impossible; `rule` names the broken rule."""

    def __init__(self, rule: str, text: str, **params: Any) -> None:
        super().__init__("rule", text, **params)
        self.rule = rule


class SameKeyOtherContent(Refused):
    """The same source and id came before with other content."""

    def __init__(self, fields: list[str], id: str, source: str) -> None:
        super().__init__(
            "other_content",
            "{source} has already sent {id} with other content; different: {fields}. "
            "A correction needs an id of its own.",
            fields=", ".join(fields),
            id=id,
            source=source,
        )


def possible(values: str) -> str:
    """The possible values as the validating library names them, without its English word before the last one."""
    return values.replace("' or '", "', '")
