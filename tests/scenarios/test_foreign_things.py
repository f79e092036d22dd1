"""Presses that name other people's things: nothing of theirs is changed, shown or broken."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from db.base import Base
from services.permissions import Role
from tests.activities import planned
from tests.scenarios.test_certificates import asks, enrol, serve
from tests.scenarios.test_clubs import founded, joins
from tests.scenarios.test_forged_input import acts, press, sent
from tests.scenarios.test_reports import gazetteer, reports_a_light
from tests.scenarios.test_volunteers import registers
from tests.telegram import Town

NAMES = ("1", "2:1", "1:1:1", "1:y")
SECRETS = ("林秀英", "13812345678", "不亮三天了")
"""What only the people themselves and the staff of their community may read."""
OWN_TRACES = {
    "audit_log", "cards", "clock_tasks", "consent_texts", "consents", "conversations", "desk_views",
    "entry_counts", "form_documents", "form_fillings", "form_media", "forgotten", "inbox", "jobs",
    "outbox", "questions", "report_followers", "survey_mutes", "survey_traces", "survey_paces",
}  # fmt: skip
"""Tables that hold what the presser does themselves."""


async def lived_in(town: Town) -> None:
    """东湖 with a report, a volunteer, a certificate, a club, an activity, a round, a question."""
    lin = await town.person("林阿姨", community="donghu")
    await registers(lin)
    await gazetteer(town)
    await reports_a_light(lin)
    await lin.sends("家里的悄悄话能不能说给你听")
    await lin.sends({"voice": {"file_id": "v1", "file_unique_id": "v", "duration": 3}})
    zhou = await town.person("周阿姨", community="donghu")
    await serve(town, await enrol(town, zhou), 4)
    await asks(zhou)
    club = await founded(town)
    await joins(zhou, club)
    await planned(town)


async def rows(town: Town, *, but: set[int]) -> dict[str, set[str]]:
    """What stands in every table, without the rows of these people."""
    found: dict[str, set[str]] = {}
    async with town.database.read() as session:
        for table in Base.metadata.sorted_tables:
            if table.name in OWN_TRACES:
                continue
            every = (await session.execute(select(table))).mappings()
            found[table.name] = {str(dict(row)) for row in every if not _of(dict(row), but)}
    return found


def _of(row: dict[str, Any], people: set[int]) -> bool:
    return row.get("person_id") in people or (row.get("id") in people and "telegram_id" in row)


def named() -> Iterator[str]:
    for act, names in product(acts(), NAMES):
        if len(f"{act}:{names}".encode()) <= 64:
            yield f"{act}:{names}"


@pytest.mark.parametrize(("role", "community"), [(None, "donghu"), (Role.COMMUNITY_STAFF, "xixia")])
async def test_no_press_reaches_what_is_not_ones_own(
    town: Town, role: Role | None, community: str
) -> None:
    await lived_in(town)
    stranger = await town.person("外人", role, community=community)
    own = {await town.person_id(stranger)}
    before = await rows(town, but=own)
    at_home = f"'scope_id': {await town.community_id(community)}"
    seen = len(stranger.screen)
    failed = await sent(town, [press(town, stranger, data) for data in named()])
    assert not failed, "\n".join(failed[:5])
    after = await rows(town, but=own)
    changed = {
        row
        for table in before
        for row in before[table] ^ after[table]
        # who was forgotten by a press of their own comes back as somebody new
        if not (table == "people" and row in after[table])
        if not (table == "grants" and at_home in row)  # staff may grant in their own community
    }
    assert not changed, changed
    told = "\n".join(shown.text for shown in stranger.screen[seen:])
    assert not [secret for secret in SECRETS if secret in told]
