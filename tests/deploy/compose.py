"""docker-compose.yml as a container engine understands it: anchors merged, variables put in, files of settings read."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
TRY, FIRM = ROOT / "deploy" / "try.env", ROOT / "deploy" / "firm.env"
IMAGE = "vertrauenskonto"

VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:[-?])(?P<more>[^}]*))?\}")


class Missing(Exception):
    """A variable that the file demands; the text is what it says then."""


@dataclass(frozen=True)
class Project:
    """What the file says, once a certain .env lies beside it."""

    data: dict[str, Any]
    settings: Mapping[str, str]
    """Of .env."""

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        return dict(self.data["services"])

    @property
    def ours(self) -> dict[str, dict[str, Any]]:
        """The services that run our image."""
        return {name: each for name, each in self.services.items() if each["image"].startswith(f"{IMAGE}:")}

    def environment(self, name: str, files: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
        """What a process of this service finds there; `files` are further files of settings by their name."""
        service = self.services[name]
        found = dict(image_environment()) if name in self.ours else {}
        for file in service.get("env_file", ()):
            found |= self.settings if file == ".env" else (files or {})[file]
        return found | service.get("environment", {})


def project(settings: Mapping[str, str] | None = None) -> Project:
    """As with this .env; else with the one for trying out."""
    known = of_env_file(TRY) if settings is None else settings
    return Project(filled(raw(), known), known)


@cache
def raw() -> dict[str, Any]:
    """With anchors merged and nothing put in."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))
    return loaded


def filled(value: Any, settings: Mapping[str, str]) -> Any:
    """With every ${NAME:-else} and ${NAME:?demand} put in."""
    if isinstance(value, dict):
        return {name: filled(each, settings) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, settings) for each in value]
    return VARIABLE.sub(_value_in(settings), value) if isinstance(value, str) else value


def _value_in(settings: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def value(found: re.Match[str]) -> str:
        text = settings.get(found["name"], "")
        if not text and found["how"] == ":?":
            raise Missing(f"{found['name']} {found['more']}")
        return text or found["more"] or ""

    return value


def of_env_file(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


# -- the image --------------------------------------------------------------------------------------


@cache
def instructions() -> list[tuple[str, str]]:
    """Of the Dockerfile: each with what follows it, lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", "")
    parted = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [(name, re.sub(r"\s+", " ", rest).strip()) for name, _, rest in parted]


def said(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def words_of(rest: str) -> list[str]:
    """Of an instruction in the form that no shell reads."""
    words: list[str] = ast.literal_eval(rest)
    return words


@cache
def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in said("ENV") for pair in rest.split())
