"""What PostgreSQL and Valkey have in common as servers of tests: they are found, started, stopped, and cut off."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from tests.servers import guard
from tests.servers.finding import Account, NotOursError, PortTakenError, Program, ServerError, free_port
from tests.servers.leavings import Place

PATIENCE_S = 30.0
PAUSE_S = 0.02
PORTS_TRIED = 5
TOLD_LINES = 20
TAKEN = "Address already in use"


class Server(ABC):
    """A server of our own in a folder, or, with an address, somebody else's, which is only used.

    `durable` keeps the server's own ways of writing to disk; otherwise it is as quick as it can be.
    """

    NAME: ClassVar[str]
    USUAL_PORT: ClassVar[int]
    IN_ORDER: ClassVar[signal.Signals]
    AT_ONCE: ClassVar[signal.Signals]

    def __init__(
        self,
        folder: Path,
        *,
        durable: bool = False,
        address: str | None = None,
        programs: Sequence[Program] = (),
        account: Account | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        folder = folder.absolute()
        self.durable = durable
        self.ours = address is None
        self.log = folder / f"{self.NAME}.log"
        self.data = folder / "data"
        self.program: Program | None = None
        """The one that was found to work."""
        self._address = address
        self._folder = folder
        self._programs = programs
        self._account = account
        self._patience_s = patience_s
        self._port = 0
        self._place: Place | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._refusal = ""

    # What its users ask.

    @property
    def url(self) -> str:
        return self._address or self._own_url()

    @property
    def port(self) -> int:
        return self._port if self.ours else urlsplit(self.url).port or self.USUAL_PORT

    @property
    def pid(self) -> int:
        """Of the process that we started; the server may have more of them."""
        if self._process is None:
            raise ServerError(f"{self.NAME} has not been started.")
        return self._process.pid

    def running(self) -> bool:
        if not self.ours:
            return self._answers()
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """At the first time with the first program that works; later with the same one at the same port."""
        self._demand_ours()
        if self.running():
            raise ServerError(f"{self.NAME} is already running.")
        if self.program is None:
            self._start_first()
        else:
            self._start_with(self.program)

    def stop(self) -> None:
        """In order, and only then at once."""
        self._demand_ours()
        if self._process is not None and self.running():
            self._process.send_signal(self.IN_ORDER)
            if not self._ended():
                self._force()
        self._release()

    def kill(self) -> None:
        """As if the power was cut: nothing is brought to an end or written any more."""
        self._demand_ours()
        if self._process is not None and self.running():
            if self.AT_ONCE != signal.SIGKILL:
                self._process.send_signal(self.AT_ONCE)
            if self.AT_ONCE == signal.SIGKILL or not self._ended():
                self._force()
        self._release()

    def restart_at_once(self) -> None:
        self.kill()
        self.start()

    def close(self) -> None:
        """Ends it and removes its data, so that these need no order; the log stays.

        Somebody else's is left as it was found.
        """
        if not self.ours:
            self._tidy()
            return
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)
        if self._place is not None:
            self._place.close()
            self._place = None

    def __enter__(self) -> Self:
        try:
            if self.ours:
                self.start()
            else:
                self._wait_for_answer()
        except BaseException:
            if self.ours:
                self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What each of them does in its own way.

    @abstractmethod
    def _own_url(self) -> str: ...

    @abstractmethod
    def _prepare(self, program: Program, place: Place) -> Program:
        """Makes the folder of data. Gives the program that is to be started, which may be a copy."""

    @abstractmethod
    def _command(self, program: Program) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it is this very server that answers; if not, `_refusal` may tell why."""

    @abstractmethod
    def _tidy(self) -> None:
        """Removes what we made in somebody else's server."""

    # How it is started.

    def _start_first(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._place is None:
            self._place = Place(self._account)
        reasons = []
        for found in self._programs:
            try:
                program = self._prepare(found, self._place)
                self._start_somewhere(program)
            except (ServerError, OSError, subprocess.SubprocessError) as error:
                reasons.append(f"{found.path}: {error}")
            else:
                self.program = program
                return
        self.close()
        raise ServerError("\n".join([f"No {self.NAME} could be started.", *(reasons or ["No program was found."])]))

    def _start_somewhere(self, program: Program) -> None:
        for _ in range(PORTS_TRIED - 1):
            self._port = free_port()
            try:
                return self._start_with(program)
            except PortTakenError:
                continue
        self._port = free_port()
        return self._start_with(program)

    def _start_with(self, program: Program) -> None:
        self._release()
        told = self.log.stat().st_size if self.log.exists() else 0
        self._process = self._opened(self._command(program))
        try:
            self._watch(self._process.pid)
            self._wait_for_answer(told)
        except BaseException:
            self.kill()
            raise

    def _opened(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._surroundings(),
            )

    def _surroundings(self) -> dict[str, Any]:
        """Everything in which the outcome could depend on who runs the tests, and where."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        options = self._account.options if self._account else {}
        return {"env": kept | {"LC_ALL": "C", "TZ": "UTC"}, "cwd": "/", **options}

    def _watch(self, pid: int) -> None:
        """Two ways in which the server ends with us: at once by a guard beside it, else by the next run."""
        process = guard.process(pid)
        if process is None or self._place is None:
            return
        self._place.note(process, self.data, self.AT_ONCE)
        command = [sys.executable, "-I", "-S", guard.__file__, str(pid), str(process.started_ticks)]
        self._guard = subprocess.Popen(
            [*command, str(int(self.AT_ONCE))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _wait_for_answer(self, told: int = 0) -> None:
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            if self.ours and not self.running():
                raise self._failed("ended again", told)
            if self._answers():
                return
            time.sleep(PAUSE_S)
        raise self._failed(f"gave no answer within {self._patience_s:g} seconds", told)

    def _failed(self, how: str, told: int) -> ServerError:
        """With what the server said itself since then."""
        said = self.log.read_bytes()[told:].decode(errors="replace") if self.log.exists() else ""
        kind = PortTakenError if TAKEN in said else ServerError
        lines = [f"{self.NAME} {how}.", self._refusal, *said.splitlines()[-TOLD_LINES:]]
        return kind("\n".join(line for line in lines if line))

    # How it ends.

    def _demand_ours(self) -> None:
        if not self.ours:
            raise NotOursError(f"This {self.NAME} was named by an address, and is not ours to start or stop.")

    def _ended(self) -> bool:
        assert self._process is not None
        try:
            self._process.wait(self._patience_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _force(self) -> None:
        """Ends it and those that it started; they may have left its group."""
        assert self._process is not None
        started = guard.children(self._process.pid)
        self._process.kill()
        self._process.wait()
        for child in started:
            child.end(signal.SIGKILL)

    def _release(self) -> None:
        if self._guard is not None:
            assert self._guard.stdin is not None
            self._guard.stdin.close()
            self._guard.wait()
            self._guard = None
