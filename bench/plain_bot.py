"""The peer of the benchmarks: a plain python-telegram-bot that writes a row and answers."""

import argparse
import sqlite3
import time
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

TABLE = "CREATE TABLE IF NOT EXISTS effects (id INTEGER PRIMARY KEY, chat INT, words TEXT, at REAL)"


def build(token: str, api: str, path: str, hook: tuple[str, int, str] | None) -> None:
    """Run until killed, by polling or behind a webhook."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(TABLE)

    async def handle(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        assert message is not None
        row = (message.chat_id, message.text, time.time())
        database.execute("INSERT INTO effects (chat, words, at) VALUES (?, ?, ?)", row)
        await message.reply_text("ok")

    async def ready(_application: Any) -> None:
        print("ready", flush=True)

    builder = ApplicationBuilder().token(token).base_url(f"{api}/bot").post_init(ready)
    application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, handle))
    if hook is None:
        application.run_polling(bootstrap_retries=-1)
    else:
        url, port, secret = hook
        application.run_webhook(
            listen="127.0.0.1", port=port, url_path="hook", webhook_url=url, secret_token=secret
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("token", "api", "path", "url", "secret"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    webhook = (given.url, given.port, given.secret) if given.port else None
    build(given.token, given.api, given.path, webhook)
