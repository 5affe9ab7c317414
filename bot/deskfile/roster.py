"""The desk file: people, accounts, sources and rules as an owner writes them down, brought into the database.

Identities are derived from what names each (Telegram id, account label, source name), so reading the file
again changes what it changed, adds what is new, and takes the rights of whom it named and names no longer.
Who came by an invite or was let in at the door is none of its business, until it names them.
"""

import os
import tomllib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import structlog
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from bot.deskfile.entries import Entry, Shown
from bot.deskfile.market import MarketEntry
from bot.deskfile.risk import HoursEntry, RiskEntry
from bot.deskfile.thresholds import AccountRulesEntry, Instrument, InstrumentEntry, OverridesEntry, rules_of
from bot.settings import SettingsError
from core.accounts.names import free_name
from core.accounts.settings import Ceilings
from core.accounts.terminals import TerminalPlace
from core.intake.signatures import key_of
from core.model.accounts import Account, Source, TerminalKind
from core.model.errors import Conflict
from core.model.ids import AccountId, SourceId, id_of
from core.model.people import Person, Role
from core.model.policies import Hours
from core.model.texts import likeness, one_line
from core.model.thresholds import Rules
from core.people.door import person_id
from core.ports import Store, Tx

log = structlog.get_logger(__name__)

_WIDEST = 2**63 - 1
"""The largest number that a database keeps; Telegram's ids and brokers' logins are smaller."""


class PersonEntry(Entry):
    """`[[people]]`"""

    telegram_id: int = Field(gt=0, le=_WIDEST)
    name: Shown = Field(min_length=1, max_length=64)
    roles: frozenset[Role] = Field(min_length=1)


class AccountEntry(Entry):
    """`[[accounts]]`; the password stands here or in the environment variable named by `password_env`."""

    label: Shown = Field(min_length=1, max_length=64)
    trader: int = Field(gt=0, description="Telegram id of its trader")
    kind: TerminalKind
    terminal: Shown = Field(min_length=1, description="path of the terminal's program or folder")
    login: int = Field(gt=0, le=_WIDEST)
    server: Shown = Field(min_length=1)
    password: SecretStr | None = None
    password_env: str | None = None
    symbols: dict[str, Annotated[Shown, Field(min_length=1)]] = Field(default_factory=dict)
    risk: RiskEntry = RiskEntry()
    market: MarketEntry = MarketEntry()
    reconciliation: AccountRulesEntry = AccountRulesEntry()

    @model_validator(mode="after")
    def _one_password(self) -> "AccountEntry":
        if (self.password is None) == (self.password_env is None):
            raise ValueError("give either password or password_env")
        return self

    @property
    def named(self) -> str:
        return self.label

    def secret(self) -> str:
        """Raises SettingsError when the named environment variable is empty."""
        if self.password is not None:
            return self.password.get_secret_value()
        value = os.environ.get(self.password_env or "", "")
        if not value:
            raise SettingsError(f"{self.password_env} is empty: it is to hold the password of {self.label}.")
        return value


def _usable(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


class SourceEntry(Entry):
    """`[[sources]]`; secrets as Standard Webhooks has them: `whsec_` and base64."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")
    instruments: frozenset[str] = Field(min_length=1)
    secrets: tuple[Annotated[SecretStr, AfterValidator(_usable)], ...] = Field(min_length=1)
    per_minute: int = Field(default=30, ge=1, le=6000)
    expires_in_s: int = Field(default=900, ge=10, le=86_400)

    @property
    def named(self) -> str:
        return self.name


class TerminalEntry(Entry):
    """`[[terminals]]`: an installed terminal that people may link an account to, one each."""

    name: Shown = Field(min_length=1, max_length=32, description="as people are shown it")
    path: Shown = Field(min_length=1, description="path of the terminal's program or folder")


class CeilingsEntry(Entry):
    """`[limits]`: how far traders may open their own accounts' risk, by the names of `[accounts.risk]`."""

    accounts: int = Field(default=5, ge=0, le=1000, description="accounts that each trader may link")
    risk_percent: Decimal | None = Field(default=None, gt=0, le=100)
    fixed_lots: Decimal | None = Field(default=None, gt=0)
    max_lots: Decimal | None = Field(default=None, gt=0)
    max_open_risk_percent: Decimal | None = Field(default=None, gt=0)
    drawdown_limit_percent: Decimal | None = Field(default=None, gt=0, le=100)
    daily_loss_percent: Decimal | None = Field(default=None, gt=0, le=100)
    max_open_trades: Decimal | None = Field(default=None, ge=1)
    max_per_day: Decimal | None = Field(default=None, ge=1)
    max_drift_pips: Decimal | None = Field(default=None, ge=0)
    countdown_s: Decimal | None = Field(default=None, ge=0, le=600)
    cooldown_losses: Decimal | None = Field(default=None, ge=1)
    cooldown_minutes: Decimal | None = Field(default=None, ge=1, description="at least")
    gap_percent: Decimal | None = Field(default=None, gt=0, le=100)
    spread_times: Decimal | None = Field(default=None, ge=2)
    closing_minutes: Decimal | None = Field(default=None, ge=0, le=1440, description="at least")
    news_minutes: Decimal | None = Field(default=None, ge=0, le=1440, description="at least")

    def ceilings(self) -> Ceilings:
        most = self.model_dump(exclude={"accounts"}, exclude_none=True)
        return Ceilings(most, self.accounts)


class Roster(Entry):
    """The whole desk file."""

    people: tuple[PersonEntry, ...] = ()
    accounts: tuple[AccountEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    terminals: tuple[TerminalEntry, ...] = ()
    limits: CeilingsEntry = CeilingsEntry()
    hours: HoursEntry | None = None
    reconciliation: OverridesEntry = OverridesEntry()
    instruments: dict[Instrument, InstrumentEntry] = Field(default_factory=dict)

    def rules(self) -> Rules:
        """The desk's own thresholds; those of an account are kept with it."""
        return rules_of(self.reconciliation, self.instruments)

    def trading_hours(self) -> Hours | None:
        """Those of the whole desk; those of an account are kept with it."""
        return self.hours.hours() if self.hours else None

    def places(self) -> tuple[TerminalPlace, ...]:
        """The terminals that people may link accounts to."""
        return tuple(TerminalPlace(entry.name, entry.path) for entry in self.terminals)

    def pips(self) -> dict[str, Decimal]:
        """What a pip is, of the instruments whose digits do not tell it."""
        return {name: entry.pip for name, entry in self.instruments.items() if entry.pip is not None}

    @property
    def names_anybody(self) -> bool:
        return bool(self.people or self.accounts or self.sources)

    @model_validator(mode="after")
    def _traders_exist(self) -> "Roster":
        known = {person.telegram_id for person in self.people}
        for account in self.accounts:
            if account.trader not in known:
                raise ValueError(f"account {account.label}: its trader {account.trader} is not among people")
        return self

    @model_validator(mode="after")
    def _named_apart(self) -> "Roster":
        """Two names of the same words are one to whoever reads them, whatever spaces lie between."""
        for kind in ("accounts", "sources"):
            words = [one_line(entry.named) for entry in getattr(self, kind)]
            twice = next((name for name in words if words.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f"{kind}: two are called {twice}; commands tell them by their names")
        return self


def read_roster(path: Path) -> Roster:
    """Read a desk file; an absent one is empty. Raises SettingsError naming the file and the entry."""
    if not path.exists():
        return Roster()
    try:
        return Roster.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}.") from None
    except ValidationError as error:
        raise SettingsError("\n".join(f"{path}: {_where(e)}." for e in error.errors())) from None


def _where(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


async def enrol(store: Store, roster: Roster) -> None:
    """Bring the roster into the database, in one transaction. Raises SettingsError for a contradiction."""
    try:
        async with store.write() as tx:
            await _put(tx, roster)
            await _retire(tx, roster)
    except Conflict as error:
        raise SettingsError(f"desk file: {error}.") from error


async def _put(tx: Tx, roster: Roster) -> None:
    for person in roster.people:
        await tx.people.put(person_of(person))
    for account in roster.accounts:
        await tx.accounts.put(await _with_pins(tx, account_of(account)), account.secret())
    await _give_way(tx)
    for source in roster.sources:
        await tx.sources.put(source_of(source), [s.get_secret_value() for s in source.secrets])


async def _with_pins(tx: Tx, account: Account) -> Account:
    """The file's symbols, and those found at the same broker earlier: they never change by themselves."""
    known = await tx.accounts.get(account.id)
    if known is None or known.server != account.server:
        return account
    return replace(account, symbols={**known.symbols, **account.symbols})


async def _give_way(tx: Tx) -> None:
    """A name in the desk file is the desk file's: an account that its trader had called so is numbered."""
    accounts = await tx.accounts.all()
    written = {likeness(account.label) for account in accounts if account.of_desk_file}
    for account in accounts:
        if not account.of_desk_file and likeness(account.label) in written:
            name = await free_name(tx, account)
            await tx.accounts.change(replace(account, label=name))
            log.warning("account_renamed", before=account.label, after=name)


async def _retire(tx: Tx, roster: Roster) -> None:
    """Whom the file named and names no longer has no rights; one without names takes nothing from anybody.

    Accounts stay, and are their traders' from then on: what is open on them is still reconciled and guarded.
    """
    if not roster.names_anybody:
        return
    people, sources = {person.telegram_id for person in roster.people}, {s.name for s in roster.sources}
    for person in await tx.people.all():
        if person.of_desk_file and person.telegram_id not in people:
            await tx.people.put(replace(person, roles=frozenset(), of_desk_file=False))
    named = {account_id(account.label) for account in roster.accounts}
    for account in await tx.accounts.all():
        if account.of_desk_file and account.id not in named:
            await tx.accounts.change(replace(account, of_desk_file=False))
    for source in await tx.sources.all():
        if source.name not in sources:
            await tx.sources.put(source, [])


def account_id(label: str) -> AccountId:
    return AccountId(id_of("account", label))


def person_of(entry: PersonEntry) -> Person:
    known_by = person_id(entry.telegram_id)
    return Person(known_by, entry.telegram_id, entry.name, entry.roles, of_desk_file=True)


def account_of(entry: AccountEntry) -> Account:
    return Account(
        id=account_id(entry.label),
        person_id=person_id(entry.trader),
        label=entry.label,
        kind=entry.kind,
        terminal_path=_whole_path(entry),
        login=entry.login,
        server=entry.server,
        policy=replace(entry.risk.policy(), market=entry.market.policy()),
        symbols=dict(entry.symbols),
        rules=entry.reconciliation.rules(),
        of_desk_file=True,
    )


def _whole_path(entry: AccountEntry) -> str:
    """A paper terminal's folder may be relative to where the desk runs; a real one's path is taken as is,
    because under Wine it is not a path of this machine."""
    return str(Path(entry.terminal).resolve()) if entry.kind is TerminalKind.PAPER else entry.terminal


def source_of(entry: SourceEntry) -> Source:
    return Source(
        id=SourceId(id_of("source", entry.name)),
        name=entry.name,
        instruments=entry.instruments,
        per_minute=entry.per_minute,
        default_expiry=timedelta(seconds=entry.expires_in_s),
    )
