"""Each kind of difference as a sentence with its numbers, in the present or, once it is over, in the past."""

from collections.abc import Callable
from decimal import Decimal

from bot.views.markup import code, count, lines, plain
from bot.views.outcome import CLOSED_BY
from core.model.divergences import UNSET, DivergenceKind, LogRow
from core.model.instruments import Side
from core.model.trades import CloseReason
from core.reconciliation.decisions import candidates_of

FACT_LIMIT = 48
SYMBOL_LIMIT = 32
CANDIDATES = 6

OPENED_BY = {
    "desktop": "by hand (desktop terminal)",
    "mobile": "by hand (phone)",
    "web": "by hand (web terminal)",
    "program": "by another program",
}

_BY = {str(reason): words for reason, words in CLOSED_BY.items()}


def sentence(row: LogRow) -> str:
    """What differs, as HTML."""
    return _SENTENCES[row.divergence.kind](row)


def candidates(row: LogRow) -> list[tuple[int, str]]:
    """The positions that fit an ambiguous trade, at most six, each with what tells it apart."""
    found = candidates_of(row.divergence)[:CANDIDATES]
    return [(number, row.divergence.facts.get(str(number), "")) for number in found]


def fact(row: LogRow, name: str) -> str:
    """A fact, safe to write into HTML; a question mark when it was not given."""
    return plain(row.divergence.facts.get(name) or "?", FACT_LIMIT)


def symbol(row: LogRow) -> str:
    return plain(row.divergence.symbol, SYMBOL_LIMIT)


def size(row: LogRow) -> str:
    return f"{abs(row.divergence.size):f}"


def _price(row: LogRow, name: str) -> str:
    return code(row.divergence.facts.get(name) or "?", FACT_LIMIT)


def _now(row: LogRow, present: str, past: str) -> str:
    return present if row.lasts else past


def _slippage(row: LogRow) -> str:
    bought, worse = fact(row, "side") == Side.BUY, row.divergence.size > 0
    pips = f"{size(row)} pips {'more' if worse is bought else 'less'}"
    return (
        f"The {fact(row, 'side')} of {fact(row, 'volume')} {symbol(row)} {'cost' if bought else 'brought'}"
        f" {pips} than expected: {_price(row, 'filled')} instead of {_price(row, 'expected')}."
    )


def _volume(row: LogRow) -> str:
    facts = row.divergence.facts
    gone = Decimal(facts.get("expected", "0")) - Decimal(facts.get("held", "0"))
    held, expected = fact(row, "held"), f"{fact(row, 'expected')} {symbol(row)}"
    are = _now(row, "are", "were")
    if gone > 0:
        return f"{held} of {expected} {are} left{_by_whom(row, f'{gone} were closed')}"
    return f"{held} {are} held instead of {expected}{_by_whom(row, f'{-gone} were added')}"


def _by_whom(row: LogRow, change: str) -> str:
    """Who has made the volume another one, if a deal tells it."""
    facts = row.divergence.facts
    if facts.get("by") not in _BY:
        return f": {change}, and no deal tells by whom."
    result = f", result {_signed(row)}" if facts.get("profit") else ""
    return f": {change} {_BY[facts['by']]} at {_price(row, 'price')}{result}."


def _signed(row: LogRow) -> str:
    profit = fact(row, "profit")
    sign = "" if profit.startswith(("-", "+")) else "+"
    return f"{sign}{profit} {plain(row.divergence.facts.get('currency', ''), 8)}".rstrip()


def _stops(row: LogRow) -> str:
    facts = row.divergence.facts
    names = [name for name in ("stop", "target") if f"{name}_held" in facts]
    if not names:
        return f"{_whole(row)}: its stop or target is another one than the desk expects."
    changes = " and ".join(_change(row, name, alone=len(names) == 1) for name in names)
    expected = " and ".join(_level(row, name) for name in names)
    expects = _now(row, "expects", "expected")
    return f"{_whole(row)}: {changes} in the terminal. The desk {expects} {expected}."


def _whole(row: LogRow) -> str:
    return f"{symbol(row)} {fact(row, 'side')} {fact(row, 'volume')}"


def _change(row: LogRow, name: str, *, alone: bool) -> str:
    """The size is how far the farthest was moved: of a level alone, its own."""
    held = f"{name}_held"
    if fact(row, held) == UNSET:
        return f"the {name} was removed"
    if fact(row, f"{name}_expected") == UNSET:
        return f"a {name} was set at {_price(row, held)}"
    by = f" by {size(row)} pips" if alone else ""
    return f"the {name} was moved{by} to {_price(row, held)}"


def _level(row: LogRow, name: str) -> str:
    ours = f"{name}_expected"
    return f"no {name}" if fact(row, ours) == UNSET else f"a {name} at {_price(row, ours)}"


def _unmatched(row: LogRow) -> str:
    facts = row.divergence.facts
    opener = OPENED_BY.get(facts.get("by", ""), OPENED_BY["program"])
    magic = f" (magic {fact(row, 'magic')})" if facts.get("magic") else ""
    position = f"A {fact(row, 'side')} of {size(row)} {symbol(row)} at {_price(row, 'price')}"
    return lines(
        f"{position} was opened {opener}{magic}; no signal explains it.",
        f"Its stop: {fact(row, 'stop')}, its target: {fact(row, 'target')}." if "stop" in facts else None,
    )


def _missing(row: LogRow) -> str:
    position = f"The {fact(row, 'side')} of {size(row)} {symbol(row)} at {_price(row, 'price')}"
    is_gone, shows = _now(row, "is gone", "was gone"), _now(row, "shows", "showed")
    return f"{position} {is_gone}: the broker {shows} neither the position nor a deal that closed it."


def _ambiguous(row: LogRow) -> str:
    trade = f"{fact(row, 'side')} of {fact(row, 'volume')} {symbol(row)} at {_price(row, 'price')}"
    number = len(candidates_of(row.divergence))
    fit = "fits it, and another trade too" if number == 1 else _now(row, "fit it", "fitted it")
    shown = [f"• #{number}: {plain(apart, FACT_LIMIT)}" for number, apart in candidates(row)]
    more = f"… and {number - CANDIDATES} more" if number > CANDIDATES else None
    return lines(
        f"The desk's {trade} cannot be told by its number; {count(number, 'position')} {fit}:", *shown, more
    )


def _closed(row: LogRow) -> str:
    by = _BY.get(row.divergence.facts.get("reason", ""), CLOSED_BY[CloseReason.UNEXPLAINED])
    return f"{size(row)} {symbol(row)} were closed {by} at {_price(row, 'price')}, result {_signed(row)}."


_SENTENCES: dict[DivergenceKind, Callable[[LogRow], str]] = {
    DivergenceKind.SLIPPAGE: _slippage,
    DivergenceKind.VOLUME: _volume,
    DivergenceKind.STOPS: _stops,
    DivergenceKind.UNMATCHED: _unmatched,
    DivergenceKind.MISSING: _missing,
    DivergenceKind.AMBIGUOUS: _ambiguous,
    DivergenceKind.CLOSED: _closed,
}
