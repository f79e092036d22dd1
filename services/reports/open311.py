"""Reports in the shape of Open311 GeoReport v2: the two read-only answers, as other systems expect.

http://wiki.open311.org/GeoReport_v2/ : GET Service List and GET Service Requests, JSON. Names,
photos and the numbers of phones or identity cards that stand in somebody's words are left out, and
so is what the office turned away or merged. Fields the office has nothing for are null.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from services import clock
from services.reports import categories
from services.reports.ledgers import CLOSED, Entry

ASIDE = frozenset({"rejected", "merged", "void"})
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){6,}[xX]?")
"""Seven digits or more: a telephone, an identity card; never a house number."""


class Service(TypedDict):
    """One kind of problem that can be reported."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class Request(TypedDict):
    """One report."""

    service_request_id: str
    status: str
    status_notes: str | None
    service_name: str
    service_code: str
    description: str
    agency_responsible: str | None
    service_notice: None
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None
    address: str
    address_id: None
    zipcode: None
    lat: float | None
    long: float | None
    media_url: None


def services() -> list[Service]:
    """GET services.json. No kind asks more than the rest (`metadata`); ids are given at once."""
    labels = {group.code: group.label for page in (1, 2) for group in categories.groups(page)}
    return [
        Service(
            service_code=one.code,
            service_name=one.label,
            description=one.label,
            metadata=False,
            type="realtime",
            keywords=one.external_code,
            group=labels.get(one.group, ""),
        )
        for one in categories.table()
    ]


def requests(entries: Sequence[Entry]) -> list[Request]:
    """GET requests.json, in the order they came."""
    return [_request(one) for one in entries if one.report.state not in ASIDE]


def _request(entry: Entry) -> Request:
    row = entry.report
    last = max(
        moment
        for moment in (row.created_at, row.filed_at, row.handled_at, row.closed_at)
        if moment is not None
    )
    return Request(
        service_request_id=row.number,
        status="closed" if row.state in CLOSED else "open",
        status_notes=without_numbers(entry.done) or None,
        service_name=entry.category,
        service_code=row.category,
        description=without_numbers(row.words) or entry.category,
        agency_responsible=entry.community or None,
        service_notice=None,
        requested_datetime=_moment(row.created_at),
        updated_datetime=_moment(last),
        expected_datetime=_moment(row.due_at) if row.due_at else None,
        address=without_numbers(" ".join(p for p in (entry.community, entry.where) if p)),
        address_id=None,
        zipcode=None,
        lat=row.latitude,
        long=row.longitude,
        media_url=None,
    )


def without_numbers(words: str) -> str:
    """Words without telephone and identity card numbers, however wide they are written."""
    return _LONG_NUMBER.sub("***", unicodedata.normalize("NFKC", words))


def _moment(value: datetime) -> str:
    """As the standard writes moments (W3C: 2026-11-24T10:00:00+08:00)."""
    return clock.local(value).isoformat(timespec="seconds")
