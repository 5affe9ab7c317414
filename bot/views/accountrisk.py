"""An account's risk: the list of settings, one of them with its values, and the question before a change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton
from babel.dates import get_day_names

from bot.buttons.accounts import RiskAct, RiskTap
from bot.buttons.risk import CODES, NONE, packed, version_of
from bot.views.accounts import back_to
from bot.views.cards.card import NAME_LIMIT
from bot.views.markup import Rendered, button, in_rows, keyboard
from bot.words import Words
from bot.words.html import Html, bold, clip, italic, lines, paragraphs
from core.accounts.settings import GUARDED, SETTINGS, Ceilings, Setting, Unit, looser, value_of
from core.model.accounts import Account, RiskPolicy
from core.model.policies import Hours, MarketAction, Plan
from core.model.risk import DrawdownState

_WEEK = 7
CHOICES: Final[Mapping[str, tuple[str, type[StrEnum]]]] = {
    "plan": ("plan", Plan),
    "market_action": ("market", MarketAction),
}
"""What is one of a few: how its texts begin, and which there are."""
GROUPS: Final[Mapping[str, Sequence[str]]] = {
    "size": ("risk_percent", "fixed_lots", "max_lots", "plan"),
    "entries": (
        "max_open_risk_percent", "max_open_trades", "max_per_day", "max_drift_pips", "hours",
        "cooldown_losses", "cooldown_minutes",
    ),
    "guard": ("drawdown_limit_percent", "daily_loss_percent", "countdown_s"),
    "market": ("market_action", "gap_percent", "spread_times", "closing_minutes", "news_minutes"),
}  # fmt: skip
"""What belongs together, as it is listed."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is asked for: the policy afterwards, and the value as its button carries it."""

    name: str
    value: str
    after: RiskPolicy


def risk(account: Account, words: Words) -> Rendered:
    """Every setting with its value, group by group, and a button for each where they can be changed here."""
    text = paragraphs(
        bold(words("accounts-risk-title", label=clip(account.label, NAME_LIMIT))),
        *(_group(account.policy, group, words) for group in GROUPS),
        words("accounts-of-desk-file") if account.of_desk_file else None,
    )
    shown = () if account.of_desk_file else GROUPS.values()
    pairs = [row for names in shown for row in in_rows([_to(account, name, words) for name in names], 2)]
    return Rendered(text, keyboard(*pairs, [back_to(account.id, words)]))


def _group(policy: RiskPolicy, group: str, words: Words) -> Html:
    rows = (f"{words(f'accounts-set-{name}')}: {bold(value(policy, name, words))}" for name in GROUPS[group])
    return lines(italic(words(f"accounts-group-{group}")), *rows)


def setting(account: Account, name: str, ceilings: Ceilings, words: Words) -> Rendered:
    """One of them: what it is, its value and range, values to tap, and another to type."""
    numeric = SETTINGS.get(name)
    text = paragraphs(
        bold(words(f"accounts-set-{name}")),
        words(f"accounts-about-{name}"),
        lines(
            words("accounts-now", value=value(account.policy, name, words)),
            bounds(numeric, ceilings, words) if numeric else None,
        ),
    )
    offers = [_offer(account, name, one, words) for one in _offered(name, ceilings)]
    pairs = in_rows(offers, 3)
    typing = [] if name in CHOICES else [[_act(RiskAct.TYPE, account, name, "accounts-button-type", words)]]
    back = _act(RiskAct.LIST, account, name, "back", words)
    return Rendered(text, keyboard(*pairs, *typing, [back]))


def ask_value(account: Account, name: str, ceilings: Ceilings, words: Words) -> Rendered:
    """For who types another value."""
    numeric = SETTINGS.get(name)
    if numeric is None:
        text = words("accounts-ask-hours")
    else:
        named = words.label(f"accounts-set-{name}")
        text = words("accounts-ask-value", setting=named, range=bounds(numeric, ceilings, words))
    return Rendered(text, keyboard([_act(RiskAct.SHOW, account, name, "back", words)]))


def confirm(account: Account, change: Change, drawdown: DrawdownState | None, words: Words) -> Rendered:
    """Restates what would change, and warns of what follows from it."""
    before, after = account.policy, change.after
    what = words(
        "accounts-confirm-what",
        setting=words.label(f"accounts-set-{change.name}"),
        before=value(before, change.name, words),
        after=value(after, change.name, words),
    )
    loosened = any(each.name in GUARDED for each in looser(before, after))
    text = paragraphs(
        bold(words("accounts-confirm-title", label=clip(account.label, NAME_LIMIT))),
        what,
        _breach(change, drawdown, words),
        words("accounts-confirm-looser") if loosened else None,
        italic(words("accounts-of-desk-file")) if account.of_desk_file else None,
    )
    tap = RiskTap(
        act=RiskAct.SET,
        account=account.id,
        setting=CODES[change.name],
        value=change.value,
        version=version_of(before),
    )
    sure = button(words.label("accounts-button-set"), tap, ButtonStyle.PRIMARY)
    return Rendered(text, keyboard([sure], [_act(RiskAct.SHOW, account, change.name, "back", words)]))


def _breach(change: Change, drawdown: DrawdownState | None, words: Words) -> Html | None:
    """A limit that is reached already closes everything at the guard's next look."""
    if drawdown is None or change.name != "drawdown_limit_percent":
        return None
    if drawdown.percent < change.after.drawdown_limit_percent:
        return None
    return words("accounts-confirm-breach", percent=words.percent(drawdown.percent))


def changed(account: Account, name: str, words: Words) -> Rendered:
    """What holds now, with the way back to the others."""
    now = f"{words(f'accounts-set-{name}')}: {bold(value(account.policy, name, words))}"
    back = _act(RiskAct.LIST, account, name, "back", words)
    return Rendered(lines(words("accounts-changed"), now), keyboard([back]))


def value(policy: RiskPolicy, name: str, words: Words) -> Html:
    """A setting as its reader has it."""
    if name in CHOICES:
        return words(f"accounts-{CHOICES[name][0]}-{value_of(policy, name)}")
    if name == "hours":
        return hours(policy.hours, words)
    return amount(SETTINGS[name], SETTINGS[name].of(policy), words)


def amount(numeric: Setting, number: Decimal | None, words: Words) -> Html:
    if number is None:
        return _nothing(numeric.name, words)
    text = packed(number)
    digits = len(text.partition(".")[2])
    match numeric.unit:
        case Unit.PERCENT:
            return words.percent(number, digits)
        case Unit.LOTS:
            return words.lots(Decimal(text))
        case Unit.PIPS:
            whole = int(number) if not digits else number
            return words("accounts-value-pips", amount=words.number(number, digits), n=whole)
        case Unit.COUNT:
            return Html(words.number(number))
        case Unit.TIMES:
            return words("accounts-value-times", amount=words.number(number, digits))
        case Unit.SECONDS | Unit.MINUTES:
            return words(f"accounts-value-{numeric.unit}", amount=words.number(number), n=int(number))


def _nothing(name: str, words: Words) -> Html:
    """A setting that is off."""
    match name:
        case "fixed_lots":
            return words("accounts-value-by-risk")
        case "cooldown_losses":
            return words("accounts-value-no-rest")
        case _:
            return words("accounts-value-none")


def bounds(numeric: Setting, ceilings: Ceilings, words: Words) -> Html:
    least, most = ceilings.least_of(numeric), ceilings.most_of(numeric)
    return words("accounts-range", least=amount(numeric, least, words), most=amount(numeric, most, words))


def hours(allowed: Hours | None, words: Words) -> Html:
    """`08:00–17:00 Mon, Tue (Europe/London)`."""
    if allowed is None:
        return words("accounts-hours-always")
    names = get_day_names("abbreviated", locale=words.language)
    days = "" if len(allowed.days) == _WEEK else ", ".join(names[day] for day in sorted(allowed.days))
    times = {"opens": f"{allowed.opens:%H:%M}", "closes": f"{allowed.closes:%H:%M}"}
    window = words("accounts-hours-window", days=days, zone=allowed.zone, **times)
    if not allowed.blackout:
        return window
    return words("accounts-hours-except", window=window, n=len(allowed.blackout))


def _offered(name: str, ceilings: Ceilings) -> Sequence[str]:
    if name in CHOICES:
        return tuple(CHOICES[name][1])
    if name == "hours":
        return (NONE,)
    numeric = SETTINGS[name]
    within = [packed(one) for one in numeric.offered if ceilings.allows(numeric, one)]
    return [*within, NONE] if ceilings.may_be_none(numeric) else within


def _offer(account: Account, name: str, offered: str, words: Words) -> InlineKeyboardButton:
    data = RiskTap(
        act=RiskAct.PICK, account=account.id, setting=CODES[name], value=offered,
        version=version_of(account.policy),
    )  # fmt: skip
    return button(_offer_label(name, offered, words), data)


def _offer_label(name: str, offered: str, words: Words) -> str:
    if name in CHOICES:
        return words.label(f"accounts-{CHOICES[name][0]}-{offered}")
    if name == "hours":
        return words.label("accounts-hours-always")
    number = None if offered == NONE else Decimal(offered)
    return str(amount(SETTINGS[name], number, words))


def _to(account: Account, name: str, words: Words) -> InlineKeyboardButton:
    return _act(RiskAct.SHOW, account, name, f"accounts-set-{name}", words)


def _act(act: RiskAct, account: Account, name: str, label: str, words: Words) -> InlineKeyboardButton:
    data = RiskTap(act=act, account=account.id, setting=CODES[name])
    return button(words.label(label), data)
