"""Column types that keep their promise on both databases."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")

Id64 = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number; as a primary key SQLite counts it up only when its type is INTEGER."""

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A value of open shape."""


class ExactDecimal(TypeDecorator[Decimal]):
    """Money, prices and volumes, digit for digit.

    TEXT on SQLite, which would make a float of a number; NUMERIC without a scale on PostgreSQL, because a
    scale rounds silently. Anything but a finite Decimal is refused. Not for sorting or summing in SQL.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"an exact column takes a Decimal, not {type(value).__name__}")
        if not value.is_finite():
            raise ValueError(f"an exact column takes a finite number, not {value}")
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        return None if value is None else Decimal(value)


class UtcTime(TypeDecorator[datetime]):
    """An instant to the microsecond, aware UTC on the way out; a naive time is refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time does not say when it was")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Typed(TypeDecorator[T]):
    """A JSON document that holds a value of one type: decimals as strings, times in ISO 8601."""

    impl = Document
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002
        return None if value is None else self._adapter.validate_python(value)


class Rank(TypeDecorator[IntEnum]):
    """A member of an IntEnum, sorted by its number."""

    impl = Integer
    cache_ok = True

    def __init__(self, kind: type[IntEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | None:  # noqa: ARG002
        return None if value is None else self.kind(value)


def one_of(choices: type[StrEnum], name: str) -> Enum:
    """A text column that takes the values of an enumeration only, by a check constraint of that name."""
    return Enum(
        choices,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )
