"""CSV that every reader takes for what it says, spreadsheets too."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest

from core.quality.grouping import Dimension, by
from core.quality.sheet import ORDER_COLUMNS, TABLE_COLUMNS, as_csv, as_table_csv
from tests.core.quality.samples import NOW, a_fill, refused


def lines_of(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet, newline=""), strict=True))


def test_one_line_per_order_with_plain_numbers_and_utc() -> None:
    [line] = lines_of(as_csv([a_fill("-12.5", profit=Decimal("1E+2"), was_unknown=True)]))
    assert tuple(line) == ORDER_COLUMNS
    assert line["tapped_at"] == "2026-11-20T12:00:00.000000Z"
    assert line["sent_at"] == "2026-11-20T12:00:00.100000Z"
    assert (line["wanted_lots"], line["filled_lots"], line["slippage_pips"]) == ("0.50", "0.50", "-12.50")
    assert (line["expected"], line["pip"], line["profit"]) == ("1.08500", "0.0001", "100")
    assert (line["signal_to_fill_s"], line["tap_to_fill_s"]) == ("20.400", "0.400")
    assert (line["was_unknown"], line["state"], line["kind"]) == ("yes", "filled", "market")


def test_what_is_not_known_is_empty_and_not_zero() -> None:
    [line] = lines_of(as_csv([refused(settled_at=None)]))
    for column in ("filled_lots", "price", "slippage_pips", "tap_to_fill_s", "opened_at", "profit"):
        assert line[column] == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_name_is_no_formula(name: str) -> None:
    fill = a_fill(source=name, account=name)
    [order] = lines_of(as_csv([fill]))
    assert order["source"] == order["account"] == f"'{name}"
    [group] = lines_of(as_table_csv(by([fill], Dimension.SOURCE)))
    assert group["group"] == f"'{name}"


@pytest.mark.parametrize("name", ['say "hi", you', "two\r\nlines", "a,b;c", "Zoë 漢字 😀", " = 1", ""])
def test_any_name_comes_back_as_it_was(name: str) -> None:
    sheet = as_csv([a_fill(source=name), a_fill(source="next")])
    assert [line["source"] for line in lines_of(sheet)] == [name, "next"]


def test_the_form_is_that_of_rfc_4180() -> None:
    sheet = as_csv([a_fill(source='"')])
    assert sheet.startswith("order,account,source,")
    assert sheet.endswith("\r\n")
    assert ',"""",' in sheet
    assert as_csv([]) == ",".join(ORDER_COLUMNS) + "\r\n"


def test_a_table_has_a_line_per_group() -> None:
    slow = a_fill("3", source="b", opened_at=NOW + timedelta(seconds=0.9))
    sheet = as_table_csv(by([a_fill("-1"), a_fill("1"), refused(), slow], Dimension.SOURCE))
    first, second = lines_of(sheet)
    assert tuple(first) == TABLE_COLUMNS
    assert (first["group"], first["orders"], first["refused_share"]) == ("momentum", "3", "0.3333")
    assert (first["median_pips"], first["worst_pips"], first["better_share"]) == ("-1.00", "1.00", "0.5000")
    assert (second["group"], second["fill_ratio"], second["tap_to_fill_p95_s"]) == ("b", "1.0000", "0.900")


def test_a_group_without_fills_has_empty_figures() -> None:
    [line] = lines_of(as_table_csv(by([refused()], Dimension.HOUR)))
    assert (line["group"], line["measured"], line["timed"]) == ("12:00", "0", "0")
    assert line["median_pips"] == line["tap_to_fill_p95_s"] == ""
