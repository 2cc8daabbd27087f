"""Whoever answers at a port of ours answers at once."""

from __future__ import annotations

import asyncio
import socket

import pytest

from wiring.listening import PortTaken, listener


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_is_sent_without_waiting_for_the_reader_to_acknowledge_its_first_part(host: str) -> None:
    async def ask() -> int:
        at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sends_at_once = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            at_once.set_result(sends_at_once)
            writer.close()

        with listener(host, 0) as found:
            server = await asyncio.start_server(answer, sock=found)
            async with server:
                _, writer = await asyncio.open_connection(*found.getsockname()[:2])
                writer.close()
                return await asyncio.wait_for(at_once, 10)

    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip(f"this machine has no {host}")
    assert asyncio.run(ask()) != 0


def test_a_port_that_is_in_use_is_named_with_the_way_out() -> None:
    with listener("127.0.0.1", 0) as found, pytest.raises(PortTaken) as refused:
        listener("127.0.0.1", found.getsockname()[1])
    assert refused.value.code == "port_taken"
