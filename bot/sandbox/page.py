"""The chat page: its own files, the stream of changes, and the pictures in the chats."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.sandbox import views
from bot.sandbox.model import Json
from bot.sandbox.world import World

ASSETS = Path(__file__).parent / "page"
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'"


def routes(world: World, *, has_desktop: bool = False) -> list[BaseRoute]:
    async def index(_: Request) -> Response:
        return FileResponse(ASSETS / "index.html", headers={"Content-Security-Policy": POLICY})

    async def reference(_: Request) -> Response:
        return FileResponse(ASSETS / "reference.html", headers={"Content-Security-Policy": POLICY})

    async def events(_: Request) -> Response:
        stream = _stream(world, has_desktop=has_desktop)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def file(request: Request) -> Response:
        return _file(world, request.path_params["file_id"])

    return [
        Route("/", index),
        Route("/control/docs", reference),
        Route("/sandbox/events", events),
        Route("/sandbox/files/{file_id}", file),
        Mount("/sandbox/page", StaticFiles(directory=ASSETS)),
    ]


def _file(world: World, file_id: str) -> Response:
    file = world.files.by_id.get(file_id)
    if file is None:
        return PlainTextResponse("There is no such file.", 404)
    if file.kind == "photo":
        return Response(file.body, media_type=file.mime_type)
    # A document is only ever saved: opened in place, an HTML file would run with the page's rights.
    return Response(
        file.body, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"}
    )


async def _stream(world: World, *, has_desktop: bool) -> AsyncIterator[str]:
    with world.feed.watching() as changes:
        if has_desktop:
            yield _event({"kind": "desktop"})
        yield _event(views.snapshot(world))
        while not world.feed.closed and (news := await changes.get()) is not None:
            yield _event(_seen(world, news))


def _event(news: Json) -> str:
    return f"data: {json.dumps(news, ensure_ascii=False)}\n\n"


def _seen(world: World, news: Json) -> Json:
    """News with what the page needs to draw it."""
    match news["kind"]:
        case "message":
            chat = world.chats.get(news["chat_id"])
            message = chat.messages.get(news["message_id"]) if chat else None
            if chat is None or message is None:
                return news
            return news | {"message": views.message_view(message), "reply_keyboard": chat.keyboard}
        case "reset" | "user" | "chat" | "commands" | "clock":
            return views.snapshot(world)
        case "pinned" if news["chat_id"] in world.chats:
            return news | {"pinned": world.chats[news["chat_id"]].pinned}
        case _:
            return news
