"""All addresses of the API, and what happens around each of them."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api import feeds, hooks, standing
from api.around import Around
from api.asked import placed
from api.bodies import Bodies
from api.callers import Door, Pace
from api.calls import Call, Route
from api.described import FEEDS, HOOKS, TITLE, WHAT, components, parameters
from api.problems import NoSuchPlace, OtherMethod, answer, translator_of
from api.routes import ROUTES
from api.spoken import asyncapi
from domain.errors import Refused
from wiring.asking import Asking
from wiring.home import Konto
from wiring.looking import noting_refusals
from wiring.product import our_version

SIGNED = "/hooks/"
"""Comes with a signature instead of a key."""
FEED = "/feeds/{token}.ics"
VOCABULARY = "/asyncapi.json"
OPEN = ("/health", "/ready", FEED)
"""Need no key: the first two say nothing about anybody, the last has a token of its own."""
AT_ONCE = 40
"""Requests that are answered at the same time; further ones wait."""


class Direct(APIRoute):
    """Calls what answers with the request alone: FastAPI would look for arguments to check, of which there are none."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


Endpoint = Callable[[Request], Awaitable[Response]]


class Answering:
    """An endpoint without the framework around it."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self.endpoint(request)
        except Refused as error:
            response = answer(request, error)
        await response(scope, receive, send)


class Straight:
    """Goes by what never varies in an address to whoever answers there; for all others the framework looks.

    Its layers, and its search, take an eighth of the time of a request that records one fact.
    """

    def __init__(self, framework: ASGIApp, answering: Mapping[tuple[str, str], ASGIApp]) -> None:
        self.framework, self.answering = framework, answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = (scope["method"], scope["path"]) if scope["type"] == "http" else ("", "")
        await self.answering.get(way, self.framework)(scope, receive, send)


class Described(FastAPI):
    """Tells of itself when somebody first asks: to make that takes longer than all the rest of a start."""

    def __init__(self, answering: Mapping[tuple[str, str], ASGIApp], **more: Any) -> None:
        # Else it would look at each request whether somebody measures it from outside; what it tells such a one of
        # mistakes may hold texts of customers.
        super().__init__(telemetry={"tracing": False, "metrics": False, "logs": False}, **more)
        self._answering = answering

    def build_middleware_stack(self) -> ASGIApp:
        return Straight(super().build_middleware_stack(), self._answering)

    def openapi(self) -> dict[str, Any]:
        """With the facts' own schemas, and which addresses need a key."""
        if self.openapi_schema is None:
            found = super().openapi()
            parts = found.setdefault("components", {})
            parts["schemas"] = components()
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            for path, ways in found["paths"].items():
                for way in ways.values():
                    way["security"] = [] if path in OPEN or path.startswith(SIGNED) else [{"key": []}]
            self.openapi_schema = found
        return self.openapi_schema


def app(konto: Konto, pace: Pace, *, body_within_s: float) -> FastAPI:
    """The API of a home, whoever serves it."""
    answering: dict[tuple[str, str], ASGIApp] = {}
    api = Described(answering, title=TITLE, description=WHAT, version=our_version(), docs_url=None, redoc_url=None)

    def guarded(app: ASGIApp) -> ASGIApp:
        return Around(Bodies(app, body_within_s))

    api.add_middleware(guarded)
    konto = replace(konto, door="api")
    door = Door(konto, pace)
    workers = ThreadPoolExecutor(AT_ONCE, "answering")

    for route in ROUTES:
        endpoint = _endpoint(route, konto, door, workers)
        if "{" not in route.path:
            answering[route.method, route.path] = guarded(Answering(endpoint))
        api.router.add_api_route(
            route.path, endpoint, methods=[route.method], route_class_override=Direct, **_described(route)
        )

    @api.post("/hooks/{connector}", **HOOKS)
    async def hooks_(request: Request) -> Response:
        body = await request.body()
        return JSONResponse(await run_in_threadpool(hooks.take, request, konto, door, body))

    @api.get(FEED, **FEEDS)
    @api.head(FEED, include_in_schema=False)
    def feed(request: Request, token: str) -> Response:
        return feeds.answer(konto, door.reader(request, token), request)

    @api.get(VOCABULARY, include_in_schema=False)
    def vocabulary() -> dict[str, Any]:
        return asyncapi(our_version())

    @api.get("/health", summary="Whether this process answers", tags=["standing"])
    def health() -> dict[str, bool]:
        return {"ok": True}

    @api.get("/ready", summary="Whether facts can be taken", tags=["standing"])
    def ready() -> Response:
        found = standing.of(konto)
        return JSONResponse(found, status_code=200 if found["ok"] else 503)

    @api.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answer(request, error)

    @api.exception_handler(HTTPException)
    async def no_place(request: Request, error: HTTPException) -> Response:
        return answer(request, OtherMethod() if error.status_code == 405 else NoSuchPlace())

    return api


def _endpoint(route: Route, konto: Konto, door: Door, workers: Executor) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        body = await request.body()

        def answered() -> Response:
            caller = door.opened(request, route.scopes)
            asked = route.asked.of(request.query_params.multi_items())
            asking = Asking(caller, caller.clock(), translator_of(request), page=route.page)
            if route.method == "GET":
                caller.catch_up()
            call = Call(asking, request.url.path, placed(request.path_params), asked, body)
            with noting_refusals(caller, route.page):
                status, told = route.answer(call)
            return JSONResponse(told, status_code=status)

        # Less than half of what Starlette's own pool of threads takes for it.
        return await get_running_loop().run_in_executor(workers, copy_context().run, answered)

    return endpoint


def _described(route: Route) -> dict[str, Any]:
    extra = {"parameters": parameters(route.asked, route.path), **route.described.get("openapi_extra", {})}
    return {**route.described, "openapi_extra": extra, "operation_id": route.answer.__name__}
