"""How the copy of somebody's data looks: a text to read, and a document to keep."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from handlers.chat import Screen
from handlers.texts import join, known, say
from services import clock
from services.people.personal_data import Copy
from services.reports import categories

MOST_LINES = 40
LONGEST = 200

#: Columns that hold a code, and where its words stand; what has no words is in the document only.
CODES = {
    ("certificates", "state"): "certificates.state",
    ("consents", "purpose"): "profile.purpose",
    ("kept", "kind"): "kept_desk.kind",
    ("reports", "state"): "reports.state",
    ("roles", "role"): "roles.name",
    ("signups", "state"): "activities.place",
    ("volunteer_categories", "category"): "volunteers.category",
    ("volunteering", "state"): "volunteer_desk.state",
}


def screens(copy: Copy, file: Mapping[str, str]) -> tuple[Screen, ...]:
    """The readable text, then the document."""
    document = Screen(say("mydata.document"), document=file)
    return (Screen(readable(copy)), document)


def readable(copy: Copy) -> Markup:
    """What is held, in words. Everything, technical columns too, is in the document."""
    parts = [say("mydata.intro"), _section("person", [copy.person])]
    parts += [_section(name, rows) for name, rows in copy.held.items()]
    return join(parts, "\n\n")


def _section(name: str, rows: list[dict[str, Any]]) -> Markup:
    title = say(f"mydata.section.{name}")
    lines = [line for row in rows[:MOST_LINES] if (line := _line(name, row))]
    left = len(rows) - MOST_LINES
    if left > 0:
        lines.append(say("mydata.more", count=left))
    return join([say("mydata.title", title=title, count=len(rows)), *lines])


def _line(section: str, row: Mapping[str, Any]) -> Markup | None:
    parts = [
        say("mydata.pair", label=say(f"mydata.field.{key}"), value=words)
        for key, value in row.items()
        if known(f"mydata.field.{key}") and (words := _words(section, key, value))
    ]
    return say("mydata.line", pairs=join(parts, ",")) if parts else None


def _words(section: str, column: str, value: Any) -> str:
    """A value as people read it; empty for a code that has no words."""
    if column == "category" and (section, column) not in CODES:
        found = categories.find(str(value))
        return found.label if found else ""
    if column in ("category", "kind", "state", "purpose", "role"):
        key = f"{CODES.get((section, column), '')}.{value}"
        return str(say(key)) if known(key) else ""
    if column == "half_hours":
        return f"{value / 2:g}"
    return _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(say("mydata.yes" if value else "mydata.no"))
    text = str(value)
    try:
        moment = datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return clock.local(moment).strftime("%Y-%m-%d %H:%M")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def document(copy: Copy, photos: Mapping[str, bytes]) -> tuple[str, bytes]:
    """A file's name and bytes: JSON; with photos, a ZIP of the JSON and the photos."""
    made = {"exported_at": clock.local().isoformat(), "person": copy.person, **copy.held}
    text = json.dumps(made, ensure_ascii=False, indent=2).encode()
    if not photos:
        return "mydata.json", text
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mydata.json", text)
        for sha256, content in photos.items():
            archive.writestr(f"photos/{sha256}.jpg", content)
    return "mydata.zip", file.getvalue()
