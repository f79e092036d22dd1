"""A Bot API server for loopback with a chat page: Telegram's side for demonstrations and tests.

It imports nothing of the project, and the running bot imports nothing of it.
"""

from bot.sandbox.faults import Fault, Kind
from bot.sandbox.options import Options
from bot.sandbox.pictures import sample_picture
from bot.sandbox.refusals import SimError
from bot.sandbox.server import Sandbox

__all__ = ["Fault", "Kind", "Options", "Sandbox", "SimError", "sample_picture"]
