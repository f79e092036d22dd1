"""The Bot API's methods, one file for each kind of errand; importing this registers them all."""

from bot.sandbox.methods import (
    answering,
    editing,
    membership,
    profile,
    receiving,
    sending,
)
from bot.sandbox.methods.registry import METHODS, Request

__all__ = [
    "METHODS",
    "Request",
    "answering",
    "editing",
    "membership",
    "profile",
    "receiving",
    "sending",
]
