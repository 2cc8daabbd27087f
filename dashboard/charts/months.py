"""Bars as small as a line of text: how often something happened, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.charts.image import image
from dashboard.charts.picture import Style

_WIDTH: Final = 264
_BARS: Final = 40
_ABOVE: Final = 16
"""Room for the number of the highest bar."""
_GAP: Final = 5
_LEAST_TOP: Final = 3
"""One or two in a month are few, and should look like it."""


def months(values: Sequence[tuple[int, int]], alt: str, style: Style) -> str:
    """An image as HTML: each month's whole number, and how much of it is filled; the rest is an outline."""
    colours = style.colours
    top = max(_LEAST_TOP, *(whole for whole, _ in values))
    step = _WIDTH / len(values)
    wide = step - _GAP
    floor = _ABOVE + _BARS
    highest = max(range(len(values)), key=lambda place: (values[place][0], place))
    drawn = [f'<line x1="0" x2="{_WIDTH}" y1="{floor + 0.5}" y2="{floor + 0.5}" stroke="{colours.neutral}"/>']
    for place, (whole, filled) in enumerate(values):
        left, height, solid = place * step + _GAP / 2, _BARS * whole / top, _BARS * filled / top
        if whole > filled:
            drawn.append(
                f'<rect x="{left + 0.75:.1f}" y="{floor - height + 0.75:.1f}" width="{wide - 1.5:.1f}" '
                f'height="{height - solid - 0.75:.1f}" fill="none" stroke="{colours.copper}" stroke-width="1.5"/>'
            )
        if filled:
            drawn.append(
                f'<rect x="{left:.1f}" y="{floor - solid:.1f}" width="{wide:.1f}" height="{solid:.1f}" '
                f'fill="{colours.copper}"/>'
            )
        if whole and place == highest:
            drawn.append(
                f'<text x="{left + wide / 2:.1f}" y="{floor - height - 4:.1f}" text-anchor="middle" font-size="12" '
                f'font-weight="600" font-family="sans-serif" fill="{colours.text}">{whole}</text>'
            )
    return image("".join(drawn), alt, _WIDTH, floor + 1)
