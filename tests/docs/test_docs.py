"""The pages keep together: links lead somewhere, files and tests that are named exist, words are the product's own."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|po|md))(?:::(\w+))?`")


@cache
def _text(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def _anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_link_leads_somewhere(page):
    lost = []
    for link in LINK.findall(_text(page)):
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_file_and_every_test_that_is_named_exists(page):
    for name, test in FILE.findall(_text(page)):
        file = ROOT / name
        assert file.is_file(), name
        assert not test or f"def {test}(" in file.read_text("utf-8"), f"{name}::{test}"


def test_the_search_for_files_finds_them():
    found = [name for name, _ in FILE.findall(_text(ROOT / "docs" / "explanation" / "architecture.md"))]
    assert len(found) > 25
    assert "domain/account/__init__.py" in found


def test_every_page_can_be_reached_from_the_readme():
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        links = [link.partition("#")[0] for link in LINK.findall(_text(page)) if not re.match(r"\w+:", link)]
        for target in ((page.parent / link).resolve() for link in links if link):
            # A link to a folder, such as that of the decisions, leads to everything in it.
            ahead += [target] * target.is_file() if target.suffix == ".md" else sorted(target.glob("*.md"))
    assert [name for page, name in zip(PAGES, NAMES, strict=True) if page not in reached] == []


def test_the_readme_says_what_it_is_then_the_picture_then_the_two_commands():
    readme = (ROOT / "README.md").read_text("utf-8")
    first_screen = readme.split("\n## ")[0]
    order = ["# Vertrauenskonto", "![", "docs/pictures/overview-en.png", "python3 run.py ", "python3 run.py test"]
    places = [first_screen.index(each) for each in order]
    assert places == sorted(places)
    assert len(first_screen.splitlines()) <= 25
    assert "pip install ." in readme
    assert "## Auf Deutsch" in readme


def test_decisions_are_numbered_without_a_gap_and_dated():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        title, _, date = page.read_text("utf-8").splitlines()[:3]
        assert title.startswith(f"# {page.name[:4]}: ")
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", date), page.name


def test_every_practice_has_its_row_with_a_story_of_its_own():
    page = (ROOT / "docs" / "explanation" / "practices.md").read_text("utf-8")
    rows = re.findall(r"^\| P(\d+) \|(.*)\|$", page, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 30))
    assert all(row.count("|") == 4 for _, row in rows)
    told = [re.search(rf"\(\.\./\.\./(tests/stories/test_p{int(number):02}_\w+\.py)\)", row) for number, row in rows]
    assert [each is not None and (ROOT / each[1]).is_file() for each in told] == [True] * 29


# -- words ------------------------------------------------------------------------------------------


def _glossary() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.M)
    return [row for row in rows if not row[0].startswith(("German", "-"))]


@cache
def _names_in_the_code() -> frozenset[str]:
    """Everything that code calls something: names, fields, texts such as types of facts."""
    names: set[str] = set()
    for package in ("domain", "projections", "workers", "intake", "wiring", "dashboard"):
        for file in (ROOT / package).rglob("*.py"):
            names.add(file.stem)
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names |= {str(getattr(node, field)) for field in ("id", "attr", "arg", "name") if hasattr(node, field)}
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(node.value)
    return frozenset(names)


def test_every_word_of_the_code_in_the_glossary_is_one():
    words = [word for *_, code in _glossary() for word in re.findall(r"`([^`]+)`", code)]
    assert len(words) > 50
    assert [word for word in words if word not in _names_in_the_code()] == []


def test_no_german_word_stands_twice_in_the_glossary():
    german = [row[0] for row in _glossary()]
    assert len(german) == len(set(german))


def test_what_the_changes_say_is_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    newest = re.search(r"^## (\S+),", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == version
