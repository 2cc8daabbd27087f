"""The look: found from every folder, not to be overruled from outside, readable in light and dark."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dashboard.charts.palette import DARK, LIGHT, Palette

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "dashboard" / ".streamlit" / "config.toml"
THEME = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
COLOURS = ("red", "orange", "yellow", "green", "blue", "violet", "gray")

HOSTILE = """
[browser]
gatherUsageStats = true
[server]
enableCORS = false
baseUrlPath = "elsewhere"
enableAgentApi = true
[theme.light]
primaryColor = "#FF0000"
"""


SVG = "http://www.w3.org/2000/svg"
"""The name of a drawing's language, which no browser asks for."""


def test_neither_a_config_nearby_nor_the_environment_changes_how_the_dashboard_behaves(tmp_path):
    """Streamlit reads ~/.streamlit and ./.streamlit too; ours lies beside app.py and is read last."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(HOSTILE)
    names = ["browser.gatherUsageStats", "server.enableCORS", "server.baseUrlPath", "server.enableAgentApi"]
    script = (
        "import json; from dashboard.serve import _pages; _pages(None); from streamlit import config;"
        f"print(json.dumps([config.get_option(name) for name in {[*names, 'theme.light.primaryColor']}]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout.splitlines()[-1]) == [False, True, "", False, "#0B5B6B"]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("shade", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_every_text_is_readable_on_card_page_and_badge(shade: str, palette: Palette):
    theme = THEME[shade]
    for background in (palette.card, theme["backgroundColor"], theme["sidebar"]["backgroundColor"]):
        for text in (theme["textColor"], theme["grayTextColor"], theme["linkColor"], theme["orangeTextColor"]):
            assert _contrast(text, background) >= 4.5, (text, background)
    for colour in COLOURS:
        text, background = theme[f"{colour}TextColor"], theme[f"{colour}BackgroundColor"]
        assert _contrast(text, background) >= 5.0, colour


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_mark_of_a_picture_stands_out_from_its_card(palette: Palette):
    for mark in (palette.petrol, palette.copper, palette.plum, palette.neutral):
        assert _contrast(mark, palette.card) >= 3.0, mark
    for text in (palette.text, palette.quiet, palette.petrol_text, palette.copper_text, palette.plum):
        assert _contrast(text, palette.card) >= 4.5, text


def test_pictures_and_pages_take_their_colours_from_one_table():
    for shade, palette in (("light", LIGHT), ("dark", DARK)):
        theme = THEME[shade]
        assert (palette.text, palette.quiet) == (theme["textColor"], theme["grayTextColor"])
        assert (palette.petrol, palette.petrol_text) == (theme["greenColor"], theme["greenTextColor"])
        assert (palette.copper, palette.copper_text) == (theme["orangeColor"], theme["orangeTextColor"])


def test_nothing_is_red():
    for shade in ("light", "dark"):
        for part in ("Color", "BackgroundColor", "TextColor"):
            assert THEME[shade][f"red{part}"] == THEME[shade][f"orange{part}"]


def test_fonts_logo_and_icon_lie_in_the_package_and_nothing_is_fetched_from_elsewhere():
    static = ROOT / "dashboard" / "static"
    for face in THEME["fontFaces"]:
        assert (static / Path(face["url"]).name).read_bytes()[:4] == b"wOF2"
    assert "SIL OPEN FONT LICENSE" in (static / "plex-OFL.txt").read_text(encoding="utf-8")
    for drawing in static.glob("*.svg"):
        text = drawing.read_text(encoding="utf-8").replace(SVG, "")
        assert "http" not in text
        assert "<text" not in text, "letters as paths: the font need not be there"
    for source in (ROOT / "dashboard").rglob("*.py"):
        text = source.read_text(encoding="utf-8").replace(SVG, "")
        outside = re.findall(r"https?://(?!127\.0\.0\.1|\[?\{)[\w.]+", text)
        assert not outside, f"{source.name}: {outside}"
