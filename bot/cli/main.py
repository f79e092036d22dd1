"""The commands of `python -m bot`. What a command needs is imported when it is called."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import console, forms, knowledge, reports, rosters

if TYPE_CHECKING:
    from bot.settings import Settings

app = console.commands()
app.add_typer(forms.app, name="form")
app.add_typer(knowledge.app, name="kb")
app.add_typer(reports.app, name="report")
app.add_typer(rosters.app, name="roster")


@app.command()
def run() -> None:
    """Start the bot: with BOT_TOKEN it serves Telegram, without it the demo page."""
    from telegram.error import BadRequest, InvalidToken, NetworkError

    from bot import demo, logs
    from bot.app import Process
    from bot.settings import Settings

    settings = Settings()
    logs.configure(settings.log_level)
    _migrate_first(settings)
    try:
        if settings.in_demo_mode and not settings.bot_api_url:
            demo.run(settings)
        else:
            token = settings.bot_token.get_secret_value() if settings.bot_token else demo.TOKEN
            asyncio.run(Process(settings, token=token).run())
    except InvalidToken:  # its message holds the token
        console.end("Telegram refused BOT_TOKEN: copy it anew from @BotFather")
    except BadRequest as error:  # of the webhook: nothing else is called before "ready"
        console.end(f"Telegram refused WEBHOOK_URL or WEBHOOK_SECRET: {error.message}")
    except NetworkError as error:
        console.end(
            f"Telegram was not reached ({type(error).__name__}): look at the network, BOT_API_URL"
        )


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema."""
    from bot.settings import Settings

    _migrate(Settings())
    typer.echo("the database is up to date")


@app.command()
def sandbox(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Loopback port of the page and the Bot API")
    ] = 8088,
) -> None:
    """Start the demo's Bot API server alone."""
    from bot import demo

    demo.run_sandbox(port)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="File to write")]) -> None:
    """Write a consistent copy of the database while the bot runs."""
    from bot import backups
    from bot.settings import Settings

    backups.backup(Settings(), file)
    typer.echo("backup written")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file made by backup")]) -> None:
    """Put a backup in place; the bot must be stopped. Later /forget requests are repeated."""
    from bot import backups
    from bot.settings import Settings

    repeated = backups.restore(Settings(), file)
    typer.echo(f"restored; {repeated} later requests to be forgotten were repeated")


def _migrate_first(settings: "Settings") -> None:
    try:
        _migrate(settings)
    except Exception as error:
        if line := console.file_line(error):
            console.end(line)
        raise


def _migrate(settings: "Settings") -> None:
    from bot.schema import migrate

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)


@app.command("rotate-keys")
def rotate_keys() -> None:
    """Seal names and phones anew with the first key of SECRET_KEY; may be repeated, bot running."""
    from bot import key_rotation, keys
    from bot.settings import Settings

    settings = Settings()
    keys.configure(settings)
    done = asyncio.run(key_rotation.rotate(settings.database))
    typer.echo(f"{done.sealed} values sealed with the first key, {done.indexes} indexes renewed")
