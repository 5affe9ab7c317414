"""The control API of a desktop: terminals and their market, in a person's hands.

Its functions are plain ones, so that each runs on a thread: a broker's book may block, the loop may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from bot.sandbox.desktop import (
    Clock,
    Closing,
    Desktop,
    Login,
    NewMisfortune,
    NewOrder,
    NewShock,
    OrderChange,
    Payment,
    Receipt,
    Stops,
    Switches,
    Symbol,
    Terminal,
)

ONE = "/terminals/{terminal}"


class Refusal(BaseModel):
    """Why not, in a sentence."""

    detail: str


RESPONSES: dict[int | str, dict[str, Any]] = {
    409: {"model": Refusal, "description": "It cannot be done, or the broker refuses."},
    422: {"model": Refusal, "description": "The request is not understood."},
}


def router(desktop: Desktop) -> APIRouter:
    control = APIRouter(prefix="/control", tags=["terminals"], responses=RESPONSES)
    _add_sight(control, desktop)
    _add_trading(control, desktop)
    _add_circumstances(control, desktop)
    return control


def _add_sight(control: APIRouter, desktop: Desktop) -> None:
    @control.get("/terminals")
    def list_terminals() -> Sequence[Terminal]:
        return desktop.terminals()

    @control.get(ONE)
    def see_terminal(terminal: str) -> Terminal:
        return desktop.terminal(terminal)

    @control.get("/market")
    def see_market() -> Sequence[Symbol]:
        return desktop.symbols()

    @control.get("/accounts")
    def list_accounts() -> Sequence[Login]:
        """All that a terminal could be logged in to."""
        return desktop.accounts()

    @control.get("/misfortunes")
    def list_misfortunes() -> Sequence[str]:
        return desktop.misfortunes()


def _add_trading(control: APIRouter, desktop: Desktop) -> None:
    @control.post(f"{ONE}/orders", status_code=201)
    def new_order(terminal: str, new: NewOrder) -> Receipt:
        """As typed into the terminal's New Order window; the broker notes that a person did it."""
        return desktop.order(terminal, new)

    @control.put(f"{ONE}/orders/{{ticket}}")
    def change_order(terminal: str, ticket: int, change: OrderChange) -> Receipt:
        return desktop.change_order(terminal, ticket, change)

    @control.delete(f"{ONE}/orders/{{ticket}}")
    def cancel_order(terminal: str, ticket: int) -> Receipt:
        return desktop.cancel_order(terminal, ticket)

    @control.post(f"{ONE}/positions/{{ticket}}/close")
    def close_position(terminal: str, ticket: int, closing: Closing) -> Receipt:
        return desktop.close_position(terminal, ticket, closing)

    @control.put(f"{ONE}/positions/{{ticket}}/stops")
    def move_stops(terminal: str, ticket: int, stops: Stops) -> Receipt:
        return desktop.move_stops(terminal, ticket, stops)


def _add_circumstances(control: APIRouter, desktop: Desktop) -> None:
    @control.patch(ONE)
    def throw_switches(terminal: str, switches: Switches) -> Terminal:
        """Network, Algo Trading, API, the account logged in to, what the broker permits."""
        return desktop.switch(terminal, switches)

    @control.post(f"{ONE}/payments", status_code=201)
    def pay_in_or_out(terminal: str, payment: Payment) -> Receipt:
        return desktop.pay(terminal, payment)

    @control.post(f"{ONE}/misfortunes", status_code=201)
    def bring_misfortune(terminal: str, new: NewMisfortune) -> Receipt:
        return desktop.misfortune(terminal, new)

    @control.post("/market/shocks", status_code=201)
    def shock_market(new: NewShock) -> Receipt:
        """From then on the price is so much higher or lower than it would have been."""
        return desktop.shock(new)

    @control.post("/market/clock")
    def set_market_clock(clock: Clock) -> Receipt:
        return desktop.set_clock(clock)

    @control.delete("/misfortunes")
    def end_misfortunes() -> Receipt:
        """Those to come are forgotten, those that last are over, on every terminal."""
        return desktop.no_misfortunes()
