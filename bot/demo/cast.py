"""Who and what the demo has: five people, a source of signals, three paper accounts at one broker."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr

from bot.deskfile.risk import RiskEntry
from bot.deskfile.roster import AccountEntry, PersonEntry, Roster, SourceEntry
from core.model.accounts import TerminalKind
from core.model.people import Role
from core.paper.hands import Hands, install_terminal
from core.paper.market.plan import MarketPlan
from core.paper.server.records import Account as PaperAccount

SERVER = "Paper-Demo"
PASSWORD = "paper-money"  # noqa: S105 - opens simulated accounts only
DEPOSIT = 10_000.0
SOURCE = "demo-signals"
INSTRUMENTS = frozenset({"EURUSD", "GBPUSD", "USDJPY", "XAUUSD", "US30", "BTCUSD"})


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the demo; a trader has a login and a way of taking risk."""

    telegram_id: int
    name: str
    role: Role
    login: int = 0
    risk: RiskEntry = field(default_factory=RiskEntry)

    @property
    def account(self) -> str:
        return f"{self.name} {self.login}"


DRIFT_PIPS = Decimal(50)
"""Wide enough that a tap a minute late is still a trade."""
CALM = RiskEntry(max_drift_pips=DRIFT_PIPS)
BOLD = RiskEntry(
    risk_percent=Decimal(15),
    max_open_risk_percent=Decimal(50),
    drawdown_limit_percent=Decimal(5),
    max_lots=Decimal(20),
    max_drift_pips=DRIFT_PIPS,
)
OLIVIA = Member(1001, "Olivia", Role.OWNER)
ADAM = Member(1002, "Adam", Role.ADMIN)
TOM = Member(1003, "Tom", Role.TRADER, 70001, CALM)
TARA = Member(1004, "Tara", Role.TRADER, 70002, CALM)
TIM = Member(1005, "Tim", Role.TRADER, 70003, BOLD)
"""Risks much and has a low limit, so that the guard has something to do."""

CAST = (OLIVIA, ADAM, TOM, TARA, TIM)
TRADERS = (TOM, TARA, TIM)


def terminal_of(folder: Path, member: Member) -> Path:
    return folder / "terminals" / str(member.login)


def book_of(folder: Path) -> Path:
    """The broker's book in the demo's folder."""
    return folder / "broker.book"


def open_broker(folder: Path) -> Hands:
    """A broker with an account and an installed terminal for each trader.

    Its markets never close: a demo on a Sunday has to work too.
    """
    book = book_of(folder)
    broker = Hands.on(book, MarketPlan(always_open=True))
    for trader in TRADERS:
        broker.open_account(
            PaperAccount(login=trader.login, name=trader.name, server=SERVER), PASSWORD, DEPOSIT
        )
        install_terminal(terminal_of(folder, trader), book, trader.login)
    return broker


def roster(folder: Path, secret: str) -> Roster:
    """The demo's desk file; `secret` is the source's."""
    return Roster(
        people=tuple(
            PersonEntry(telegram_id=m.telegram_id, name=m.name, roles=frozenset({m.role})) for m in CAST
        ),
        accounts=tuple(_account(folder, trader) for trader in TRADERS),
        sources=(SourceEntry(name=SOURCE, instruments=INSTRUMENTS, secrets=(SecretStr(secret),)),),
    )


def _account(folder: Path, trader: Member) -> AccountEntry:
    return AccountEntry(
        label=trader.account,
        trader=trader.telegram_id,
        kind=TerminalKind.PAPER,
        terminal=str(terminal_of(folder, trader)),
        login=trader.login,
        server=SERVER,
        password=SecretStr(PASSWORD),
        risk=trader.risk,
    )
