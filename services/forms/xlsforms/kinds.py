"""Which kind of question an XLSForm type is, by what pyxform makes of it."""

from collections.abc import Mapping
from typing import Any

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from services.forms.documents import Kind

REFUSED = frozenset({"geotrace", "geoshape", "osm", "xml-external", "csv-external", "audit",
                     "background-audio", "background-geopoint", "start-geopoint",
                     "select one external"})  # fmt: skip
_INPUTS = {
    "string": Kind.TEXT,
    "int": Kind.INTEGER,
    "decimal": Kind.DECIMAL,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "dateTime": Kind.DATETIME,
    "geopoint": Kind.LOCATION,
    "barcode": Kind.BARCODE,
}
_TAGS = {
    "select1": Kind.CHOOSE_ONE,
    "select": Kind.CHOOSE_SEVERAL,
    "odk:rank": Kind.RANK,
    "trigger": Kind.ACKNOWLEDGE,
    "range": Kind.SCALE,
}
_UPLOADS = {"image/*": Kind.PHOTOS, "audio/*": Kind.AUDIO, "video/*": Kind.VIDEO}
WRITTEN = {
    Kind.CHOOSE_ONE: "select_one",
    Kind.CHOOSE_SEVERAL: "select_multiple",
    Kind.PHOTOS: "image",
    Kind.LOCATION: "geopoint",
    Kind.PLACE: "text",
    Kind.CONTACT: "text",
    Kind.SCALE: "range",
    Kind.DATETIME: "datetime",
}
"""Kinds whose XLSForm type has another name; a place and a contact become plain text there."""


def kind_of(written: str) -> Kind | None:
    """The kind of a type as pyxform names it; None for an unknown or refused one."""
    made: Mapping[str, Any] | None = QUESTION_TYPE_DICT.get(written)
    if made is None or written in REFUSED:
        return None
    control, bind = made.get("control", {}), made.get("bind", {})
    tag = control.get("tag")
    if tag is None:
        return Kind.META if "jr:preload" in bind else Kind.CALCULATE
    if tag == "upload":
        return _UPLOADS.get(control.get("mediatype", ""), Kind.FILE)
    if tag == "input" and bind.get("readonly"):
        return Kind.NOTE
    return _TAGS.get(tag) or _INPUTS.get(bind.get("type", ""))


def meta_of(written: str) -> str:
    """What a metadata type is filled with: start, end, today, username, deviceid ..."""
    bind = QUESTION_TYPE_DICT[written]["bind"]
    return str(bind.get("jr:preloadParams", "")).removeprefix("uri:")
