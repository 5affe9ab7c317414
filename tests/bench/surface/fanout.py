"""One card with a chart to a thousand chats, under Telegram's limits as the sandbox enforces them."""

import time
from pathlib import Path

from bot.sandbox import SandboxClient, Settings
from tests.bench.rows import Row
from tests.bench.surface.crowd import crowd
from tests.bench.surface.stage import open_stage

PEOPLE = 1_000
MOST = 1.05


async def fanout_rows(folder: Path) -> list[Row]:
    """The time from the outbox to the last chat, as a multiple of what the limit alone would take."""
    async with (
        crowd(PEOPLE, limited=True) as url,
        SandboxClient(url) as telegram,
        open_stage(folder, url, PEOPLE) as stage,
    ):
        began = time.time()
        await stage.send_cards()
        await stage.all_delivered()
        calls = await telegram.calls()
    cards = [call for call in calls if call["ok"] and call["method"] in ("sendPhoto", "sendMessage")]
    took_s = max(call["at"] for call in cards) - began
    reached = {call["parameters"]["chat_id"] for call in cards}
    uploads = [call for call in cards if call["parameters"].get("photo", "").startswith("attach:")]
    return [
        Row(f"a card to {PEOPLE:,} chats", took_s, "s"),
        Row("  as a multiple of the limit's own time", took_s / _limit_s(PEOPLE), "", at_most=MOST),
        Row("  chats without the card", PEOPLE - len(reached), "", PEOPLE, at_most=0),
        Row("  uploads of its chart", len(uploads), "", len(cards), at_most=1, at_least=1),
        Row("  calls that were refused", sum(not call["ok"] for call in calls), "", len(calls)),
    ]


def _limit_s(messages: int) -> float:
    """What Telegram's limit over all chats takes for so many, its burst at once."""
    overall = Settings().overall
    if overall is None:
        raise ValueError("the sandbox has no limit")
    return (messages - overall.burst) / overall.per_s
