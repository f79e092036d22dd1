"""What a person gives to a question: words, a press, a file, a location or a contact."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Media:
    """A file as it was sent. `id` is the application's own reference to it, unique."""

    id: str
    kind: str
    """photo, audio, video or file."""
    name: str = ""
    mime: str = ""
    caption: str = ""


@dataclass(frozen=True)
class Location:
    """Degrees in WGS 84; altitude and accuracy in metres, where known."""

    lat: float
    lon: float
    accuracy: float | None = None
    altitude: float | None = None
    name: str = ""
    """A venue's name, if one was picked."""


@dataclass(frozen=True)
class Contact:
    """A phone number as it was shared, and the name that came with it."""

    phone: str
    name: str = ""


@dataclass(frozen=True)
class Given:
    """One message or press. `press` is the value of a button of the current question.

    Values: "3" picks choice 3 (from 0), "+3" and "-3" tick and untick it, "ok" ends a question
    that takes several things or that is only read, "add" and "no" answer "one more round?",
    "=" keeps the earlier answer or default, "skip" skips.
    """

    text: str = ""
    press: str = ""
    media: Media | None = None
    location: Location | None = None
    contact: Contact | None = None
