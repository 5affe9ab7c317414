"""A store before whose next writing something else happens, as between a reading and its conclusion."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from core.ports import Store, Tx


@dataclass(slots=True)
class Interrupted:
    """A store before whose next writing something happens."""

    store: Store
    happening: Callable[[], Awaitable[object]] | None = None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Tx]:
        happening, self.happening = self.happening, None
        if happening is not None:
            await happening()
        async with self.store.write() as tx:
            yield tx

    def read(self) -> AbstractAsyncContextManager[Tx]:
        return self.store.read()
