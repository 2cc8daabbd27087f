"""The database goes away and comes back: nothing is acknowledged that is not kept, and the caller hears when to try."""

from __future__ import annotations

from pathlib import Path

from tests.api.serving import serving
from tests.api.test_facts import NOW, made, recorded
from tests.homes import open_at
from tests.servers.postgres import PostgresServer
from tests.waiting import wait_for


def test_while_postgres_is_away_503_says_when_to_try_again_and_afterwards_it_goes_on(tmp_path: Path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    with PostgresServer(tmp_path / "server") as server:
        settings = f'[store]\nurl = "{server.url}"\npatience_seconds = 0.5\nlock_timeout_seconds = 1\n'
        (folder / "settings.toml").write_text(settings, encoding="utf-8")
        home = open_at(folder)
        home.clock.now = NOW
        with serving(home) as api:
            key = api.key("facts:write", "read")
            assert api.ask("POST", "/facts", made(1), key=key).status == 201
            server.stop()
            asked = [("POST", "/facts", made(2)), ("POST", "/facts", [made(2), made(3)]), ("GET", "/promises", None)]
            away = [api.ask(method, path, body, key=key) for method, path, body in asked]
            assert [each.status for each in away] == [503, 503, 503]
            assert {each.json["code"] for each in away} == {"store_gone"}
            assert {each.headers["retry-after"] for each in away} == {"5"}
            assert api.ask("GET", "/ready").status == 503
            assert api.ask("GET", "/health").status == 200, "the process itself is well"
            server.start()
            wait_for(lambda: api.ask("GET", "/ready").status == 200)
            assert recorded(api) == 1, "nothing of what was answered with 503 was kept"
            assert api.ask("POST", "/facts", made(2), key=key).status == 201
            assert [row["promise"] for row in api.ask("GET", "/promises", key=key).json["rows"]] == ["P-1", "P-2"]
        home.close()
