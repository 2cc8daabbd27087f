"""Pages as Streamlit's own test runner makes them, and what a reader can read there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import data

Answering = TypeVar("Answering", bound=data.Source)
APP = Path(__file__).parents[2] / "dashboard" / "app.py"
# At every page Streamlit's test runner looks through all installed packages for parts of pages, which takes several
# times as long as the page; its server does so once. None is installed while tests run.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@contextmanager
def answered_by(source: Answering) -> Iterator[Answering]:
    """Whoever answers all questions of the pages for now; afterwards whoever did so before."""
    before = data._source
    data.use(source)
    yield source
    data._source = before


def opened(place: str = "", /, *, user: Mapping[str, Any] | None = None, **address: str) -> AppTest:
    """A page by its address, as a browser opens it; `user`: what the cookie of somebody says who signed in."""
    app = AppTest.from_file(str(APP), default_timeout=30)
    if user is not None:
        app.user = dict(user)
    app.query_params["lang"] = address.pop("lang", "de")
    for name, value in address.items():
        app.query_params[name] = value
    # AppTest knows pages by their script; ours are functions, told apart by the hash of their address.
    app._page_hash = calc_hash(place) if place else ""
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def text_of(app: AppTest) -> str:
    """Everything a reader can read, without the signs of Markdown."""
    said = [element.value for element in (*app.title, *app.header, *app.markdown, *app.code)]
    said += [f"{metric.label} {metric.value} {metric.delta} {metric.help}" for metric in app.metric]
    text = "\n".join(str(part) for part in said)
    return _read(text)


def links_of(app: AppTest) -> list[str]:
    """What the links on a page say, without the signs of Markdown."""
    return [_read(link.proto.label) for link in app.get("page_link")]


def _read(text: str) -> str:
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", text.replace(":small[]", ""))
