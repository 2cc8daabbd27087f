"""The servers that all tests of a run share: each is started when the first test asks, and ended with the last.

What they need is imported only then, so that a run without them is none the slower.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from tests.servers.postgres import PostgresServer
    from tests.servers.server import Server
    from tests.servers.valkey import ValkeyServer

    S = TypeVar("S", bound=Server)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Quick rather than safe, and never stopped in between: a test that does that has to start one of its own."""
    demand_posix()
    from tests.servers.postgres import named_or_own

    with had(lambda: named_or_own(tmp_path_factory.mktemp("postgres"), os.environ)) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """Never stopped in between: a test that does that has to start one of its own."""
    demand_posix()
    from tests.servers.valkey import named_or_own

    with had(lambda: named_or_own(tmp_path_factory.mktemp("redis"), os.environ)) as server:
        yield server


def demand_posix() -> None:
    if os.name != "posix":
        pytest.skip("Servers of tests need Linux, or a system much like it.")


@contextmanager
def had(made: Callable[[], S]) -> Iterator[S]:
    """On Linux a server can always be had: not to have one is a failure there, and elsewhere a reason to skip."""
    from tests.servers.finding import ServerError

    with ExitStack() as stack:
        try:
            server = made()
            stack.enter_context(server)
        except ServerError as error:
            if sys.platform == "linux":
                pytest.fail(str(error), pytrace=False)
            pytest.skip(str(error))
        yield server
