"""What services say of themselves: one structured line each on standard error, never a word about a person.

Of an error its kind and place are told and not its text, in which what was sent or stored may stand.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

if TYPE_CHECKING:
    from types import TracebackType

    from wiring.settings import LogSettings

PLACES = 6
"""So many of the innermost calls are named."""
QUIET = ("dramatiq", "psycopg", "psycopg.pool", "apprise", "asyncio", "imapclient", "urllib3")
"""Libraries of which only warnings are of interest."""


def configure(settings: LogSettings, stream: TextIO | None = None) -> None:
    """For this whole process, what the libraries say included."""
    target = stream or sys.stderr
    as_json = settings.format == "json" or (settings.format == "auto" and not target.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _without_text,
    ]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _only_the_template],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False)
                if as_json
                else structlog.dev.ConsoleRenderer(colors=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _without_text(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """An error becomes its kind and the places that it came through."""
    info = line.pop("exc_info", None)
    record = line.get("_record")
    if info is None and record is not None:
        info, record.exc_info, record.exc_text = record.exc_info, None, None
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        line["error"] = _kind(error)
        line["places"] = _places(error.__traceback__)
    line.pop("stack_info", None)
    return line


def _only_the_template(logger: WrappedLogger, name: str, line: EventDict) -> EventDict:
    """Of what a library says the sentence stays, and what it filled in goes."""
    record: Any = line.get("_record")
    if record is not None:
        line["event"] = str(record.msg)
        record.args = None
    return line


def _kind(error: BaseException) -> str:
    """The chain of what led to what, innermost last."""
    kinds: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(kinds) < PLACES:
        kinds.append(str(getattr(seen, "code", None) or type(seen).__name__))
        seen = seen.__cause__
    return " < ".join(kinds)


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in traceback.extract_tb(trace)[-PLACES:]]
