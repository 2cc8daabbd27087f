"""A picture too small for a chart of its own, as an image in the text that a screen reader reads out."""

from __future__ import annotations

from base64 import b64encode
from html import escape


def image(drawn: str, alt: str, width: int, height: int) -> str:
    """HTML of what is drawn, as the inside of an SVG so many pixels wide and high; it never grows out of its place."""
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"{drawn}</svg>"
    )
    source = b64encode(whole.encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(alt)}" width="{width}" height="{height}" '
        'style="max-width: 100%">'
    )
