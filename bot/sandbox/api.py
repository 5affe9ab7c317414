"""The Bot API over HTTP: `/bot{token}/{method}` and `/file/bot{token}/{path}`."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Coroutine
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import catalogue
from bot.sandbox.faults import NoAnswer, Outcome
from bot.sandbox.files import Upload
from bot.sandbox.methods import MODELLED
from bot.sandbox.parameters import Parameters
from bot.sandbox.refusals import UNAUTHORIZED, Refusal, bad_request, not_modelled
from bot.sandbox.wire import Cut, gone
from bot.sandbox.world import World

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
LONGEST_FIELD = 4 * 1024 * 1024
QUIET = frozenset({"getUpdates"})  # successful polls would drown the log of calls


class JsonAnswer(Response):
    media_type = "application/json"

    def __init__(self, body: object, status: int = 200) -> None:
        super().__init__(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), status)


def routes(world: World) -> list[Route]:
    async def call(request: Request) -> Response:
        return await _answer(world, request)

    async def download(request: Request) -> Response:
        return _file(world, request)

    return [
        Route("/bot{token}/{method}", call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", download, methods=["GET"]),
    ]


async def _answer(world: World, request: Request) -> Response:
    started = time.perf_counter()
    asked, p = request.path_params["method"], Parameters({})

    def log(result: object, *, ok: bool) -> None:
        took_ms = (time.perf_counter() - started) * 1000
        world.log_call(asked, p.for_the_log(), ok=ok, result=result, took_ms=took_ms)

    try:
        _authorise(world, request)
        asked = _known(asked)
        p = await _parameters(request)
        _check_shapes(asked, p)
        result = await _performed(world, asked, p, request)
    except Refusal as refusal:
        log(refusal.json(), ok=False)
        return JsonAnswer(refusal.json(), refusal.code)
    except NoAnswer as lost:
        log(Refusal(0, lost.words).json(), ok=False)
        return await _nothing(world, request, cut=lost.cut)
    if asked not in QUIET:
        log(result, ok=True)
    return JsonAnswer({"ok": True, "result": result})


async def _nothing(world: World, request: Request, *, cut: bool) -> Response:
    """What is left of a call without an answer: a closed connection, or a wait until the client gives up."""
    if cut:
        return Cut()
    await _until_client_goes(request, world.feed.until_closed())
    return Response(status_code=504)  # read by nobody, but when the server itself goes down


def _authorise(world: World, request: Request) -> None:
    token = request.path_params["token"]
    known = TOKEN.fullmatch(token) if world.settings.any_token else token == world.token
    if not known:
        raise Refusal(*UNAUTHORIZED)


def _check_shapes(method: str, p: Parameters) -> None:
    for name in catalogue.nested_fields(method):
        if (value := p.decoded(name)) is None:
            continue
        try:
            catalogue.check_nested(method, name, value)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in (name, *first["loc"]))
            raise bad_request(f"can't parse {where}: {first['msg']}") from error


def _known(method: str) -> str:
    known = catalogue.known_methods().get(method.lower())
    if known is None:
        raise Refusal(404, "Not Found: method not found")
    return known


async def _performed(world: World, method: str, p: Parameters, request: Request) -> object:
    fault = world.faults.strike(method, _chat_id(world, p), p.for_the_log())
    if fault is None:
        return await _checked_result(world, method, p, request)
    result = await _checked_result(world, method, p, request) if fault.takes_effect else None
    await _until_client_goes(request, asyncio.sleep(fault.delay_s))
    if fault.outcome is Outcome.ANSWERED:
        return result
    raise fault.failure()


def _chat_id(world: World, p: Parameters) -> str:
    """The chat that the call is about; an answer to a tap names it by the tap alone."""
    tap = world.taps.get(p.text("callback_query_id"))
    return p.text("chat_id") if tap is None else str(tap.message.chat.id)


async def _checked_result(world: World, method: str, p: Parameters, request: Request) -> object:
    result = await _result(world, method, p, request)
    _check(method, result)
    return result


def _check(method: str, result: object) -> None:
    """No reply leaves that a client could not parse; it would be this sandbox's own fault."""
    try:
        catalogue.check_result(method, result)
    except ValueError as error:
        raise Refusal(
            500, f"Internal Server Error: the sandbox's own {method} is malformed: {error}"
        ) from error


async def _result(world: World, method: str, p: Parameters, request: Request) -> object:
    if method == "getUpdates":
        return await _until_client_goes(request, _updates(world, p))
    if method in MODELLED:
        return MODELLED[method](world, p)
    if catalogue.returns_bool(method):
        return True
    raise not_modelled(method)


async def _updates(world: World, p: Parameters) -> object:
    mailbox, limit = world.mailbox, p.integer("limit") or 100
    allowed = p.listed("allowed_updates")
    if allowed is not None:
        mailbox.allow(str(kind) for kind in allowed)
    mailbox.confirm(p.integer("offset") or 0)
    timeout_s = min(max(0, p.integer("timeout") or 0), world.settings.longest_poll_s)
    return [update.json() for update in await mailbox.poll(min(max(1, limit), 100), timeout_s)]


async def _until_client_goes(request: Request, work: Coroutine[Any, Any, object]) -> object:
    """The work's result; the work is cancelled when its client closes the connection."""
    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(gone(request))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else []
    finally:
        working.cancel()
        watching.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


async def _parameters(request: Request) -> Parameters:
    """Query, form, multipart or JSON body; a body's fields win over the query's."""
    query: dict[str, Any] = dict(request.query_params)
    if request.method == "GET":
        return Parameters(query)
    if "json" in request.headers.get("content-type", ""):
        return Parameters(query | _json_object(await request.body()))
    async with request.form(max_part_size=LONGEST_FIELD) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        files = {name: value for name, value in form.items() if isinstance(value, UploadFile)}
        uploads = {name: Upload(file.filename or name, await file.read()) for name, file in files.items()}
    return Parameters(query | fields, uploads)


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse request JSON object") from None
    if not isinstance(parsed, dict):
        raise bad_request("expected an Object")
    return parsed


def _file(world: World, request: Request) -> Response:
    try:
        _authorise(world, request)
    except Refusal as refusal:
        return JsonAnswer(refusal.json(), refusal.code)
    file = world.files.by_path.get(request.path_params["path"])
    if file is None:
        return JsonAnswer(Refusal(404, "Not Found: file not found").json(), 404)
    return Response(file.body, media_type=file.mime_type)
