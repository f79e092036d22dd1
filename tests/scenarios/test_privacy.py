"""Consent, /mydata, /forget: what is kept, shown and removed, searched for in the files too."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from db.base import Base
from db.encryption import EncryptedJSON, EncryptedText
from db.models.clubs import Club, ClubWork
from db.models.people import Consent, ConsentText, Forgotten, Person
from db.models.queues import OutboxMessage
from db.models.reports import Report, ReportMove, ReportPhoto
from db.models.volunteers import Volunteer, VolunteerChange
from db.stores import outbox
from db.stores import people as rows
from db.stores.outbox import Outgoing
from db.work import Work
from handlers.texts import say
from services import clock
from services.errors import Refusal
from services.people import consents, personal_data
from services.people import identities as people
from services.people.consents import VERSIONS, Purpose
from services.permissions import Actor, HeldRole, Role
from tests.scenarios.test_volunteers import registers
from tests.telegram import Photo, Somebody, Town, picture

SECRETS = ("林秀英", "13812345678", "家里的悄悄话", "4321987", "没写完的秘密")


async def lives(town: Town) -> Somebody:
    """Somebody who left traces everywhere."""
    lin = await town.person("林阿姨", community="donghu")
    lin.id = 4321987
    town.people[lin.id] = lin
    async with town.database.write() as session:
        person = await rows.by_telegram_id(session, 100 + len(town.people) - 2)
        assert person is not None
        person.telegram_id = lin.id
    await registers(lin)
    await lin.sends("家里的悄悄话能不能说给你听")
    await lin.sends({"voice": {"file_id": "v4321987", "file_unique_id": "v", "duration": 3}})
    await lin.sends("/report")
    await lin.taps("灯不亮")
    await lin.taps("楼道灯")
    await lin.sends(Photo(picture(80, 60)))
    await lin.taps("发好了")
    await lin.sends("没写完的秘密")
    await town.processes[0].intake.accept(
        [{"update_id": 77, "message": lin.message("家里的悄悄话")}]
    )
    async with town.database.write() as session:
        await session.execute(text("UPDATE inbox SET status = 2 WHERE update_id = 77"))
    return lin


async def forgets(town: Town, who: Somebody) -> None:
    await who.sends("/forget")
    who.sees("确定全部删掉吗", buttons=["确定", "先不删", "给我一份"])
    await who.taps("确定")
    who.sees("都删掉了")
    later = clock.now() + timedelta(minutes=5)
    clock.set_source(lambda: later)
    await town.work()


async def everything_stored(town: Town) -> str:
    """Every value of every table, opened where it is sealed."""
    found = []
    async with town.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in await session.execute(select(table)):
                found.append(f"{table.name}: {tuple(row)}")
    return re.sub(r"\\+u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), "\n".join(found))


def bytes_on_disk(town: Town) -> dict[str, bytes]:
    """The database file with its log, and all files of the data folder."""
    files = [path for path in town.folder.rglob("*") if path.is_file()]
    url = make_url(town.url)
    if url.get_backend_name() == "sqlite":
        files += [Path(f"{url.database}{end}") for end in ("", "-wal", "-shm")]
    return {str(path): path.read_bytes() for path in files if path.exists()}


async def test_no_name_phone_or_word_of_a_person_lies_open_in_the_database(town: Town) -> None:
    lin = await lives(town)
    await lin.sends("楼道灯坏了三天,打 13912345678 找我")  # offered as a report, not yet made
    words = {*SECRETS, "13912345678", "楼道灯坏了三天"} - {str(lin.id)}
    stored = await everything_stored(town)
    assert all(word in stored for word in SECRETS)
    async with town.database.read() as session:
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(text(f'SELECT * FROM "{table.name}"'))).all()
            open_words = [word for word in words if any(word in str(tuple(row)) for row in rows)]
            assert not open_words, table.name


async def test_nothing_is_left_after_forget(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    lin = await lives(town)
    before = await everything_stored(town)
    assert all(secret in before for secret in SECRETS), [s for s in SECRETS if s not in before]
    assert list((town.folder / "photos").rglob("*.jpg"))
    await lin.sends("/mydata")
    await forgets(town, lin)
    after = await everything_stored(town)
    for secret in SECRETS:
        assert secret not in after, [line for line in after.split("\n") if secret in line]
        for name, content in bytes_on_disk(town).items():
            assert secret.encode() not in content, (secret, name)
    assert not list((town.folder / "photos").rglob("*.jpg"))
    assert not list((town.folder / "exports").glob("*"))
    async with town.database.read() as session:
        [mark] = (await session.scalars(select(Forgotten))).all()
    line = (town.folder / "forgotten").read_text()
    assert line == f"{mark.person_hash} {mark.at.isoformat()}\n"
    await staff.sends("/volunteers")
    assert "林" not in staff.screen[-1].text


async def test_a_report_stays_without_the_one_who_made_it(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    grid = await town.person("网格员孙", Role.GRID_WORKER, community="donghu")
    lin_id, grid_id = await town.person_id(lin), await town.person_id(grid)
    now = clock.now()
    async with town.database.write() as session:
        report = Report(
            number="东湖-26-0001",
            source="resident",
            reporter_id=lin_id,
            category="stairwell_light",
            words="我家门口",
            place="我家",
            latitude=30.1,
            created_at=now,
        )
        session.add(report)
        await session.flush()
        for actor, role, words in ((lin_id, "resident", "急"), (grid_id, "grid_worker", "修好")):
            move = ReportMove(report_id=report.id, actor_id=actor, actor_role=role, after="filed")
            move.words, move.details, move.at = words, {}, now
            session.add(move)
        for who, letter in ((lin_id, "a"), (grid_id, "b")):
            photo = ReportPhoto(report_id=report.id, kind="before", sha256=letter * 64, at=now)
            photo.taken_by = who
            session.add(photo)
    await forgets(town, lin)
    async with town.database.read() as session:
        [left] = (await session.scalars(select(Report))).all()
        moves = (await session.scalars(select(ReportMove).order_by(ReportMove.id))).all()
        photos = (await session.scalars(select(ReportPhoto))).all()
    assert (left.reporter_id, left.words, left.place, left.latitude) == (None, "", "", None)
    assert left.category == "stairwell_light"
    assert [(m.actor_id, m.words) for m in moves] == [(None, ""), (grid_id, "修好")]
    assert [p.taken_by for p in photos] == [grid_id]


async def test_whoever_comes_back_is_new_and_what_waits_for_them_stays(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    old = await town.person_id(lin)
    await lin.sends("/forget")
    await lin.taps("确定")
    await lin.sends("/start")
    lin.sees("您住在哪个社区")
    assert await town.person_id(lin) != old
    await forgets_nothing_twice(town, lin)


async def forgets_nothing_twice(town: Town, lin: Somebody) -> None:
    later = clock.now() + timedelta(minutes=5)
    clock.set_source(lambda: later)
    shown = len(lin.screen)
    await town.work()
    assert len(lin.screen) == shown
    await lin.taps("东湖社区")
    lin.sees("您想做什么")


async def test_staff_hand_over_before_they_are_forgotten(town: Town) -> None:
    staff = await town.person("社区小李", Role.COMMUNITY_STAFF, community="donghu")
    await staff.sends("/forget")
    staff.sees("先交接离岗")
    await staff.presses("me:gone")
    async with town.database.read() as session:
        assert not (await session.scalars(select(Forgotten))).all()


async def test_words_in_messages_that_wait_for_others_are_blacked_out(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await registers(lin)
    later = clock.now() + timedelta(days=1)
    async with town.database.write() as session:
        note = Outgoing(999, "sendMessage", {"chat_id": 999, "text": "林秀英 13812345678 报名"})
        await outbox.add(session, [note], now=later)
    await lin.sends("/forget")
    await lin.taps("确定")
    async with town.database.read() as session:
        [row] = await session.scalars(select(OutboxMessage).where(OutboxMessage.chat_id == 999))
    assert row.payload["text"] == "*** *** 报名"


async def test_mydata_is_complete(town: Town) -> None:
    lin = await lives(town)
    await lin.sends("/mydata")
    lin.sees_somewhere("正在整理")
    words = lin.sees_somewhere("您自己", "志愿者登记", "林秀英", "13812345678", "悄悄话")
    assert "phone_index" not in words.text
    lin.sees_somewhere("社区:东湖社区")
    for code in ("pending", "voice", "volunteer"):
        assert code not in words.text, "a code is no word"
    shown = next(s for s in reversed(lin.screen) if s.file)
    assert shown.file is not None
    assert shown.file_name == "mydata.zip"
    with zipfile.ZipFile(io.BytesIO(shown.file)) as archive:
        made = json.loads(archive.read("mydata.json"))
        photos = [name for name in archive.namelist() if name.startswith("photos/")]
    assert photos
    for name in photos:
        assert (
            hashlib.sha256(zipfile.ZipFile(io.BytesIO(shown.file)).read(name)).hexdigest()
            == Path(name).stem
        )
    assert made["volunteering"][0]["phone"] == "13812345678"
    assert {"consents", "questions", "kept", "fillings", "files"} <= set(made)
    assert not list((town.folder / "exports").glob("*"))


PERSON = re.compile(
    r"(person|actor|author|leader|assignee|reporter|volunteer|telegram|chat)_(id|hash|key)|[a-z]+_by"
)
STAFF = "a member of staff or the office's doing: a number only, for the log"
ELSEWHERE = {
    "activities.leader_id": STAFF,
    "alias_proposals.decided_by": STAFF,
    "audit_log.actor_id": STAFF,
    "cards.chat_id": "erased with the outbox",
    "category_rules.changed_by": STAFF,
    "certificate_batches.chat_id": STAFF,
    "certificate_batches.ordered_by": STAFF,
    "certificates.closed_by": STAFF,
    "certificates.issued_by": STAFF,
    "entries.changed_by": STAFF,
    "entry_imports.made_by": STAFF,
    "form_fillings.chat_id": "the same person's",
    "forgotten.person_hash": "the note that somebody was forgotten: a keyed hash",
    "grants.granted_by": STAFF,
    "group_chats.chat_id": "a group, no person",
    "inbox.chat_id": "emptied and pruned by inbox.forget_person",
    "inbox.person_key": "emptied and pruned by inbox.forget_person",
    "invitations.invited_by": STAFF,
    "invitations.used_by": "who came: a number only, for the log",
    "kept_messages.chat_id": "the same person's",
    "kept_messages.handled_by": STAFF,
    "outbox.chat_id": "erased by outbox.forget_chat",
    "people.telegram_id": "emptied by empty_person",
    "questions.answered_by": STAFF,
    "questions.chat_id": "the same person's",
    "reply_templates.made_by": STAFF,
    "report_notes.author_id": STAFF,
    "report_requests.asked_by": STAFF,
    "report_requests.decided_by": STAFF,
    "reports.assignee_id": STAFF,
    "service_hours.approved_by": STAFF,
    "service_hours.proposed_by": STAFF,
    "service_hours.refused_by": STAFF,
    "survey_invitees.volunteer_id": "the same person's, found by the phone as well",
    "survey_participations.person_hash": "that somebody answered: a keyed hash, so that no answer "
    "counts twice",
    "surveys.created_by": STAFF,
    "sweep_floors.seen_by": STAFF,
    "sweeps.made_by": STAFF,
    "volunteer_changes.actor_id": STAFF,
}
SEALED_ELSEWHERE = {
    "alias_proposals.words": "a way of asking, without who asked",
    "inbox.payload": "emptied by inbox.forget_person",
    "jobs.payload": "work in hand: numbers, and done rows are pruned",
    "outbox.payload": "erased by outbox.forget_chat, in others' messages by outbox.blot_out",
    "people.name": "emptied by empty_person",
    "people.phone": "emptied by empty_person",
    "report_notes.words": "staff about the repair",
    "report_requests.words": "staff about the deadline",
    "survey_buffer.answer": "an anonymous answer, without who gave it",
    "survey_traces.trace": "how long an anonymous answer took",
}


def test_every_column_that_names_a_person_is_exported_and_erased() -> None:
    """A new column with a person in it needs a line in HOLDINGS, or a reason here."""
    known = {f"{h.table.__tablename__}.{h.column}" for h in personal_data.HOLDINGS}
    naming = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if PERSON.fullmatch(column.name)
        or any(key.column.table.name == "people" for key in column.foreign_keys)
    }
    assert naming - known - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= naming - known, "a reason for what is no more"


def test_what_is_sealed_goes_when_somebody_is_forgotten() -> None:
    """Names, phones and words are sealed at rest: each is deleted or emptied, or told here."""
    gone: set[str] = set()
    for held in personal_data.HOLDINGS:
        table = held.table.__tablename__
        columns = held.table.__table__.columns.keys() if held.emptied is None else held.emptied
        gone |= {f"{table}.{column}" for column in columns}
    sealed = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, EncryptedText | EncryptedJSON)
    }
    assert sealed - gone == set(SEALED_ELSEWHERE)


async def test_history_and_works_of_somebody_go_with_them(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await registers(lin)
    async with town.database.write() as session:
        volunteer = await session.scalar(select(Volunteer))
        assert volunteer is not None
        now = clock.now()
        session.add(
            VolunteerChange(volunteer_id=volunteer.id, what="name", before="林小英", at=now)
        )
        club = Club(kind="troupe", name="合唱队", created_at=now)
        session.add(club)
        await session.flush()
        session.add(
            ClubWork(
                club_id=club.id, title="剪纸", maker="林秀英", sha256="ab", at=now, form_token="t"
            )
        )
    async with town.database.read() as session:
        held = (await personal_data.copy(Work(session), await town.person_id(lin))).held
    assert held["volunteer_changes"][-1]["before"] == "林小英"
    assert held["volunteer_categories"]
    await lin.sends("/forget")
    await lin.taps("确定")
    async with town.database.read() as session:
        assert not (await session.scalars(select(VolunteerChange))).all()
        [work] = await session.scalars(select(ClubWork))
    assert work.maker is None


# -- consent ------------------------------------------------------------------------------------

PINNED = {
    "club": "2026-1 03668a93f54b",
    "contact": "2026-1 259d29d01f87",
    "staff": "2026-1 482c02009432",
    "volunteer": "2026-1 47d2fbe8a216",
}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_other_words_of_a_consent_are_another_version(purpose: Purpose) -> None:
    words = str(say(f"consent.{purpose}.words"))
    pinned = f"{VERSIONS[purpose]} {hashlib.sha256(words.encode()).hexdigest()[:12]}"
    assert pinned == PINNED[purpose], "raise the version in consents.py, then pin it here"
    assert "境外" in words


async def test_consent_is_kept_with_words_version_and_time_before_the_first_field(
    town: Town,
) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await lin.sends("/volunteer")
    await lin.taps("我要报名")
    async with town.database.read() as session:
        assert not (await session.scalars(select(Consent))).all()
    await lin.taps("同意")
    lin.sees("怎么称呼您")
    async with town.database.read() as session:
        [given] = (await session.scalars(select(Consent))).all()
        [kept] = (await session.scalars(select(ConsentText))).all()
    assert (given.agreed, given.text_version) == (True, VERSIONS[Purpose.VOLUNTEER])
    assert kept.words == str(say("consent.volunteer.words"))
    assert abs((clock.now() - given.at).total_seconds()) < 60


async def test_declining_is_kept_and_the_way_goes_on(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await lin.sends("/volunteer")
    await lin.taps("我要报名")
    await lin.taps("不同意")
    lin.sees_somewhere("不留也能提问")
    lin.sees("您想做什么")
    for data in ("agree:y:nonsense:home:menu", "agree:x:volunteer:home:menu", "agree:y:volunteer:"):
        await lin.presses(data)
    async with town.database.read() as session:
        said = [c.agreed for c in await session.scalars(select(Consent))]
    assert said == [False]


async def test_taking_a_consent_back_removes_what_was_kept_for_it(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    await registers(lin)
    await lin.sends("/me")
    await lin.taps("我的信息")
    lin.sees("您同意过", "登记志愿者", VERSIONS[Purpose.VOLUNTEER])
    await lin.taps("收回:志愿者登记")
    lin.sees_toast("收回了")
    stored = (await everything_stored(town)).split("\n")
    assert not [line for line in stored if "volunteers: " in line and "林秀英" in line]
    await lin.sends("/volunteer")
    await lin.taps("我要报名")
    lin.sees("境外", buttons=["同意"])


async def test_a_name_or_phone_is_never_kept_without_consent(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    actor = Actor(await town.person_id(lin))
    async with town.database.write() as session:
        with pytest.raises(Refusal, match=r"consent\.needed"):
            await people.set_contact(
                Work(session), actor, purpose=Purpose.CONTACT, phone="13800138000"
            )
        work = Work(session)
        await consents.give(work, actor, Purpose.CONTACT, words="…")
        await people.set_contact(work, actor, purpose=Purpose.CONTACT, phone="138-0013-8000")
        await people.set_contact(work, actor, purpose=Purpose.CONTACT, phone="13900139000")
        person = await session.get_one(Person, actor.person_id)
        assert person.phone == "13900139000"
        staff = Actor(0, (HeldRole(Role.ADMIN),))
        found = await people.find_by_phone(work, staff, "+86 139 0013 9000")
        assert [p.id for p in found] == [actor.person_id]
        assert not await people.find_by_phone(work, staff, "13800138000")


# -- groups -------------------------------------------------------------------------------------


async def test_a_group_that_becomes_a_supergroup_keeps_its_settings(town: Town) -> None:
    lin = await town.person("林阿姨", community="donghu")
    async with town.database.write() as session:
        await rows.set_group(session, -5, title="楼友群", active=True, now=clock.now())
        group = await rows.group(session, -5)
        assert group is not None
        group.settings = {"quiet": True}
    base = lin.base() | {"chat": {"id": -5, "type": "group", "title": "楼友群"}}
    await town.deliver({"message": base | {"migrate_to_chat_id": -1005}})
    other = base | {"chat": {"id": -1005, "type": "supergroup", "title": "楼友群"}}
    await town.deliver({"message": other | {"migrate_from_chat_id": -5}})
    async with town.database.read() as session:
        moved, gone = await rows.group(session, -1005), await rows.group(session, -5)
    assert gone is None
    assert moved is not None
    assert moved.settings == {"quiet": True}
