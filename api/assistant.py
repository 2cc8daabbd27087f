"""Asks and proposes for an assistant by the Model Context Protocol: `python -m api.assistant`, run by `konto mcp`.

Whatever may be read over HTTP is a tool here, answered by the same functions; nothing can be recorded. What is said in
a sentence is only proposed as the fact that it would be.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from api.asked import placed
from api.calls import Call, Route
from api.described import IN_PATH
from api.routes import ROUTES
from domain.errors import Refused
from domain.roles import Asker
from intake.capture.understood import Unclear
from wiring import capturing, logs
from wiring.asking import Asking
from wiring.home import Konto, open_home
from wiring.looking import listed, noting_refusals
from wiring.product import our_version
from wiring.refusals import sentence
from wiring.told import captured
from words import LANGUAGES, N_, Translator, translator

READING = {"read"}
"""Whatever this scope opens is a tool; keys are nothing for an assistant."""
PROPOSE = "propose_capture"
INSTRUCTIONS = (
    "The account of trust of a firm's customers: promises, contacts, incidents, balances in points, figures of "
    "reliability. A figure says what it rests on; say it too. Lists go on with the cursor in `next`. Nothing can be "
    "recorded here: a proposal is to be confirmed by a person with konto capture."
)
PROPOSED = "What a sentence such as “Angebot an Müller bis Freitag” would be as a fact. It is not recorded."

NOBODY = N_("There is nobody called “{found}” in the people document.")
NO_SUCH_TOOL = N_("There is no tool “{name}” here. There are: {known}.")
NO_TEXT = N_("The arguments are names with a text, a number or a list of texts. “{name}” is none of these.")

Tool = Callable[[Asking, Mapping[str, Any]], Any]


def tools() -> dict[str, tuple[types.Tool, Tool]]:
    """By name what the assistant is told of each, and who answers."""
    return {tool.name: (tool, answer) for tool, answer in _all()}


def _all() -> Iterator[tuple[types.Tool, Tool]]:
    looking = types.ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for route in ROUTES:
        if route.method == "GET" and READING & set(route.scopes):
            name = route.page
            summary = str(route.described["summary"])
            tool = types.Tool(name=name, description=summary, input_schema=_asked(route), annotations=looking)
            yield tool, partial(_answered, route)
    text = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    yield types.Tool(name=PROPOSE, description=PROPOSED, input_schema=text, annotations=looking), _proposed


def _asked(route: Route) -> dict[str, Any]:
    schema = route.asked.model_json_schema()
    places = IN_PATH.findall(route.path)
    return {
        "type": "object",
        "properties": {**{place: {"type": "string"} for place in places}, **schema.get("properties", {})},
        "required": [*places, *schema.get("required", ())],
        "additionalProperties": False,
    }


def _answered(route: Route, asking: Asking, given: Mapping[str, Any]) -> Any:
    places = IN_PATH.findall(route.path)
    values = {name: _text(name, given.get(name, "")) for name in places}
    pairs = [
        (name, _text(name, each))
        for name, value in given.items()
        if name not in places and value is not None
        for each in (value if isinstance(value, list) else [value])
    ]
    asking = replace(asking, page=route.page)
    asking.konto.catch_up()
    path = IN_PATH.sub(lambda found: values[found[1]], route.path)
    with noting_refusals(asking.konto, route.page):
        _, told = route.answer(Call(asking, path, placed(values) if values else {}, route.asked.of(pairs), b""))
    return told


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise Refused("wrong_type", NO_TEXT, name, name=name[:60])
    return str(value)


def _proposed(asking: Asking, given: Mapping[str, Any]) -> Any:
    """The fact as it would be, or what is to be asked back."""
    asking.konto.catch_up()
    listed(asking.konto, PROPOSE, ["text"])
    try:
        understood = capturing.understand(asking.konto, _text("text", given.get("text")), id="proposed")
    except Unclear as unclear:
        return {"question": captured.question(asking.t, unclear)}
    return {**captured.as_json(asking.t, understood), "recorded": False}


# -- the protocol -------------------------------------------------------------------------------------------


def server(konto: Konto, t: Translator) -> Server[Any]:
    known = tools()

    async def list_tools(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[tool for tool, _ in known.values()])

    async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await asyncio.to_thread(_told, konto, t, known, params.name, params.arguments or {})

    return Server(
        "vertrauenskonto",
        version=our_version(),
        title="Vertrauenskonto",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _told(
    konto: Konto,
    t: Translator,
    known: Mapping[str, tuple[types.Tool, Tool]],
    name: str,
    given: Mapping[str, Any],
) -> types.CallToolResult:
    """A refusal is an answer, too: the assistant reads what to do instead."""
    try:
        if name not in known:
            raise Refused("not_found", NO_SUCH_TOOL, name=name[:60], known=", ".join(known))
        told = known[name][1](Asking(konto, konto.clock(), t), given)
    except Refused as refused:
        path = f"{refused.path}: " if refused.path else ""
        text = types.TextContent(type="text", text=path + sentence(refused, t))
        return types.CallToolResult(content=[text], is_error=True)
    written = types.TextContent(type="text", text=json.dumps(told, ensure_ascii=False))
    return types.CallToolResult(content=[written], structured_content=told)


def named(konto: Konto, person: str | None) -> Konto:
    """The home as one of us sees it; None = as whoever works on this machine. Raises Refused."""
    if person is None:
        return konto
    found = konto.steering.people.at(konto.clock()).find(person)
    if found is None:
        raise Refused("unknown_person", NOBODY, "--person", found=person[:60])
    return replace(konto, asker=Asker(found.id, frozenset(found.roles)))


async def _serve(konto: Konto, t: Translator) -> None:
    async with stdio_server() as (incoming, outgoing):
        served = server(konto, t)
        await served.run(incoming, outgoing, served.create_initialization_options())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m api.assistant", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the store")
    parser.add_argument("--person", help="whose roles count")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the answers (default en)")
    asked = parser.parse_args(arguments)
    t = translator(asked.lang)
    try:
        with open_home(asked.home, environment=os.environ, door="assistant") as konto:
            logs.configure(konto.settings.log)
            asyncio.run(_serve(named(konto, asked.person), t))
    except Refused as refused:
        print(sentence(refused, t), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
