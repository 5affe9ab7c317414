"""Each kind of difference as a sentence with its numbers, in the present or, once it is over, in the past."""

from collections.abc import Callable
from decimal import Decimal

from bot.words import Words
from bot.words.html import Html, lines
from core.model.divergences import UNSET, DivergenceKind, LogRow
from core.model.trades import CloseReason
from core.reconciliation.decisions import candidates_of

FACT_LIMIT = 48
SYMBOL_LIMIT = 32
CANDIDATES = 6
OPENERS = frozenset({"desktop", "mobile", "web"})
LEVELS = ("stop", "target")


def sentence(row: LogRow, words: Words) -> Html:
    """What differs, as HTML."""
    return _SENTENCES[row.divergence.kind](row, words)


def candidates(row: LogRow) -> list[tuple[int, str]]:
    """The positions that fit an ambiguous trade, at most six, each with what tells it apart."""
    found = candidates_of(row.divergence)[:CANDIDATES]
    return [(number, row.divergence.facts.get(str(number), "")) for number in found]


def fact(row: LogRow, name: str) -> str:
    """A fact, cut to what fits; a question mark when it was not given."""
    return (row.divergence.facts.get(name) or "?")[:FACT_LIMIT]


def size(row: LogRow) -> str:
    return f"{abs(row.divergence.size):f}"


def closed_by(reason: str, words: Words) -> Html:
    """By whom, as it is said after "was closed"; what is no known reason is unexplained."""
    known = reason if reason in set(CloseReason) else CloseReason.UNEXPLAINED
    return words(f"closed-by-{known}")


def _symbol(row: LogRow) -> str:
    return row.divergence.symbol[:SYMBOL_LIMIT]


def _now(row: LogRow) -> str:
    return "yes" if row.lasts else "no"


def _slippage(row: LogRow, words: Words) -> Html:
    return words(
        "difference-slippage",
        side=fact(row, "side"),
        volume=fact(row, "volume"),
        symbol=_symbol(row),
        pips=size(row),
        worse="yes" if row.divergence.size > 0 else "no",
        filled=fact(row, "filled"),
        expected=fact(row, "expected"),
    )


def _volume(row: LogRow, words: Words) -> Html:
    facts = row.divergence.facts
    gone = Decimal(facts.get("expected", "0")) - Decimal(facts.get("held", "0"))
    return words(
        "difference-volume-less" if gone > 0 else "difference-volume-more",
        held=fact(row, "held"),
        expected=fact(row, "expected"),
        symbol=_symbol(row),
        now=_now(row),
        change=f"{abs(gone)}",
        how=_by_whom(row, words),
    )


def _by_whom(row: LogRow, words: Words) -> Html:
    """Who has made the volume another one, if a deal tells it."""
    facts = row.divergence.facts
    if facts.get("by") not in set(CloseReason):
        return words("difference-nobody")
    by, at = closed_by(facts["by"], words), fact(row, "price")
    if not facts.get("profit"):
        return words("difference-how", by=by, price=at)
    return words("difference-how-result", by=by, price=at, result=_signed(row))


def _signed(row: LogRow) -> str:
    profit = fact(row, "profit")
    sign = "" if profit.startswith(("-", "+")) else "+"
    return f"{sign}{profit} {row.divergence.facts.get('currency', '')[:8]}".rstrip()


def _stops(row: LogRow, words: Words) -> Html:
    facts = row.divergence.facts
    names = [name for name in LEVELS if f"{name}_held" in facts]
    if not names:
        return words("difference-stops-unclear", whole=_whole(row, words))
    return words(
        "difference-stops",
        whole=_whole(row, words),
        changes=_both([_change(row, name, words, alone=len(names) == 1) for name in names], words),
        now=_now(row),
        levels=_both([_level(row, name, words) for name in names], words),
    )


def _both(parts: list[Html], words: Words) -> Html:
    return parts[0] if len(parts) == 1 else words("difference-and", one=parts[0], other=parts[1])


def _whole(row: LogRow, words: Words) -> Html:
    side, volume = fact(row, "side"), fact(row, "volume")
    return words("difference-whole", symbol=_symbol(row), side=side, volume=volume)


def _change(row: LogRow, name: str, words: Words, *, alone: bool) -> Html:
    """The size is how far the farthest was moved: of a level alone, its own."""
    held = fact(row, f"{name}_held")
    if held == UNSET:
        return words(f"difference-{name}-removed")
    if fact(row, f"{name}_expected") == UNSET:
        return words(f"difference-{name}-set", price=held)
    if alone:
        return words(f"difference-{name}-moved-by", price=held, pips=size(row))
    return words(f"difference-{name}-moved", price=held)


def _level(row: LogRow, name: str, words: Words) -> Html:
    ours = fact(row, f"{name}_expected")
    none = ours == UNSET
    return words(f"difference-{name}-none") if none else words(f"difference-{name}-at", price=ours)


def _unmatched(row: LogRow, words: Words) -> Html:
    facts = row.divergence.facts
    by = facts.get("by", "")
    told = {
        "side": fact(row, "side"),
        "volume": size(row),
        "symbol": _symbol(row),
        "price": fact(row, "price"),
        "opener": words(f"difference-opened-{by if by in OPENERS else 'program'}"),
    }
    magic = fact(row, "magic")
    return lines(
        words("difference-unmatched-magic", magic=magic, **told)
        if facts.get("magic")
        else words("difference-unmatched", **told),
        words("difference-unmatched-levels", stop=fact(row, "stop"), target=fact(row, "target"))
        if "stop" in facts
        else None,
    )


def _missing(row: LogRow, words: Words) -> Html:
    return words(
        "difference-missing",
        side=fact(row, "side"),
        volume=size(row),
        symbol=_symbol(row),
        price=fact(row, "price"),
        now=_now(row),
    )


def _ambiguous(row: LogRow, words: Words) -> Html:
    number = len(candidates_of(row.divergence))
    trade = words(
        "difference-ambiguous",
        side=fact(row, "side"),
        volume=fact(row, "volume"),
        symbol=_symbol(row),
        price=fact(row, "price"),
        n=number,
        now=_now(row),
    )
    shown = [
        words("difference-candidate", number=str(position), apart=apart[:FACT_LIMIT])
        for position, apart in candidates(row)
    ]
    return lines(trade, *shown, words("more", n=number - CANDIDATES) if number > CANDIDATES else None)


def _closed(row: LogRow, words: Words) -> Html:
    return words(
        "difference-closed",
        volume=size(row),
        symbol=_symbol(row),
        by=closed_by(row.divergence.facts.get("reason", ""), words),
        price=fact(row, "price"),
        result=_signed(row),
    )


_SENTENCES: dict[DivergenceKind, Callable[[LogRow, Words], Html]] = {
    DivergenceKind.SLIPPAGE: _slippage,
    DivergenceKind.VOLUME: _volume,
    DivergenceKind.STOPS: _stops,
    DivergenceKind.UNMATCHED: _unmatched,
    DivergenceKind.MISSING: _missing,
    DivergenceKind.AMBIGUOUS: _ambiguous,
    DivergenceKind.CLOSED: _closed,
}
