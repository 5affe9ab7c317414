"""What others do to an account while a program makes a call: the scripted misfortunes that are acts."""

from collections.abc import Callable

from core.paper import hands
from core.paper.folder import Folder
from core.paper.hands import Hands
from core.paper.server.broker import Broker, NoAccount
from core.paper.server.faults import Fault, Kind


def meddle(broker: Broker, folder: Folder, met: tuple[Fault, ...]) -> None:
    """Do what those of the faults that are acts say."""
    for fault in met:
        act = _ACTS.get(fault.kind)
        if act is not None:
            act(broker, folder, fault)


def _close(broker: Broker, folder: Folder, fault: Fault) -> None:
    """Close the account's oldest position (of the fault's symbol), if it has one."""
    login = folder.setup.login
    try:
        positions = broker.view(login).ledger.positions.values()
    except NoAccount:
        return
    tickets = [position.ticket for position in positions if fault.symbol in ("", position.symbol)]
    if tickets:
        Hands(broker).close_position(login, min(tickets))


def _switch(_: Broker, folder: Folder, fault: Fault) -> None:
    hands.switch_account(folder.path, fault.to)


def _press(_: Broker, folder: Folder, __: Fault) -> None:
    hands.press_algo_trading(folder.path, on=False)


def _set_clock(broker: Broker, _: Folder, fault: Fault) -> None:
    broker.set_clock(int(fault.seconds))


_ACTS: dict[Kind, Callable[[Broker, Folder, Fault], None]] = {
    Kind.CLOSED: _close,
    Kind.SWITCHED: _switch,
    Kind.ALGO_OFF: _press,
    Kind.CLOCK: _set_clock,
}
