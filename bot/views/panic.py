"""/panic: the question with what is at stake, and the message that tells how far it is."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from aiogram.enums import ButtonStyle

from bot.buttons.fields import unix
from bot.buttons.guard import PanicProgressTap, PanicTap
from bot.views.cards.card import BADGES
from bot.views.markup import Rendered, button, keyboard
from bot.views.positions import NAME_LIMIT
from bot.words import Words
from bot.words.html import Html, bold, fitting, lines, paragraphs, plain
from core.model.risk import Liquidation, LiquidationState
from core.risk.panic import Progress, Stake, equities

ROOM, SHOWN = 2800, 60
ERROR_LIMIT = 120
_FLAT = (LiquidationState.FLAT, LiquidationState.LOCKED)
_OVER = (*_FLAT, LiquidationState.RELEASED)
_MARKS = {
    LiquidationState.STUCK: "🆘",
    LiquidationState.HELD: "✋",
    LiquidationState.RELEASED: "🔓",
    **dict.fromkeys(_FLAT, "✅"),
}


def question(stakes: Sequence[Stake], until: datetime, words: Words) -> Rendered:
    """Accounts, positions, lots and equity once more, and two buttons that lapse at `until`."""
    text = paragraphs(
        bold(words("panic-ask")),
        lines(
            words("count-accounts", n=len(stakes)),
            words("panic-positions", n=sum(stake.positions for stake in stakes), lots=_lots(stakes, words)),
            words("count-orders", n=sum(stake.orders for stake in stakes)),
            words("panic-equity", equity=bold(_equity(stakes, words))) if equities(stakes) else None,
            _unread(stakes, words),
        ),
        words("panic-what"),
        words("question-lapses", when=words.relative(until)),
    )
    at = unix(until)
    sure = button(words.label("panic-sure"), PanicTap(until=at, sure=True), ButtonStyle.DANGER)
    return Rendered(text, keyboard([sure], [button(words.label("no"), PanicTap(until=at, sure=False))]))


def progress(shown: Progress, words: Words) -> Rendered:
    """How each account stands, those that are not flat first; as many as fit."""
    parts = sorted(shown.parts, key=lambda part: part[1].state in _OVER)
    flat = sum(part.state in _FLAT for _, part in parts)
    told = fitting([_part(stake, part, words) for stake, part in parts[:SHOWN]], ROOM)
    more = len(parts) - len(told)
    over = all(part.state in _OVER for _, part in parts)
    title = "panic-over" if flat == len(parts) else "panic-ended" if over else "panic-runs"
    text = paragraphs(
        lines(
            bold(words(title)),
            words("panic-by", name=shown.by[:NAME_LIMIT], at=words.date_time(shown.panic.at)),
            words("panic-done", done=str(flat), n=len(parts)),
        ),
        lines(*told, words("more", n=more) if more else None),
        words("panic-locked") if over else words("panic-goes-on"),
    )
    again = button(words.label("positions-refresh"), PanicProgressTap(panic=shown.panic.id))
    return Rendered(text, None if over else keyboard([again]))


def dropped(words: Words) -> Rendered:
    return Rendered(words("panic-dropped"))


def _part(stake: Stake, part: Liquidation, words: Words) -> Html:
    name = words.listed(bold(stake.account.label, NAME_LIMIT), BADGES.get(_kind(stake)))
    return words.listed(Html(f"{_MARKS.get(part.state, '⏳')} {name}"), _stands(stake, part, words))


def _stands(stake: Stake, part: Liquidation, words: Words) -> Html:
    if part.state in _OVER:
        return words("panic-released" if part.state is LiquidationState.RELEASED else "panic-flat")
    if part.state is LiquidationState.HELD:
        return words("panic-held")
    if stake.error:
        return words("panic-unreached", error=words.told(stake.error, ERROR_LIMIT))
    key = "panic-stuck" if part.state is LiquidationState.STUCK else "panic-left"
    return words(key, n=stake.positions + stake.orders)


def _kind(stake: Stake) -> str:
    return stake.account.shown_kind(stake.snapshot.account.kind if stake.snapshot else "")


def _lots(stakes: Sequence[Stake], words: Words) -> Html:
    return words.lots(sum((stake.lots for stake in stakes), Decimal(0)))


def _equity(stakes: Sequence[Stake], words: Words) -> Html:
    return words.listed(*(words.money(equity, name) for name, equity in equities(stakes).items()))


def _unread(stakes: Sequence[Stake], words: Words) -> Html | None:
    """Of what these hold nothing is known now; they are closed all the same."""
    names = [plain(each.account.label, NAME_LIMIT) for each in stakes if each.error or each.snapshot is None]
    return words("panic-unread", accounts=Html(", ".join(names[:12]))) if names else None
