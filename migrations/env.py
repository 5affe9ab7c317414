"""What Alembic runs: on the connection of `storage.migrate`, or, for a developer's `alembic` command, on
`alembic -x url=…` (`sqlite:///var/tapdesk.db` without one).
"""

import asyncio

from alembic import context

from storage.migrate import migrating, run_on

_connection = context.config.attributes.get("connection")


async def _on_own_connection() -> None:
    url = context.get_x_argument(as_dictionary=True).get("url", "sqlite:///var/tapdesk.db")
    async with migrating(url) as connection:
        await connection.run_sync(run_on)


if _connection is None:
    asyncio.run(_on_own_connection())
else:
    run_on(_connection)
