"""The facts of an alert, as its reader has them; a question mark for what was not given."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from bot.words import Words
from bot.words.html import Html, decimals, plain
from bot.words.sentences import translated
from core.model.events import Json

FACT_LIMIT = 190
"""What a message takes at one place: 1,000 characters, when each is escaped."""
TERM_LIMIT = 40
NAME_LIMIT = 60
SENTENCE_LIMIT = 300
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice carries, in the words of its reader."""

    data: Json
    words: Words

    def has(self, name: str) -> bool:
        return self.data.get(name) not in (None, "", [])

    def text(self, name: str, limit: int = FACT_LIMIT) -> Html:
        """The fact as it is, safe to write into HTML."""
        return plain(self.data.get(name) if self.has(name) else UNKNOWN, limit)

    def said(self, name: str, limit: int = SENTENCE_LIMIT) -> Html | None:
        """A sentence of the desk or the broker; None where there is none."""
        return self.words.told(str(self.data[name]), limit) if self.has(name) else None

    def clause(self, name: str, limit: int = FACT_LIMIT) -> Html:
        """The same within another sentence."""
        said = translated(str(self.data[name]), self.words.language) if self.has(name) else UNKNOWN
        return plain(said, limit)

    def each(self, name: str) -> list[str]:
        """The facts of a list; of one that is none, itself."""
        value = self.data.get(name)
        listed = value if isinstance(value, list) else [value] if value else []
        return [str(each) for each in listed]

    def number(self, name: str) -> Decimal | None:
        """None for what is no number."""
        try:
            value = Decimal(str(self.data.get(name)))
        except InvalidOperation:
            return None
        return value if value.is_finite() else None

    def count(self, name: str) -> int:
        return int(self.number(name) or 0)

    def money(self, name: str, currency: str = "") -> Html:
        """An amount as people read it; what is no number is shown as it is."""
        value = self.number(name)
        return self.text(name) if value is None else self.words.money(value, currency)

    def signed_money(self, name: str, currency: str = "") -> Html:
        value = self.number(name)
        return self.text(name) if value is None else self.words.signed_money(value, currency)

    def percent(self, name: str) -> Html:
        """With the decimals that it was given with."""
        value = self.number(name)
        return self.text(name) if value is None else self.words.percent(value, decimals(value))

    def time(self, name: str) -> Html:
        """The time of day in the reader's zone; what is no moment is shown as it is."""
        try:
            moment = datetime.fromisoformat(str(self.data.get(name)))
        except ValueError:
            return self.text(name)
        return self.text(name) if moment.tzinfo is None else self.words.day_time(moment)
