"""Texts, numbers and times as one reader has them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime
from babel.numbers import format_decimal

from bot.words.fluent import formatted
from bot.words.html import Html, bold, plain
from bot.words.html import sentence as as_sentence
from bot.words.sentences import translated
from core.health.spoken import two_largest
from core.model.people import Language, Person

UTC = ZoneInfo("UTC")
Fact = str | int | Decimal
"""What is filled into a message: text (escaped unless it is `Html`), or a number that decides a plural."""


@dataclass(frozen=True, slots=True)
class Words:
    """The messages of `bot/locales` in a language, and numbers and times as its readers write them."""

    language: Language = Language.ENGLISH
    zone: ZoneInfo = UTC

    def __call__(self, key: str, **facts: Fact) -> Html:
        """A message as HTML; foreign text in it is made harmless."""
        safe = {name: plain(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
        return Html(formatted(self.language, key, safe))

    def label(self, key: str, **facts: Fact) -> str:
        """A message as plain text: for buttons, toasts, menus."""
        return formatted(self.language, key, facts)

    def number(self, value: Decimal | int, digits: int = 0) -> str:
        """With so many decimals, and grouped: 1,234.50 or 1 234,50."""
        return format_decimal(value, f"#,##0.{'0' * digits}".rstrip("."), self.language)

    def money(self, value: Decimal, currency: str = "") -> Html:
        """1,234.50 USD; two decimals, as brokers book it."""
        return plain(f"{self.number(value, 2)}\N{NO-BREAK SPACE}{currency[:8]}".rstrip())

    def signed_money(self, value: Decimal, currency: str = "") -> Html:
        """Money with its sign, as a result is written."""
        return Html(f"{'−' if value < 0 else '+'}{self.money(abs(value), currency)}")

    def signed(self, value: Decimal, digits: int = 1) -> str:
        """A number with its sign, as a difference is written."""
        return f"{'−' if value < 0 else '+'}{self.number(abs(value), digits)}"

    def percent(self, value: Decimal, digits: int = 1) -> Html:
        return Html(f"{self.number(value, digits)}\N{NO-BREAK SPACE}%")

    def limit(self, value: Decimal) -> Html:
        """A percentage that somebody has set: 20 %, 2.5 %, without zeros that say nothing."""
        digits = f"{value.normalize():f}"
        return self.percent(value, len(digits.partition(".")[2]))

    def lots(self, value: Decimal) -> Html:
        """0.10 lots; the decimals as they are given, with a point, as terminals show them."""
        whole = value == value.to_integral_value()  # babel takes Decimal(1) for a fraction
        return self("lots", amount=f"{value:f}", n=int(value) if whole else value)

    def day_time(self, moment: datetime) -> Html:
        """The time of day in the reader's zone, to the second."""
        return plain(f"{moment.astimezone(self.zone):%H:%M:%S %Z}")

    def date_time(self, moment: datetime) -> Html:
        """Day, month and time in the reader's zone."""
        local = moment.astimezone(self.zone)
        written = format_datetime(local, "d MMM HH:mm", locale=self.language)
        return plain(f"{written} {local:%Z}")

    def relative(self, moment: datetime) -> Html:
        """`in 5 minutes`, counted by the reader's own client; others see the time of day."""
        return Html(f'<tg-time unix="{int(moment.timestamp())}" format="r">{self.day_time(moment)}</tg-time>')

    def counted_down(self, moment: datetime, now: datetime) -> Html:
        """The same for a moment that is near: other clients show the seconds that were left at `now`."""
        left_s = max(round((moment - now).total_seconds()), 0)
        fallback = self("in-seconds", n=left_s)
        return Html(f'<tg-time unix="{int(moment.timestamp())}" format="r">{fallback}</tg-time>')

    def span(self, length: timedelta) -> Html:
        """`45 s`, `12 min 30 s`, `2 d 4 h`: the two largest units, rounded down."""
        return Html(" ".join(self(f"span-{unit}", n=number) for unit, number in two_largest(length)))

    def told(self, sentence: str, limit: int = 300) -> Html:
        """A sentence of core, with a capital and a full stop, cut to `limit`."""
        return plain(as_sentence(translated(sentence, self.language)), limit)

    def listed(self, *parts: str | None) -> Html:
        """The parts that say something, on one line."""
        return Html(" · ".join(plain(part) for part in parts if part))

    def named(self, name: str, limit: int) -> Html:
        """A person's or an account's own name, cut to `limit`."""
        return bold(name, limit)


def words_of(person: Person) -> Words:
    """As this person has chosen."""
    return words_for(person.language, person.zone)


@cache
def words_for(language: Language, zone: str = "UTC") -> Words:
    """A zone that this machine does not know is UTC."""
    try:
        return Words(language, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return Words(language)
