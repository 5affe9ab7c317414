"""The wizard that links an account: a question for each step, and what was found."""

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from bot.buttons.accounts import LinkAct, LinkTap, RiskAct, RiskTap
from bot.buttons.commands import CommandTap
from bot.views.accounts import MODES, back_to
from bot.views.cards.card import BADGES, NAME_LIMIT
from bot.views.markup import Rendered, button, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, lines, paragraphs, plain
from core.accounts.linking import Candidate
from core.accounts.names import LONGEST_NAME
from core.accounts.paper import LEAST, MOST
from core.accounts.terminals import TerminalPlace
from core.model.accounts import Account, RiskPolicy
from core.model.mt5 import MT5AccountState

SYMBOLS_SHOWN = 24


def question(
    step: str, answers: Mapping[str, Any], terminals: Sequence[TerminalPlace], words: Words
) -> Rendered:
    """What is asked at the step of that name, with what was answered before."""
    if "renews" in answers:
        text = words("accounts-renew-ask", **_facts("password", answers, words))
        return Rendered(text, keyboard([_cancel("password", words)]))
    text = words(f"accounts-link-{step}", **_facts(step, answers, words))
    return Rendered(text, keyboard(*_choices(step, terminals, words), _ways(step, words)))


def _facts(step: str, answers: Mapping[str, Any], words: Words) -> dict[str, str | int]:
    match step:
        case "paper_name":
            return {"most": LONGEST_NAME}
        case "paper_balance":
            return _bounds(words)
        case "password":
            return {"login": str(answers["login"]), "server": str(answers["server"])}
    return {}


def _bounds(words: Words) -> dict[str, str | int]:
    return {"least": words.number(LEAST), "most": words.number(MOST)}


def _choices(step: str, terminals: Sequence[TerminalPlace], words: Words) -> list[list[InlineKeyboardButton]]:
    if step == "kind":
        paper = button(words.label("accounts-link-paper"), LinkTap(act=LinkAct.PAPER, at=step))
        mt5 = button(words.label("accounts-link-mt5"), LinkTap(act=LinkAct.MT5, at=step))
        return [[paper, mt5]]
    if step != "terminal":
        return []
    return [
        [button(clip(place.name, NAME_LIMIT), LinkTap(act=LinkAct.TERMINAL, at=step, choice=number))]
        for number, place in enumerate(terminals)
    ]


def _ways(step: str, words: Words) -> list[InlineKeyboardButton]:
    """Back, where there is something before it, and the way out."""
    if step == "kind":
        return [_cancel(step, words)]
    back = button(words.label("back"), LinkTap(act=LinkAct.BACK, at=step))
    return [back, _cancel(step, words)]


def _cancel(step: str, words: Words) -> InlineKeyboardButton:
    return button(words.label("cancel"), LinkTap(act=LinkAct.CANCEL, at=step))


def cancelled(answers: Mapping[str, Any], words: Words) -> Rendered:
    return Rendered(words("accounts-renew-cancelled" if "renews" in answers else "accounts-link-cancelled"))


def wrong(what: str, words: Words) -> str:
    """Why an answer is none; plain text."""
    facts: dict[str, str | int] = _bounds(words) if what == "balance" else {}
    return words.label(f"accounts-link-bad-{what}", **facts)


def checking(login: int, server: str, words: Words) -> Rendered:
    return Rendered(words("accounts-link-checking", login=str(login), server=server))


def found(candidate: Candidate, words: Words) -> Rendered:
    """What the terminal showed, and the question whether to link it, or to keep that password."""
    snapshot, account = candidate.found.snapshot, candidate.account
    state = snapshot.account
    counted = {
        "positions": words("accounts-positions", n=len(snapshot.positions)),
        "orders": words("accounts-orders", n=len(snapshot.orders)),
    }
    text = paragraphs(
        bold(words("accounts-found-title")),
        lines(
            words.listed(
                BADGES.get(state.kind),
                words("accounts-login", login=str(account.login), server=account.server),
            ),
            words("accounts-found-owner", name=clip(state.name, NAME_LIMIT)),
            words.listed(
                words("accounts-leverage", leverage=str(state.leverage)),
                words(f"accounts-mode-{MODES[state.margin_mode]}"),
            ),
            words("accounts-money", **_amounts(state, words)),
            words("accounts-found-open", **counted) if snapshot.positions or snapshot.orders else None,
            _permission(state, words),
        ),
        _symbols(candidate, words),
        words("accounts-found-live") if state.kind == "LIVE" and not candidate.renews else None,
    )
    label = words.label("accounts-renew-yes" if candidate.renews else "accounts-link-yes")
    yes = button(label, LinkTap(act=LinkAct.LINK, at="confirm"), ButtonStyle.SUCCESS)
    return Rendered(text, keyboard([yes], _ways("confirm", words)))


def _amounts(state: MT5AccountState, words: Words) -> dict[str, Html]:
    return {
        "balance": words.money(state.balance, state.currency),
        "equity": words.money(state.equity, state.currency),
    }


def _permission(state: MT5AccountState, words: Words) -> Html:
    obstacle = state.trading_obstacle()
    if obstacle is None:
        return words("accounts-found-may")
    return words("accounts-found-may-not", why=words.told(obstacle))


def _symbols(candidate: Candidate, words: Words) -> Html | None:
    """Which instrument is which symbol, and which are none."""
    every = candidate.found.symbols
    there = [each if each == symbol else f"{each} → {symbol}" for each, symbol in every.items() if symbol]
    missing = [each for each, symbol in every.items() if symbol is None]
    return lines(
        words("accounts-found-symbols", found=_listed(there)) if there else None,
        words("accounts-found-missing", missing=_listed(missing)) if missing else None,
    )


def _listed(names: Sequence[str]) -> Html:
    more = len(names) - SYMBOLS_SHOWN
    shown = ", ".join(clip(name, NAME_LIMIT) for name in names[:SYMBOLS_SHOWN])
    return plain(f"{shown} … +{more}" if more > 0 else shown)


def linked(account: Account, words: Words) -> Rendered:
    """The end of the wizard: what comes next, and where to look before."""
    limit = words.limit(account.policy.drawdown_limit_percent)
    text = paragraphs(
        words("accounts-linked", label=clip(account.label, NAME_LIMIT)),
        words("accounts-linked-next", size=size(account.policy, words), limit=limit),
    )
    risk = button(words.label("accounts-linked-risk"), RiskTap(act=RiskAct.LIST, account=account.id))
    status = button(words.label("accounts-linked-status"), CommandTap(name="status"))
    return Rendered(text, keyboard([risk, status]))


def renewed(account: Account, words: Words) -> Rendered:
    """The end, with the way back to the account."""
    text = words("accounts-renewed", label=clip(account.label, NAME_LIMIT))
    return Rendered(text, keyboard([back_to(account.id, words)]))


def size(policy: RiskPolicy, words: Words) -> Html:
    """How large a trade becomes: lots, or a share of the equity."""
    if policy.fixed_lots is not None:
        return words.lots(policy.fixed_lots)
    return words.limit(policy.risk_percent)
