"""How the bot gets its updates: polling, webhook, and who it is."""

import re
from typing import Any

from bot.sandbox.files import DOWNLOAD_LIMIT
from bot.sandbox.methods.registry import Request, method
from bot.sandbox.refusals import bad_request
from bot.sandbox.shapes import Json
from bot.sandbox.webhooks import Target, check_url

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@method("getMe")
def get_me(request: Request) -> Json:
    words = request.world.profile.words
    name = words.get(("name", ""), request.world.bot["first_name"])
    return request.world.bot | {"first_name": name}


@method("getUpdates")
async def get_updates(request: Request) -> list[Json]:
    """Long poll; `allowed_updates` is remembered when it is given."""
    params, updates = request.params, request.world.updates
    _remember_kinds(request)
    return await updates.poll(
        offset=params.get("offset", 0),
        limit=min(max(params.get("limit", 100), 1), 100),
        seconds=min(max(params.get("timeout", 0), 0), request.world.options.long_poll_cap),
    )


@method("setWebhook")
async def set_webhook(request: Request) -> bool:
    """An empty url takes the webhook away, as deleteWebhook does."""
    params = request.params
    if not params.get("url"):
        return bool(await delete_webhook(request))
    check_url(params["url"])
    secret = params.get("secret_token", "")
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _remember_kinds(request)
    if params.get("drop_pending_updates"):
        request.world.updates.drop()
    connections = min(max(params.get("max_connections", 40), 1), 100)
    await request.webhook.set(Target(params["url"], secret, connections))
    return True


@method("deleteWebhook")
async def delete_webhook(request: Request) -> bool:
    await request.webhook.unset()
    if request.params.get("drop_pending_updates"):
        request.world.updates.drop()
    return True


@method("getWebhookInfo")
def get_webhook_info(request: Request) -> Json:
    return request.webhook.info()


@method("logOut", "close")
def close(request: Request) -> bool:
    return True


@method("getFile")
def get_file(request: Request) -> Json:
    file = request.world.files.find(str(request.params.get("file_id", "")))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return file.shape() | {"file_path": file.path}


def _remember_kinds(request: Request) -> None:
    kinds: Any = request.params.get("allowed_updates")
    if kinds is not None:
        request.world.updates.allowed = [kind for kind in kinds if isinstance(kind, str)]
