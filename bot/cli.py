"""The command line: run, demo, migrate, doctor, reconcile, events, paper, key."""

import asyncio
import secrets
import signal
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import SettingsError, load_settings
from core import __version__

app = typer.Typer(
    name="tapdesk",
    help="A signal desk that lives in Telegram.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

WRONG_SETTINGS = 2


def main() -> None:
    """Run the command; what is wrong with the settings is told in sentences, with exit status 2.

    Ctrl-C is a way to stop, not a failure: before the desk has its own handler it ends with status 0 too.
    """
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    try:
        app()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        sys.exit(WRONG_SETTINGS)


def _finish(work: Coroutine[Any, Any, int]) -> None:
    """Run to the end on a fresh event loop; its result is the exit status."""
    raise typer.Exit(asyncio.run(work))


@app.command()
def run() -> None:
    """Run the desk with a real bot token, until Ctrl-C or SIGTERM."""
    from bot.console.logs import set_up_logs
    from bot.console.production import run_production

    settings = load_settings()
    set_up_logs(settings.log_format, settings.log_level)
    _finish(run_production(settings))


@app.command()
def demo(
    auto: Annotated[
        bool, typer.Option("--auto", help="Play the whole story by itself and check it.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the chat page.")] = 8088,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = Path("var/demo"),
) -> None:
    """Run the desk on its embedded parts: paper accounts and a local Telegram with a chat page."""
    from bot.console.logs import set_up_logs
    from bot.demo import run_demo

    set_up_logs("console", "warning" if auto else "info")
    _finish(run_demo(folder, port, auto=auto))


@app.command()
def migrate() -> None:
    """Bring the database to the revision that this program expects."""
    from bot.console.production import run_migrate

    _finish(run_migrate(load_settings()))


@app.command()
def doctor() -> None:
    """Check settings, token, database, migrations and each terminal; exit status 1 if anything is wrong."""
    from bot.console.logs import set_up_logs
    from bot.console.production import run_doctor

    settings = load_settings()
    set_up_logs("console", "error")
    _finish(run_doctor(settings))


@app.command()
def reconcile(
    once: Annotated[
        bool, typer.Option("--once", help="One round; status 2 with a divergence, 1 with an unread account.")
    ] = False,
) -> None:
    """Compare each account with what the desk expects, every few seconds until Ctrl-C."""
    from bot.console.logs import set_up_logs
    from bot.console.reconcile import run_reconcile

    settings = load_settings()
    set_up_logs("console", "error")
    _finish(run_reconcile(settings, once=once))


@app.command()
def events(
    since: Annotated[str, typer.Option(help="From then on: a time (UTC), or an age such as 90m or 1d.")] = "",
    until: Annotated[str, typer.Option(help="Before then, in the same words.")] = "",
    name: Annotated[str, typer.Option(help="Only names that begin so: order. or drawdown.warned")] = "",
    account: Annotated[str, typer.Option(help="Only of the account with this label.")] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is new until Ctrl-C.")] = False,
) -> None:
    """Print the audit trail as JSON lines, the oldest first."""
    from bot.console.events import moment, run_events
    from bot.console.logs import set_up_logs
    from core.model.events import EventFilter

    now = datetime.now(UTC)
    wanted = EventFilter(moment(since, "--since", now), moment(until, "--until", now), name)
    settings = load_settings()
    set_up_logs("console", "error")
    _finish(run_events(settings, wanted, account, follow=follow))


@app.command()
def paper(
    folder: Annotated[Path, typer.Argument(help="Where its terminal and its broker's book are kept.")],
    login: Annotated[int, typer.Option(min=1, max=2**63 - 1, help="Its login.")] = 70001,
    deposit: Annotated[float, typer.Option(min=1, max=1e9, help="Paper dollars to begin with.")] = 10_000,
    weekends: Annotated[bool, typer.Option("--weekends", help="Quote every symbol at weekends too.")] = False,
) -> None:
    """Make a paper account and print its entry for the desk file."""
    from bot.console.paper import Taken, open_paper_account

    try:
        typer.echo(open_paper_account(folder, login, deposit, weekends=weekends))
    except Taken as error:
        raise SettingsError(str(error)) from None
    except OSError as error:
        raise SettingsError(f"{folder} cannot hold a paper account: {error.strerror}.") from None


@app.command()
def key(
    api: Annotated[bool, typer.Option("--api", help="One for TAPDESK_API_KEYS instead.")] = False,
) -> None:
    """Print a new key for TAPDESK_SECRET_KEYS."""
    from cryptography.fernet import Fernet

    typer.echo(secrets.token_urlsafe() if api else Fernet.generate_key().decode())


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


if __name__ == "__main__":
    main()
