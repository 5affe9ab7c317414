"""A signal as a person writes it, word by word or answer by answer, read into a draft."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from difflib import get_close_matches

from bot.typed.durations import read_duration
from core.intake.draft import LONGEST_LIFE, LONGEST_NOTE, Draft
from core.model.errors import InvalidField
from core.model.instruments import Side
from core.model.signals import MAX_TARGETS, OrderKind

STEPS = ("instrument", "side", "kind", "entry", "stop", "targets", "expiry", "note")
"""In the order in which a wizard asks."""
NONE = "-"
"""The answer to a step that may be left out."""
_OPTIONAL = ("stop", "targets", "expiry", "note")
_SIDES = {"buy": Side.BUY, "long": Side.BUY, "sell": Side.SELL, "short": Side.SELL}
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]*)[\"“”„«»]")
_PRICE = re.compile(r"\d{1,8}(?:[.,]\d{1,10})?")
_ZONE = re.compile(rf"({_PRICE.pattern})[-–—]({_PRICE.pattern})")
_TARGET = re.compile(r"tp\d?")


class Misread(Exception):
    """Raised for a word that is not understood: `key` is the message that says so, `facts` what it names."""

    def __init__(self, key: str, **facts: str) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Composition:
    """What is known of a signal so far, as it was written; None where nothing was said yet.

    `seen` is the price of the moment that stood in the preview of one at the market.
    """

    instrument: str | None = None
    side: str | None = None
    kind: str | None = None
    entry: str | None = None
    stop: str | None = None
    targets: str | None = None
    expiry: str | None = None
    note: str | None = None
    seen: str | None = None

    @property
    def missing(self) -> str | None:
        """The next step that is not answered; at the market no entry is asked for."""
        return next((step for step in STEPS if not self._has(step)), None)

    def _has(self, step: str) -> bool:
        at_market = step == "entry" and self.kind == OrderKind.MARKET
        return at_market or getattr(self, step) is not None

    def with_defaults(self) -> "Composition":
        """As a line means it: at the market unless it says otherwise, and what may be left out left out."""
        left_out = {step: NONE for step in _OPTIONAL if getattr(self, step) is None}
        return replace(self, kind=self.kind or OrderKind.MARKET, **left_out)

    def without(self, step: str) -> "Composition":
        """As if that step had not been answered."""
        return replace(self, **{step: None, "seen": None})


def draft_of(answers: Composition) -> Draft:
    """The draft of answers that are whole. `entry` is None for one at the market without a price yet."""
    zone = _ZONE.fullmatch(answers.entry or "")
    entry = answers.entry or answers.seen
    return Draft(
        instrument=answers.instrument or "",
        side=Side(answers.side or ""),
        kind=OrderKind(answers.kind or ""),
        entry=None if zone or entry in (None, NONE) else _decimal(entry or ""),
        entry_zone=(_decimal(zone[1]), _decimal(zone[2])) if zone else None,
        stop_loss=None if answers.stop in (None, NONE) else _decimal(answers.stop or ""),
        take_profits=tuple(_decimal(each) for each in (answers.targets or NONE).split() if each != NONE),
        expires_in=read_duration(answers.expiry or ""),
        note="" if answers.note in (None, NONE) else answers.note or "",
    )


def read_line(text: str, known: Sequence[str]) -> Composition:
    """`BUY EURUSD limit @1.0850 SL 1.0820 TP 1.0890 1.0930 30m "note"`, in any order, capitals or not.

    `known` are the instruments. Raises Misread naming the word that is not understood.
    """
    quoted = _QUOTED.search(text)
    answers = Composition(note=_note(quoted[1])) if quoted else Composition()
    for word, prices in _with_prices(iter(_QUOTED.sub(" ", text).split())):
        answers = _read_word(answers, word, prices, known)
    return answers


def read_answer(answers: Composition, step: str, text: str, known: Sequence[str]) -> Composition:
    """With the answer to one step. Raises Misread."""
    return replace(answers, **{step: _READERS[step](text.strip(), known)})


def _with_prices(words: Iterator[str]) -> Iterator[tuple[str, list[str]]]:
    """Each word, with the prices after it that belong to it: those of a stop or of targets."""
    held = next(words, None)
    while held is not None:
        begins, prices = held, list[str]()
        held = next(words, None)
        while held is not None and _takes_prices(begins) and _PRICE.fullmatch(held):
            prices.append(held)
            held = next(words, None)
        yield begins, prices


def _takes_prices(word: str) -> bool:
    return word.lower() == "sl" or _TARGET.fullmatch(word.lower()) is not None


def _read_word(answers: Composition, word: str, prices: list[str], known: Sequence[str]) -> Composition:
    low = word.lower()
    if low == "sl":
        return _once(answers, "stop", _only(word, prices), word)
    if _TARGET.fullmatch(low):
        return _more_targets(answers, word, prices)
    step = _step_of(word)
    return _once(answers, step, _READERS[step](word, known), word)


def _step_of(word: str) -> str:
    """What a word alone answers; an instrument, if it is nothing else."""
    low = word.lower()
    if low in _SIDES:
        return "side"
    if low in set(OrderKind):
        return "kind"
    if read_duration(low) is not None:
        return "expiry"
    is_price = word.startswith("@") or _PRICE.fullmatch(word) or _ZONE.fullmatch(word)
    return "entry" if is_price else "instrument"


def _only(word: str, prices: list[str]) -> str:
    if len(prices) != 1:
        raise Misread("compose-one-stop", word=" ".join([word, *prices]))
    return prices[0]


def _once(answers: Composition, step: str, value: str, word: str) -> Composition:
    if getattr(answers, step) is not None:
        raise Misread("compose-said-twice", word=word)
    return replace(answers, **{step: value})


def _more_targets(answers: Composition, word: str, prices: list[str]) -> Composition:
    if not prices:
        raise Misread("compose-no-price-after", word=word)
    targets = [*(answers.targets or "").split(), *prices]
    return replace(answers, targets=_targets(" ".join(targets), ()))


def _instrument(text: str, known: Sequence[str]) -> str:
    named = {name.lower(): name for name in known}
    if text.lower() in named:
        return named[text.lower()]
    near = get_close_matches(text.lower(), named, n=3, cutoff=0.6)
    listed = ", ".join(named[each] for each in near) or ", ".join(known[:8])
    raise Misread("compose-unknown-word", word=text[:32], known=listed)


def _side(text: str, _: Sequence[str]) -> str:
    if text.lower() not in _SIDES:
        raise Misread("compose-wrong-side", word=text[:32])
    return _SIDES[text.lower()]


def _kind(text: str, _: Sequence[str]) -> str:
    if text.lower() not in set(OrderKind):
        raise Misread("compose-wrong-kind", word=text[:32])
    return text.lower()


def _entry(text: str, _: Sequence[str]) -> str:
    price = text.removeprefix("@")
    if not _PRICE.fullmatch(price) and not _ZONE.fullmatch(price):
        raise Misread("compose-wrong-price", word=text[:32])
    return price


def _stop(text: str, _: Sequence[str]) -> str:
    if text != NONE and not _PRICE.fullmatch(text):
        raise Misread("compose-wrong-price", word=text[:32])
    return text


def _targets(text: str, _: Sequence[str]) -> str:
    prices = text.split()
    wrong = next((price for price in prices if not _PRICE.fullmatch(price)), None)
    if text != NONE and (wrong or not prices):
        raise Misread("compose-wrong-price", word=(wrong or text)[:32])
    if len(prices) > MAX_TARGETS:
        raise Misread("compose-too-many-targets", word=prices[MAX_TARGETS], most=str(MAX_TARGETS))
    return " ".join(prices)


def _expiry(text: str, _: Sequence[str]) -> str:
    life = timedelta(0) if text == NONE else read_duration(text)
    if text != NONE and (life is None or not timedelta(0) < life <= LONGEST_LIFE):
        raise Misread("compose-wrong-expiry", word=text[:32])
    return text.lower()


def _note(text: str, _: Sequence[str] = ()) -> str:
    note = " ".join(text.split())
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise Misread("compose-wrong-note", most=str(LONGEST_NOTE))
    return note or NONE


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


_READERS: Mapping[str, Callable[[str, Sequence[str]], str]] = {
    "instrument": _instrument,
    "side": _side,
    "kind": _kind,
    "entry": _entry,
    "stop": _stop,
    "targets": _targets,
    "expiry": _expiry,
    "note": _note,
}

_STEP_OF = {
    "entry": "entry",
    "entry_zone": "entry",
    "stop_loss": "stop",
    "take_profits": "targets",
    "expires_in_s": "expiry",
    "instrument": "instrument",
    "note": "note",
}


def wrong(answers: Composition, invalid: InvalidField) -> tuple[str, Misread]:
    """The step whose answer the intake refuses, and what is said of it."""
    step = _STEP_OF.get(invalid.field, "note")
    said = getattr(answers, step) or answers.seen or ""
    beyond = f"-{answers.side}" if step in ("stop", "targets") else ""
    return step, Misread(f"compose-invalid-{step}{beyond}", word=str(said)[:64])
