"""Figures for a monitoring system and a yes or no about health, on this machine only.

/metrics is in the text form of Prometheus; /health answers 200 while every loop of this process turns, else 503.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.store import StoreTrouble
from wiring import health

if TYPE_CHECKING:
    from wiring.services import Services
    from wiring.settings import MetricsSettings

TURNS_WITHIN = timedelta(seconds=60)
"""A loop that has not turned for so long beyond its own rhythm hangs."""


class Figures(Collector):
    """Asked of the stores at the moment somebody looks."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def collect(self) -> Iterable[Metric]:
        yield from self._loops()
        try:
            state = health.state(self.services.konto)
        except StoreTrouble:
            yield GaugeMetricFamily("konto_store_up", "Whether the store can be asked.", value=0)
            return
        yield GaugeMetricFamily("konto_store_up", "Whether the store can be asked.", value=1)
        for name, text, value in (
            ("konto_log_head", "Position of the newest event of the log.", state.head),
            ("konto_tables_position", "Position up to which the tables are brought.", state.position),
            ("konto_tables_behind", "Events that the tables have not taken in yet.", state.head - state.position),
            ("konto_tables_lag_seconds", "For how long the oldest of them has been recorded.", seconds(state.lag)),
            ("konto_outbox_waiting", "Messages that are due and not sent yet.", state.waiting),
            ("konto_outbox_oldest_seconds", "For how long the oldest of them is due.", seconds(state.oldest)),
            ("konto_quarantined", "Customers, documents, alerts that stand still.", state.quarantined),
            ("konto_parked_facts", "Facts that wait for what they refer to.", state.parked),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        if state.backup_age is not None:
            text = "How old the newest backup is."
            yield GaugeMetricFamily("konto_backup_age_seconds", text, value=seconds(state.backup_age))
        if len(state.shares) > 1:
            text = "Position up to which the customers of each share are brought."
            places = {str(number): position for number, position in enumerate(state.shares, 1)}
            yield _by(GaugeMetricFamily("konto_share_position", text, labels=["share"]), places)
        if state.queue is not None:
            yield GaugeMetricFamily("konto_queue_messages", "Messages in the queue.", value=state.queue)
        yield _by(GaugeMetricFamily("konto_alerts", "Alerts by what became of them.", labels=["state"]), state.alerts)
        yield _by(CounterMetricFamily("konto_alerts_raised", "Alerts by rule.", labels=["rule"]), state.raised)
        sent = CounterMetricFamily("konto_messages_delivered", "Messages by channel.", labels=["channel"])
        yield _by(sent, state.delivered)
        failing = GaugeMetricFamily(
            "konto_channel_paused", "Failures in a row, of channels that are paused.", labels=["channel"]
        )
        yield _by(failing, state.paused)

    def _loops(self) -> Iterable[Metric]:
        turns = self.services.turns
        done = CounterMetricFamily("konto_loop_turns", "Turns of each loop of this process.", labels=["loop"])
        failed = CounterMetricFamily("konto_loop_failures", "Turns that ended in an error.", labels=["loop"])
        works = GaugeMetricFamily(
            "konto_loop_works", "1 where this process does it, 0 where it stands by.", labels=["loop"]
        )
        for name in sorted({*turns.count, *turns.failed}):
            done.add_metric([name], turns.count.get(name, 0))
            failed.add_metric([name], turns.failed.get(name, 0))
        for name, ours in sorted(turns.works.items()):
            works.add_metric([name], int(ours))
        return (done, failed, works)


def seconds(span: timedelta) -> float:
    return span.total_seconds()


def _by(family: Any, counts: Mapping[str, int]) -> Metric:
    for name, count in counts.items():
        family.add_metric([name], count)
    metric: Metric = family
    return metric


def standing(services: Services) -> dict[str, Any]:
    """Whether each loop turns, and how long ago it did."""
    now = services.konto.clock()
    ages = {name: (now - at).total_seconds() for name, at in services.turns.last.items()}
    missing = services.roles - ages.keys()
    worker = services.konto.settings.worker
    rhythm = max(worker.poll_seconds, worker.sweep_seconds, worker.lease_seconds)
    ok = not missing and all(age <= TURNS_WITHIN.total_seconds() + rhythm for age in ages.values())
    return {"ok": ok, "seconds_ago": {name: round(age, 1) for name, age in ages.items()}, "missing": sorted(missing)}


@contextmanager
def served(services: Services, settings: MetricsSettings) -> Iterator[None]:
    """As long as the services run; nothing where no port is set."""
    if settings.port is None:
        yield
        return
    registry = CollectorRegistry()
    registry.register(Figures(services))
    figures = make_wsgi_app(registry)

    def answer(environ: dict[str, Any], start: Any) -> Any:
        if environ.get("PATH_INFO") == "/health":
            found = standing(services)
            start("200 OK" if found["ok"] else "503 Service Unavailable", [("Content-Type", "application/json")])
            return [json.dumps(found).encode()]
        if environ.get("PATH_INFO") == "/metrics":
            return figures(environ, start)
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/metrics, /health\n"]

    server = make_server(settings.host, settings.port, answer, _Threads, _Quiet)
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    structlog.get_logger("konto").info("metrics", host=settings.host, port=settings.port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Threads(ThreadingMixIn, WSGIServer):
    """One who reads slowly keeps nobody else waiting."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return None
