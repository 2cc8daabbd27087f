"""Worker, API and dashboard as children of one parent, which starts them, minds them and ends exactly them."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from domain.errors import Refused
from domain.store.locks import held
from wiring import settings as settings_
from wiring.home import Building, Konto, open_home
from wiring.listening import PortTaken, listener
from wiring.patience import until_prepared
from wiring.settings import PORT_VARIABLE, ROLES, ApiSettings, Settings

STOP_WITHIN_SECONDS = 9.0
"""An engine of containers waits for ten before it ends everything by force."""
RESTART_AFTER_SECONDS = 2.0
READY_WITHIN_SECONDS = 60.0
TURN_OF_A_THREAD_S = 0.0005
"""Whoever sends gives way at each of its many short reads and writes. While accounts are added up beside it, it waited
Python's usual 5 ms each time to go on: one message a second instead of eight."""
TOKEN_VARIABLE = "KONTO_DASHBOARD_TOKEN"

Say = Callable[[str, str], None]


class AlreadyServed(Refused):
    def __init__(self, home: Path) -> None:
        super().__init__(
            "already_served",
            "Vertrauenskonto is already running for {home}. Please use that one, or stop it first.",
            home=str(home),
        )


class NotReady(Refused):
    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(
            "not_ready",
            "{name} did not start within {seconds} seconds. Its last words stand above.",
            name=name,
            seconds=round(seconds),
        )


@dataclass
class Child:
    """One process; it is started again when it ends without being asked to, and ends when we do."""

    name: str
    module: Sequence[str]
    """What it runs, and its arguments."""
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches the parent, which ends the children in order.
        command = [sys.executable, "-m", "wiring.attached", *self.module]
        self.process = subprocess.Popen(
            command, env=dict(self.environment), stdin=subprocess.PIPE, start_new_session=True
        )

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if self.process is not None and not self.ended():
            self.process.terminate()

    def stop(self, within_seconds: float) -> None:
        if self.process is None or self.ended():
            return
        self.process.terminate()
        try:
            self.process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    def __init__(self, children: Sequence[Child]) -> None:
        self.children = children
        self.stopping = threading.Event()

    def start(self) -> None:
        for child in self.children:
            child.start()

    def mind(self) -> None:
        """Returns after `stopping` is set, with every child ended."""
        try:
            while not self.stopping.wait(RESTART_AFTER_SECONDS):
                for child in self.children:
                    if child.ended():
                        child.start()
        finally:
            self._stop()

    def _stop(self) -> None:
        """All at once: whoever asked is not to wait for one after the other."""
        for child in self.children:
            child.ask_to_stop()
        until_s = time.monotonic() + STOP_WITHIN_SECONDS
        for child in self.children:
            child.stop(max(0.0, until_s - time.monotonic()))


def serve(
    home: Path,
    environment: Mapping[str, str],
    *,
    port: int | None = None,
    open_browser: bool = False,
    any_api_port: bool = False,
    building: Building = nullcontext,
    say: Say,
) -> None:
    """Runs worker, API and dashboard until asked to stop; `say` hears the address of the pages and of the API.

    `any_api_port`: where the one that is set is in use, a free one does as well. `building`: as for open_home.
    Raises AlreadyServed for a second one on the same home, and PortTaken.
    """
    if port is not None:
        environment = {**environment, PORT_VARIABLE: str(port)}
    konto = open_home(home, environment=environment, building=building, processes=None)
    settings = konto.settings
    konto.close()
    token = secrets.token_urlsafe(32)
    with only_one(home):
        place = _api_place(settings.api, any_port=any_api_port)
        supervisor = Supervisor(
            [
                Child(
                    "api",
                    ["api.serve", "--home", str(home), "--port", str(place[1]), "--lang", settings.language],
                    environment,
                ),
                Child(
                    "worker",
                    ["wiring.cli", "--home", str(home), "worker"],
                    environment,
                ),
                Child(
                    "dashboard",
                    [
                        "dashboard.serve",
                        "--home",
                        str(home),
                        "--host",
                        settings.dashboard.host,
                        "--port",
                        str(settings.dashboard.port),
                        "--lang",
                        settings.language,
                    ],
                    {**environment, TOKEN_VARIABLE: token},
                ),
            ]
        )
        with stopping_on_signals(supervisor.stopping):
            supervisor.start()
            # Where people sign in there is no token, whoever asks.
            pages = settings.pages if settings.login.is_set else f"{settings.pages}?token={token}"
            try:
                _wait_until_ready(settings.dashboard.address, supervisor)
                say(pages, settings.api.model_copy(update={"port": place[1]}).address + "/")
                if open_browser and not supervisor.stopping.is_set():
                    webbrowser.open(pages)
            except BaseException:
                supervisor.stopping.set()
                raise
            finally:
                supervisor.mind()


def _api_place(api: ApiSettings, *, any_port: bool) -> tuple[str, int]:
    for port in (api.port, 0) if any_port else (api.port,):
        try:
            with listener(api.host, port) as found:
                taken: tuple[str, int] = found.getsockname()[:2]
                return taken
        except PortTaken:
            continue
    raise PortTaken(api.port, "[api] port")


def _wait_until_ready(address: str, supervisor: Supervisor) -> None:
    """Any answer will do: without the token it is a polite no."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not supervisor.stopping.is_set():
        try:
            urlopen(address, timeout=2).close()
        except (URLError, TimeoutError) as error:
            if isinstance(error, HTTPError):
                return
            if time.monotonic() > deadline or supervisor.children[-1].ended():
                raise NotReady("dashboard", READY_WITHIN_SECONDS) from None
            time.sleep(0.2)
        else:
            return


@contextmanager
def stopping_on_signals(stopping: threading.Event) -> Iterator[None]:
    """Ctrl-C and a request to end set the event; what was there before is put back."""

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    with held(home / "serve.lock") as ours:
        if not ours:
            raise AlreadyServed(home)
        yield


def worker(home: Path, environment: Mapping[str, str], roles: Sequence[str] = ROLES) -> None:
    """The worker alone, or a part of it, until asked to stop."""
    from wiring import logs, metrics
    from wiring.services import Services

    sys.setswitchinterval(TURN_OF_A_THREAD_S)
    settings = settings_.read(home, environment)
    logs.configure(settings.log)
    konto = patient_home(home, environment, settings)
    try:
        services = Services(konto, roles)
        with stopping_on_signals(services.stopping), metrics.served(services, settings.metrics):
            services.run()
    finally:
        konto.close()


def patient_home(home: Path, environment: Mapping[str, str], settings: Settings) -> Konto:
    """Opened as soon as its store is there and prepared: all services start at the same moment."""
    import structlog

    def waiting(error: Exception) -> None:
        code = error.code if isinstance(error, Refused) else type(error).__name__
        structlog.get_logger("konto").warning("waiting_for_the_store", reason=code)

    return until_prepared(lambda: open_home(home, environment=environment), settings.store.patience_seconds, waiting)


def dashboard(home: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """The dashboard alone, as a child, so that this process stays small; its exit code."""
    from wiring import logs

    settings = settings_.read(home, environment)
    logs.configure(settings.log)
    patient_home(home, environment, settings).close()
    # What stands last counts: --port of the command line goes before the setting.
    place = ["--host", settings.dashboard.host, "--port", str(settings.dashboard.port)]
    return _alone(Child("dashboard", ["dashboard.serve", "--home", str(home), *place, *arguments], environment))


def api(home: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """The API alone, as a child; its exit code."""
    from wiring import logs

    settings = settings_.read(home, environment)
    logs.configure(settings.log)
    patient_home(home, environment, settings).close()
    child = Child("api", ["api.serve", "--home", str(home), *arguments], environment)
    with _passing_on_hangups(child) if settings.api.processes > 1 else nullcontext():
        return _alone(child)


@contextmanager
def _passing_on_hangups(child: Child) -> Iterator[None]:
    """On SIGHUP, which Windows does not know, its processes are started anew one by one."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is None:
        yield
        return

    def pass_on(number: int, frame: FrameType | None) -> None:
        if child.process is not None:
            child.process.send_signal(number)

    before = signal.signal(hangup, pass_on)
    try:
        yield
    finally:
        signal.signal(hangup, before)


def _alone(child: Child) -> int:
    """Until it ends or we are asked to stop."""
    child.start()
    assert child.process is not None
    stopping = threading.Event()
    with stopping_on_signals(stopping):
        while not child.ended() and not stopping.wait(0.2):
            pass
    if stopping.is_set():
        child.stop(STOP_WITHIN_SECONDS)
        return 0
    return child.process.returncode
