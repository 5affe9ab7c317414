"""Accounts: the list, one account with its buttons, and the questions about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.accounts import (
    AccountAct,
    AccountsTap,
    AccountTap,
    LinkAct,
    LinkTap,
    RenewTap,
    RiskAct,
    RiskTap,
)
from bot.buttons.fields import unix
from bot.views.cards.card import BADGES, NAME_LIMIT
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.views.pages import page_at
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain
from core.accounts.names import LONGEST_NAME
from core.accounts.refusals import AccountRefused
from core.accounts.unlinking import Leaving
from core.health.findings import may_renew
from core.model.accounts import Account
from core.model.mt5 import MT5AccountSnapshot, MT5AccountState
from core.model.risk import LockKind
from core.status import AccountStatus

PER_PAGE = 6
REASON_LIMIT = 160
LOCKS_SHOWN = 4
INSTRUMENTS_SHOWN = 24
MARKS = {
    "closing": "🆘",
    "locked": "🔒",
    "unreachable": "🔌",
    "paused": "⏸",
    "unread": "⚪",
    "watched": "🟢",
}
MODES = ("netting", "exchange", "hedging")
_PAUSES = (LockKind.PAUSE, LockKind.OWN)


@dataclass(frozen=True, slots=True)
class Shown:
    """An account as it stands, with its newest reading; `mine` when the reader may change it."""

    status: AccountStatus
    snapshot: MT5AccountSnapshot | None
    mine: bool

    @property
    def account(self) -> Account:
        return self.status.account

    @property
    def badge(self) -> str:
        """Empty for a real account that was not read yet."""
        return self.account.shown_kind(self.snapshot.account.kind if self.snapshot else "")

    @property
    def state(self) -> str:
        """The one thing that matters most."""
        kinds = {lock.kind for lock in self.status.locks}
        if self.status.liquidation is not None:
            return "closing"
        if kinds - set(_PAUSES):
            return "locked"
        if self.status.last.error:
            return "unreachable"
        if kinds:
            return "paused"
        return "watched" if self.status.last.read_at else "unread"

    @property
    def is_paused_by_trader(self) -> bool:
        return any(lock.kind is LockKind.OWN for lock in self.status.locks)


def accounts(shown: Sequence[Shown], number: int, words: Words, *, may_link: bool) -> Rendered:
    """A page of the accounts, a button for each, and one that links another."""
    page = page_at(shown, number, PER_PAGE)
    blocks = [_block(each, words) for each in page.items]
    text = paragraphs(bold(words("accounts-title")), *(blocks or [words("accounts-none")]))
    named = [_to(each.account) for each in page.items]
    link = button(words.label("accounts-button-link"), LinkTap(act=LinkAct.START), ButtonStyle.PRIMARY)
    rows = [*in_rows(named, 2), *page.turns(lambda to: AccountsTap(page=to)), *([[link]] if may_link else [])]
    return Rendered(text, keyboard(*rows) if rows else None)


def account(shown: Shown, words: Words) -> Rendered:
    """All of one account, and what its trader can do with it."""
    state = shown.snapshot.account if shown.snapshot else None
    text = paragraphs(
        _block(shown, words),
        lines(
            words("accounts-login", login=str(shown.account.login), server=shown.account.server),
            _terms(state, words) if state else None,
            _open(shown.snapshot, words) if shown.snapshot else None,
        ),
        lines(*_locks(shown, words)),
        words("accounts-of-desk-file") if shown.mine and shown.account.of_desk_file else None,
    )
    return Rendered(text, keyboard(*_actions(shown, words), [back_to_list(words)]))


def _block(shown: Shown, words: Words) -> Html:
    account, status = shown.account, shown.status
    trader = None if shown.mine else plain(status.trader, NAME_LIMIT)
    head = words.listed(bold(account.label, NAME_LIMIT), BADGES.get(shown.badge), trader)
    limit = words.limit(account.policy.drawdown_limit_percent)
    drawdown = words("accounts-drawdown", percent=words.percent(status.drawdown_percent), limit=limit)
    return lines(
        f"{MARKS[shown.state]} {head}",
        _money(shown, words),
        words.listed(drawdown, words(f"accounts-state-{shown.state}")),
    )


def _money(shown: Shown, words: Words) -> Html:
    if shown.snapshot is None:
        return words("accounts-unread")
    state = shown.snapshot.account
    equity = shown.status.last.equity
    newest = words.money(state.equity if equity is None else equity, state.currency)
    return words("accounts-money", balance=words.money(state.balance, state.currency), equity=newest)


def _terms(state: MT5AccountState, words: Words) -> Html:
    leverage = words("accounts-leverage", leverage=str(state.leverage))
    return words.listed(leverage, words(f"accounts-mode-{MODES[state.margin_mode]}"))


def _open(snapshot: MT5AccountSnapshot, words: Words) -> Html:
    positions = words("accounts-positions", n=len(snapshot.positions))
    return words.listed(positions, words("accounts-orders", n=len(snapshot.orders)))


def _locks(shown: Shown, words: Words) -> list[str]:
    last = shown.status.last
    broken = [f"⚠️ {words.told(last.error, REASON_LIMIT)}"] if last.error else []
    return broken + [f"🔒 {words.told(one.reason, REASON_LIMIT)}" for one in shown.status.locks[:LOCKS_SHOWN]]


def _actions(shown: Shown, words: Words) -> list[list[InlineKeyboardButton]]:
    """Rows of two; an account of the desk file is only paused here."""
    if not shown.mine:
        return []
    entries = AccountAct.RESUME if shown.is_paused_by_trader else AccountAct.PAUSE
    label = "accounts-button-resume" if shown.is_paused_by_trader else "accounts-button-pause"
    pause = button(words.label(label), _tap(entries, shown.account))
    risk = button(words.label("accounts-button-risk"), RiskTap(act=RiskAct.LIST, account=shown.account.id))
    symbols = _do("symbols", AccountAct.SYMBOLS, shown.account, words)
    if shown.account.of_desk_file:
        return [[risk, pause], [symbols]]
    rename = _do("rename", AccountAct.RENAME, shown.account, words)
    unlink = _do("unlink", AccountAct.ASK_UNLINK, shown.account, words)
    if not may_renew(shown.account):
        return [[risk, pause], [rename, symbols], [unlink]]
    renew = button(words.label("accounts-button-renew"), RenewTap(account=shown.account.id))
    return [[risk, pause], [rename, symbols], [renew, unlink]]


def _do(name: str, act: AccountAct, account: Account, words: Words) -> InlineKeyboardButton:
    return button(words.label(f"accounts-button-{name}"), _tap(act, account))


def _tap(act: AccountAct, account: Account) -> AccountTap:
    return AccountTap(act=act, account=account.id)


def _to(account: Account) -> InlineKeyboardButton:
    return button(clip(account.label, NAME_LIMIT), _tap(AccountAct.SHOW, account))


def back_to_list(words: Words) -> InlineKeyboardButton:
    return button(words.label("accounts-button-all"), AccountsTap())


def back_to(account: UUID, words: Words) -> InlineKeyboardButton:
    return button(words.label("back"), AccountTap(act=AccountAct.SHOW, account=account))


# -- rename and symbols


def ask_name(account: Account, words: Words) -> Rendered:
    text = words("accounts-ask-name", label=clip(account.label, NAME_LIMIT), most=LONGEST_NAME)
    return Rendered(text, keyboard([back_to(account.id, words)]))


def renamed(account: Account, words: Words) -> Rendered:
    text = words("accounts-renamed", label=clip(account.label, NAME_LIMIT))
    return Rendered(text, keyboard([back_to(account.id, words)]))


def symbols(
    account: Account, found: Mapping[str, str | None] | None, instruments: Sequence[str], words: Words
) -> Rendered:
    """The broker's symbol of each instrument of the sources; `found` is None while the terminal is silent."""
    told = [_symbol(account, each, found, words) for each in instruments[:INSTRUMENTS_SHOWN]]
    may_pin = bool(instruments) and not account.of_desk_file
    text = paragraphs(
        bold(words("accounts-symbols-title", label=clip(account.label, NAME_LIMIT))),
        lines(*told) if told else words("accounts-symbols-none"),
        words("accounts-symbols-hint") if may_pin else None,
    )
    pins = [_pin(account, number, each) for number, each in enumerate(instruments[:INSTRUMENTS_SHOWN])]
    rows = in_rows(pins, 3) if may_pin else []
    return Rendered(text, keyboard(*rows, [back_to(account.id, words)]))


def _symbol(account: Account, instrument: str, found: Mapping[str, str | None] | None, words: Words) -> Html:
    symbol = account.symbols.get(instrument) or (found or {}).get(instrument)
    if symbol is not None:
        return words("accounts-symbol-found", instrument=instrument, symbol=symbol)
    key = "accounts-symbol-unasked" if found is None else "accounts-symbol-missing"
    return words(key, instrument=instrument)


def _pin(account: Account, number: int, instrument: str) -> InlineKeyboardButton:
    return button(
        clip(instrument, NAME_LIMIT), AccountTap(act=AccountAct.PIN, account=account.id, choice=number)
    )


def ask_symbol(account: Account, instrument: str, words: Words) -> Rendered:
    text = words("accounts-ask-symbol", instrument=instrument)
    back = button(words.label("back"), _tap(AccountAct.SYMBOLS, account))
    return Rendered(text, keyboard([back]))


def pinned(account: Account, instrument: str, words: Words) -> Rendered:
    facts = {"instrument": instrument, "symbol": account.symbols[instrument]}
    text = words("accounts-pinned", label=clip(account.label, NAME_LIMIT), **facts)
    return Rendered(text, keyboard([back_to(account.id, words)]))


# -- unlink


def unlink_question(leaving: Leaving, until: datetime, words: Words) -> Rendered:
    """The numbers, and a button that lapses at `until`."""
    account = leaving.account
    label = clip(account.label, NAME_LIMIT)
    balance = words.money(leaving.balance, leaving.currency) if leaving.balance is not None else plain("?")
    text = paragraphs(
        words("accounts-unlink-question", label=label),
        lines(
            words("accounts-unlink-money", balance=balance),
            words("accounts-unlink-cards", n=leaving.cards) if leaving.cards else None,
        ),
        words("accounts-unlink-what"),
        words("question-lapses", when=words.relative(until)),
    )
    sure = AccountTap(act=AccountAct.UNLINK, account=account.id, until=unix(until))
    unlink = button(words.label("accounts-unlink-sure", label=label), sure, ButtonStyle.DANGER)
    keep = button(words.label("accounts-button-keep"), _tap(AccountAct.SHOW, account))
    return Rendered(text, keyboard([unlink], [keep]))


def unlinked(account: Account, words: Words) -> Rendered:
    text = words("accounts-unlinked", label=clip(account.label, NAME_LIMIT))
    return Rendered(text, keyboard([back_to_list(words)]))


# -- refusals


def _number(text: str, words: Words) -> str:
    return words.number(Decimal(text), len(text.partition(".")[2]))


def refusal(error: AccountRefused, words: Words) -> str:
    """Why not; plain text."""
    facts = dict(error.facts)
    for name in ("setting", "limit"):
        if name in facts:
            facts[name] = words.label(f"accounts-set-{facts[name]}")
    for name in ("most", "percent"):
        if name in facts:
            facts[name] = _number(str(facts[name]), words)
    return words.label(f"accounts-refused-{error.reason}", **facts)
