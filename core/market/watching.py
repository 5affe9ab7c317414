"""One account's watch over a symbol: what a look finds, and of which dangers it can tell."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.market.figures import Figures
from core.market.gap import Gaps, gap_sentence, is_sane
from core.market.news import Window, news_sentence, window_now
from core.market.resting import closing_sentence, is_stale, stale_sentence
from core.market.spread import WideSpread, is_rollover, spread_sentence
from core.model.instruments import Instrument
from core.model.mt5 import Quote
from core.model.policies import Danger, MarketPolicy

AFTER_A_GAP = timedelta(minutes=5)
"""How long a gap lasts: so long no other one came."""

FRESH = timedelta(seconds=15)
"""How old a quote may be whose spread says something."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of a symbol at one moment; `held` positions are open in it, `lasting` are marked.

    `quote` is the terminal's last, None without one. `broker_offset`: its clock ahead of UTC.
    """

    now: datetime
    quote: Quote | None
    instrument: Instrument
    figures: Figures
    held: int
    lasting: AbstractSet[Danger] = frozenset()
    windows: Sequence[Window] = ()
    broker_offset: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Seen:
    """The dangers found with their sentences, and all that could be judged; the others stay as they were."""

    found: Mapping[Danger, str] = field(default_factory=dict)
    judged: AbstractSet[Danger] = frozenset()


class SymbolWatch:
    """Remembers the quotes of a symbol at one terminal. The same look twice finds the same.

    `policy` may be changed between looks.
    """

    def __init__(self, policy: MarketPolicy) -> None:
        self.policy = policy
        self._gaps, self._wide = Gaps(), WideSpread()
        self._gap_at: datetime | None = None
        self._gap = ""

    def take(self, look: Look) -> Seen:
        judgements: dict[Danger, str | None] = {
            Danger.CLOSING: self._closing(look),
            Danger.NEWS: self._news(look),
        }
        quote = look.quote
        if quote is not None and is_sane(quote):
            judgements[Danger.GAP] = self._gapped(look, quote)
            judgements[Danger.STALE] = self._stale(look, quote)
            if self._tells_spread(look, quote):
                judgements[Danger.SPREAD] = self._spread(look, quote)
        found = {danger: sentence for danger, sentence in judgements.items() if sentence is not None}
        return Seen(found, judgements.keys())

    def _gapped(self, look: Look, quote: Quote) -> str | None:
        gap = self._gaps.take(quote, look.figures.scale(quote, look.instrument), self.policy)
        if gap is not None:
            self._gap_at, self._gap = look.now, gap_sentence(quote.symbol, gap)
        elif self._gap_at is None and Danger.GAP in look.lasting:
            self._gap_at = look.now  # of an earlier life of the desk
        lasts = self._gap_at is not None and look.now - self._gap_at < AFTER_A_GAP
        return self._gap if lasts else None

    def _stale(self, look: Look, quote: Quote) -> str | None:
        lasting = Danger.STALE in look.lasting
        stale = is_stale(quote, look.now, look.figures.sessions, self.policy, lasting=lasting)
        return stale_sentence(quote, look.now, self.policy) if stale else None

    def _tells_spread(self, look: Look, quote: Quote) -> bool:
        """Not of an old quote, nor in the minutes in which the day changes: then it is neither danger nor
        calm, and none of it is learned.
        """
        if is_rollover(look.now, look.broker_offset):
            self._wide.forget()
            return False
        return look.now - quote.at <= FRESH

    def _spread(self, look: Look, quote: Quote) -> str | None:
        look.figures.learn(quote, look.now)
        usual = look.figures.spread(look.instrument)
        if usual is None:
            return None
        lasting = Danger.SPREAD in look.lasting
        wide = self._wide.take(quote.ask - quote.bid, usual, look.now, self.policy, lasting=lasting)
        return spread_sentence(quote.symbol, wide, self.policy, look.instrument.pip) if wide else None

    def _closing(self, look: Look) -> str | None:
        """Told while there is still time; it lasts until the market is open again."""
        ahead = timedelta(minutes=self.policy.closing_minutes)
        rest = look.figures.sessions.long_rest(look.now, ahead)
        if rest is None or (rest.begins <= look.now and Danger.CLOSING not in look.lasting):
            return None
        return closing_sentence(look.instrument.symbol, rest, look.now, look.held)

    def _news(self, look: Look) -> str | None:
        before = timedelta(minutes=self.policy.news_minutes)
        window = window_now(look.windows, look.instrument, look.now, before)
        return news_sentence(look.instrument.symbol, window, look.now) if window else None
