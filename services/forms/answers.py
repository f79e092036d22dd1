"""Takes what a person gave as an answer to a step, or refuses it with a code that says why."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.errors import Refusal
from services.forms import typed
from services.forms.documents import Kind
from services.forms.givens import Given, Location, Media
from services.forms.labels import match_label, match_labels
from services.forms.steps import Step

LONGEST_TEXT = 4000
"""Characters of a text answer; a Telegram message has at most 4,096."""
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Taken:
    """An answer in the JSON shape of its kind. more: kept, but the question stays."""

    value: Any
    more: bool = False


def take(step: Step, given: Given, *, now: datetime) -> Taken:
    """What was given, as an answer to the step; raises Refusal. `now` is the wall clock."""
    if given.press == "=":
        return _keep(step)
    return _TAKERS[step.kind](step, given, now)


def _keep(step: Step) -> Taken:
    if step.before is None:
        raise Refusal("forms.stale")
    return Taken(step.before)


def _choose_one(step: Step, given: Given, now: datetime) -> Taken:
    if given.press:
        return Taken(_option(step, given.press))
    if not given.text:
        raise Refusal("forms.choose_one")
    return Taken(step.options[match_label(given.text, [o.label for o in step.options])].name)


def _option(step: Step, index: str) -> str:
    """The name of the option that a button means."""
    if not index.isdecimal() or int(index) >= len(step.options):
        raise Refusal("forms.stale")
    return step.options[int(index)].name


def _choose_several(step: Step, given: Given, now: datetime) -> Taken:
    chosen = [name for name in step.sofar if any(name == option.name for option in step.options)]
    if given.press == "ok" or (given.text and typed.says("done", given.text)):
        return _chosen(step, chosen)
    if given.press[:1] in ("+", "-"):
        name = _option(step, given.press[1:])
        wanted = [name] if given.press[0] == "+" else []
        chosen = [one for one in chosen if wanted or one != name]
    elif given.text:
        found = match_labels(given.text, [option.label for option in step.options])
        wanted = [step.options[index].name for index in found]
    else:
        raise Refusal("forms.stale" if given.press else "forms.choose_several")
    chosen += [name for name in wanted if name not in chosen]
    if step.at_most is not None and len(chosen) > step.at_most:
        raise Refusal("forms.at_most", limit=step.at_most)
    if step.kind is Kind.CHOOSE_SEVERAL:
        chosen = [option.name for option in step.options if option.name in chosen]
    return Taken(chosen, more=True)


def _chosen(step: Step, chosen: list[str]) -> Taken:
    if step.kind is Kind.RANK and len(chosen) == len(step.options) - 1:
        chosen += [option.name for option in step.options if option.name not in chosen]
    least = len(step.options) if step.kind is Kind.RANK else step.at_least
    if len(chosen) < least and (chosen or step.required):
        raise Refusal("forms.rank_all" if step.kind is Kind.RANK else "forms.at_least", limit=least)
    return Taken(chosen or None)


def _integer(step: Step, given: Given, now: datetime) -> Taken:
    if not given.text:
        raise Refusal("forms.number_wanted")
    found = typed.integer(given.text)
    if abs(found) > _LARGEST:
        raise Refusal("forms.number_too_large", given=given.text[:30])
    return Taken(found)


def _decimal(step: Step, given: Given, now: datetime) -> Taken:
    if not given.text:
        raise Refusal("forms.number_wanted")
    return Taken(typed.decimal(given.text))


def _scale(step: Step, given: Given, now: datetime) -> Taken:
    """A point of the scale, by its button or typed."""
    names = [option.name for option in step.options]
    if given.press:
        return Taken(_point(_option(step, given.press)))
    if not given.text:
        raise Refusal("forms.scale_wanted", start=names[0], end=names[-1])
    found = typed.decimal(given.text)
    name = next((one for one in names if math.isclose(float(one), found, abs_tol=1e-9)), None)
    if name is None:
        raise Refusal("forms.out_of_range", start=names[0], end=names[-1])
    return Taken(_point(name))


def _point(name: str) -> int | float:
    return float(name) if "." in name else int(name)


def _text(step: Step, given: Given, now: datetime) -> Taken:
    """Words, tidied only of what cannot be seen; HTML and emoji are words too."""
    kept = "".join(sign for sign in given.text if sign.isprintable() or sign == "\n").strip()
    if not kept:
        raise Refusal("forms.text_wanted")
    if len(kept) > LONGEST_TEXT:
        raise Refusal("forms.text_too_long", limit=LONGEST_TEXT, length=len(kept))
    return Taken(kept)


def _date(step: Step, given: Given, now: datetime) -> Taken:
    if not given.text:
        raise Refusal("forms.date_wanted")
    return Taken(typed.day(given.text, now.date()).isoformat())


def _time(step: Step, given: Given, now: datetime) -> Taken:
    if not given.text:
        raise Refusal("forms.time_wanted")
    found = datetime.combine(now.date(), typed.clock(given.text, now), now.tzinfo)
    return Taken(found.isoformat(timespec="milliseconds").partition("T")[2])


def _moment(step: Step, given: Given, now: datetime) -> Taken:
    if not given.text:
        raise Refusal("forms.moment_wanted")
    found = typed.moment(given.text, now).replace(tzinfo=now.tzinfo)
    return Taken(found.isoformat(timespec="milliseconds"))


_WANTED = {
    Kind.PHOTOS: "forms.photo_wanted",
    Kind.AUDIO: "forms.audio_wanted",
    Kind.VIDEO: "forms.video_wanted",
    Kind.FILE: "forms.file_wanted",
}
_FITS: dict[Kind, Sequence[str]] = {
    Kind.PHOTOS: ("photo", "image/"),
    Kind.AUDIO: ("audio", "audio/"),
    Kind.VIDEO: ("video", "video/"),
}


def _media(step: Step, given: Given, now: datetime) -> Taken:
    """Files, collected until "ok" or until there are as many as the question takes."""
    sofar = list(step.sofar)
    if given.media is not None:
        return _collected(step, given.media, sofar)
    if given.press == "ok" or (given.text and typed.says("done", given.text)):
        if len(sofar) < max(step.at_least, 1 if step.required else 0):
            raise Refusal("forms.files_at_least", limit=max(step.at_least, 1), count=len(sofar))
        return Taken(sofar or None)
    raise Refusal("forms.stale" if given.press else _WANTED[step.kind], count=len(sofar))


def _collected(step: Step, media: Media, sofar: list[Any]) -> Taken:
    fits = _FITS.get(step.kind)
    if fits is not None and media.kind != fits[0] and not media.mime.startswith(fits[1]):
        raise Refusal("forms.wrong_file", kind=step.kind.value)
    limit = step.at_most or 1
    if any(one["id"] == media.id for one in sofar):
        return Taken(sofar, more=True)
    if len(sofar) >= limit:
        raise Refusal("forms.files_at_most", limit=limit)
    entry = {"id": media.id, "name": media.name or media.id, "state": "pending"}
    if media.caption.strip():
        entry["caption"] = media.caption.strip()
    sofar.append(entry)
    return Taken(sofar, more=len(sofar) < limit)


def _location(step: Step, given: Given, now: datetime) -> Taken:
    if given.location is None:
        raise Refusal("forms.location_wanted")
    return Taken(fix(given.location))


def fix(location: Location) -> dict[str, Any]:
    """A location as an answer; 0, 0 is what a phone without a fix sends: Refusal forms.no_fix."""
    lat, lon = location.lat, location.lon
    valid = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
    if not valid or (lat == 0 and lon == 0):
        raise Refusal("forms.no_fix")
    found = {"lat": lat, "lon": lon, "altitude": location.altitude, "accuracy": location.accuracy}
    return {**found, "text": location.name} if location.name else found


def _place(step: Step, given: Given, now: datetime) -> Taken:
    """A location, or the place in words."""
    if given.location is not None:
        return Taken(fix(given.location))
    if not given.text:
        raise Refusal("forms.place_wanted")
    words = _text(step, given, now).value
    if len(words) < 2:
        raise Refusal("forms.place_too_short")
    return Taken({"text": words})


def _contact(step: Step, given: Given, now: datetime) -> Taken:
    """A shared contact or a phone number typed."""
    if given.contact is not None:
        return Taken(_person(given.contact.phone, given.contact.name))
    if not given.text:
        raise Refusal("forms.contact_wanted")
    return Taken(_person(given.text, ""))


def _person(phone: str, name: str) -> dict[str, str]:
    """Digits with an optional + in front: 7 to 15 of them (ITU-T E.164 allows 15)."""
    kept = typed.digits(phone)
    if kept is None or not 7 <= len(kept.lstrip("+")) <= 15:
        raise Refusal("forms.not_a_phone", given=phone[:30])
    return {"phone": kept, "name": name} if name else {"phone": kept}


def _read(step: Step, given: Given, now: datetime) -> Taken:
    """A note or an acknowledgement is answered by going on."""
    if given.press == "ok" or (given.text and typed.says("read_on", given.text)):
        return Taken("OK" if step.kind is Kind.ACKNOWLEDGE else True)
    raise Refusal("forms.stale" if given.press else "forms.read_on")


def _another(step: Step, given: Given, now: datetime) -> Taken:
    if given.press in ("add", "no"):
        return Taken(given.press)
    if given.press:
        raise Refusal("forms.stale")
    for word, value in (("no", "no"), ("done", "no"), ("yes", "add")):
        if given.text and typed.says(word, given.text):
            return Taken(value)
    raise Refusal("forms.another_wanted")


_TAKERS: dict[Kind, Callable[[Step, Given, datetime], Taken]] = {
    Kind.CHOOSE_ONE: _choose_one,
    Kind.CHOOSE_SEVERAL: _choose_several,
    Kind.RANK: _choose_several,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.SCALE: _scale,
    Kind.TEXT: _text,
    Kind.BARCODE: _text,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _moment,
    Kind.PHOTOS: _media,
    Kind.AUDIO: _media,
    Kind.VIDEO: _media,
    Kind.FILE: _media,
    Kind.LOCATION: _location,
    Kind.PLACE: _place,
    Kind.CONTACT: _contact,
    Kind.NOTE: _read,
    Kind.ACKNOWLEDGE: _read,
    Kind.ANOTHER: _another,
}
