"""mt5cli: trading with receipts, sizing by margin, history into SQLite and a broker clock, over pdmt5."""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.paper import hands
from tests.strangers.conftest import Load
from tests.strangers.desk import LOGIN, PASSWORD, SERVER, Desk, mt5


@pytest.fixture
def mt5cli(load: Load) -> Any:
    return load("mt5cli")


@pytest.fixture
def config(mt5cli: Any, desk: Desk) -> Any:
    return mt5cli.build_config(path=desk.program, login=str(LOGIN), password=PASSWORD, server=SERVER)


@pytest.fixture
def client(mt5cli: Any, config: Any) -> Iterator[Any]:
    with mt5cli.mt5_session(config) as client:
        yield client


def bought(mt5cli: Any, client: Any, volume: float = 0.2, **options: Any) -> Any:
    return mt5cli.place_market_order(
        client, symbol="EURUSD", volume=volume, order_side="BUY", order_filling_mode="FOK", **options
    )


def test_a_market_order_its_stops_and_its_close_are_executed(mt5cli: Any, client: Any) -> None:
    receipt = bought(mt5cli, client, comment="mt5cli", magic=9)
    assert (receipt.status, receipt.retcode) == ("filled", mt5.TRADE_RETCODE_DONE)
    [moved] = mt5cli.update_sltp_for_open_positions(client, symbol="EURUSD", stop_loss=0.9, take_profit=1.9)
    assert moved.status == "filled"
    [row] = mt5cli.get_positions_frame(client).to_dict("records")
    assert (row["sl"], row["tp"], row["magic"], row["comment"]) == (0.9, 1.9, 9, "mt5cli")
    assert mt5cli.detect_position_side(client, "EURUSD") == "long"
    [closed] = mt5cli.close_open_positions(client, symbols="EURUSD", order_filling_mode="FOK")
    assert closed.status == "filled"
    assert mt5cli.get_positions_frame(client).empty


def test_what_the_broker_refuses_is_a_receipt_with_its_retcode(mt5cli: Any, client: Any, desk: Desk) -> None:
    refused = bought(mt5cli, client, volume=90.0)
    assert (refused.status, refused.retcode) == ("rejected", mt5.TRADE_RETCODE_NO_MONEY)
    returned = mt5cli.place_market_order(
        client, symbol="EURUSD", volume=0.1, order_side="SELL", order_filling_mode="RETURN"
    )
    assert (returned.status, returned.retcode) == ("rejected", mt5.TRADE_RETCODE_INVALID_FILL)
    hands.disable_api(desk.folder)
    assert bought(mt5cli, client).status == "failed"
    assert mt5.positions_total() == 0


def test_margins_and_sizes_come_of_the_brokers_own_figures(mt5cli: Any, client: Any) -> None:
    margin = mt5cli.estimate_order_margin(client, symbol="EURUSD", order_side="BUY", volume=0.5)
    assert margin == pytest.approx(50_000 * mt5.symbol_info_tick("EURUSD").ask / 100, rel=1e-3)
    volume = mt5cli.calculate_volume_by_margin(client, "EURUSD", 2_000.0, "BUY")
    assert mt5cli.estimate_order_margin(client, symbol="EURUSD", order_side="BUY", volume=volume) <= 2_000.0
    assert bought(mt5cli, client, volume=volume).status == "filled"
    assert mt5cli.calculate_positions_margin(client) == pytest.approx(mt5.account_info().margin, rel=1e-3)


def test_history_is_collected_into_a_database(mt5cli: Any, client: Any, config: Any, tmp_path: Path) -> None:
    bought(mt5cli, client)
    mt5cli.close_open_positions(client, order_filling_mode="FOK")
    now = dt.datetime.fromtimestamp(mt5.symbol_info_tick("EURUSD").time, dt.UTC).replace(tzinfo=None)
    output, hour = tmp_path / "history.db", dt.timedelta(hours=1)
    mt5cli.collect_history(
        output, ["EURUSD"], now - 3 * hour, now + hour, timeframe="M5", with_views=True, config=config
    )
    with sqlite3.connect(output) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our own names
            for table in (
                "rates",
                "history_orders",
                "history_deals",
                "cash_events",
                "positions_reconstructed",
            )
        ]
    assert counts == [36, 2, 2, 0, 1]


def test_it_finds_the_brokers_clock_from_live_ticks(mt5cli: Any, client: Any) -> None:
    clock = mt5cli.TickClockNormalizer(client, ["EURUSD"], samples_per_symbol=8, sample_interval_seconds=0.2)
    assert any(clock.calibrate().calibrated for _ in range(20))
    assert clock.calibration.offset_seconds == 7_200


def test_a_wrong_password_is_a_connection_error_of_its_own(mt5cli: Any, desk: Desk) -> None:
    client = mt5cli.MT5Client(
        path=desk.program, login=LOGIN, password="wrong", server=SERVER, timeout=1_000, retry_count=0
    )
    with pytest.raises(mt5cli.Mt5ConnectionError, match=r"-6"):
        client.account_info()
    assert mt5cli.MT5Client(path=desk.program).account_info()["login"].tolist() == [LOGIN]
