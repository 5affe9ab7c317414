"""Errors over HTTP: one JSON form for all of them, never a trace."""

from collections.abc import Mapping
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from core.intake.signatures import BadSignature
from core.model.errors import Conflict, DeskError, InvalidField, NotFound

log = structlog.get_logger(__name__)

_STATUS: Mapping[type[DeskError], tuple[int, str]] = {
    BadSignature: (401, "bad_signature"),
    NotFound: (404, "not_found"),
    Conflict: (409, "conflict"),
    InvalidField: (422, "invalid_field"),
}


class ProblemOut(BaseModel):
    """What went wrong: a code for programs, a sentence for people, the field if it is one field's fault."""

    code: str = Field(examples=["invalid_field"])
    message: str = Field(examples=["must be below the entry of a buy signal"])
    field: str | None = Field(default=None, examples=["stop_loss"])


class ErrorOut(BaseModel):
    error: ProblemOut


class Problem(Exception):
    """Raised to answer with an error of the protocol: size, form, rate."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.out = ProblemOut(code=code, message=message, field=field)

    def response(self) -> JSONResponse:
        body = ErrorOut(error=self.out).model_dump(exclude_none=True)
        return JSONResponse(body, self.status, headers=self.headers)


def wrong_parameter(name: str, why: str) -> Problem:
    """400: what is wrong with a parameter of the path or the query. A name of the sender's is cleaned."""
    return Problem(400, "invalid_parameter", why, field=printable(name))


def printable(name: str) -> str:
    """The beginning of a name that somebody else has chosen, made harmless."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:64])


def too_many(seconds: float) -> Problem:
    """429, with the whole seconds after which another request is welcome."""
    headers = {"Retry-After": str(max(1, ceil(seconds)))}
    return Problem(429, "too_many_requests", "Slow down.", headers=headers)


def problem_of(error: DeskError) -> Problem:
    """How an error of the domain is told over HTTP."""
    status, code = _STATUS.get(type(error), (400, "refused"))
    return Problem(status, code, str(error), field=getattr(error, "field", None))


Responses = dict[int | str, dict[str, Any]]
"""What a route may answer, as FastAPI describes it, by status or `default`."""


def errors(**reasons: str) -> Responses:
    """For the description of a route: `s404="No such signal"`."""
    return {int(status[1:]): {"model": ErrorOut, "description": text} for status, text in reasons.items()}


def install(app: FastAPI) -> None:
    """Answer every error of `app` in the one form."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(DeskError, _on_desk_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_bad_parameter)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, _on_bug)


async def _on_problem(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, Problem)  # noqa: S101 - Starlette looks handlers up by type
    return error.response()


async def _on_desk_error(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, DeskError)  # noqa: S101
    return problem_of(error).response()


async def _on_http_error(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, HTTPException)  # noqa: S101
    status = HTTPStatus(error.status_code)
    code = status.phrase.lower().replace(" ", "_")
    return Problem(status, code, f"{status.phrase}.", headers=error.headers).response()


async def _on_bad_parameter(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, RequestValidationError)  # noqa: S101
    first = error.errors()[0]
    return wrong_parameter(str(first["loc"][-1]), first["msg"].removeprefix("Value error, ")).response()


async def _on_disconnect(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    return Problem(400, "incomplete", "The request ended before its body.").response()


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    log.error("request_failed", path=request.url.path, error=type(error).__name__)
    return Problem(500, "internal", "This was our mistake; it is in the desk's log.").response()
