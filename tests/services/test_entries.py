"""The knowledge base in the database: loading, editing, undoing, learning, local facts."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models.places import Community
from db.stores import entries as rows
from db.work import Work
from handlers.entries import words as entry_words
from knowledge.confidence import Thresholds
from knowledge.entries import Entry, entry_from, shipped_entries
from knowledge.index import Index
from services import remarks
from services.entries import alias_proposals, local_facts
from services.entries import drafts as entries
from services.entries import imports as entry_imports
from services.entries.local_facts import Fact
from services.errors import Refusal
from services.permissions import Actor, HeldRole, Role, Scope, ScopeKind
from services.remarks import Remark

STREET = Actor(1, (HeldRole(Role.STREET_STAFF),))
RESIDENT = Actor(2)
LAMP = "kb_street_lamp"


async def answer_of(work: Work, entry_id: str) -> str:
    return next(e.answer for e in (await entries.base(work)).entries if e.id == entry_id)


async def test_the_starter_content_is_there_whole_and_in_its_order(work: Work) -> None:
    base = await entries.base(work)
    assert list(base.entries) == shipped_entries()
    assert base.version
    assert base.thresholds == Thresholds()


async def test_loading_again_changes_nothing_and_new_content_comes_in(work: Work) -> None:
    before = await entries.version(work)
    assert await entries.load(work, shipped_entries()) == 0
    assert await entries.version(work) == before
    newer = [replace(e, answer="新的") if e.id == LAMP else e for e in shipped_entries()]
    newer.append(Entry("kb_new", "新问题?", "新回答"))
    assert await entries.load(work, newer) == 2
    assert await answer_of(work, LAMP) == "新的"
    assert await entries.version(work) != before


async def test_loading_never_overwrites_what_staff_edited(work: Work) -> None:
    await entries.change(work, STREET, LAMP, answer="街道自己写的")
    newer = [replace(e, answer="新的") for e in shipped_entries()]
    assert await entries.load(work, newer) == len(newer)  # a draft is no edit yet
    await entries.publish(work, STREET, LAMP)
    newest = [replace(e, answer="更新的") for e in shipped_entries()]
    await entries.load(work, newest)
    assert await answer_of(work, LAMP) == "街道自己写的"
    await entries.withdraw(work, STREET, "kb_grid")
    await entries.load(work, shipped_entries())
    assert "kb_grid" not in {e.id for e in (await entries.base(work)).entries}


async def test_undo_twice_is_back_where_it_was(work: Work) -> None:
    first = await answer_of(work, LAMP)
    with pytest.raises(Refusal, match="nothing_before"):
        await entries.undo(work, STREET, LAMP)
    await entries.change(work, STREET, LAMP, answer="第二版")
    await entries.publish(work, STREET, LAMP)
    await entries.undo(work, STREET, LAMP)
    assert await answer_of(work, LAMP) == first
    await entries.undo(work, STREET, LAMP)
    assert await answer_of(work, LAMP) == "第二版"
    acts = [one.act for one in await entries.history(work, STREET, LAMP)]
    assert acts == ["undo", "undo", "publish", "load"]


async def test_an_alias_added_during_an_edit_is_in_both(work: Work) -> None:
    await entries.change(work, STREET, LAMP, answer="草稿")
    await entries.add_aliases(work, STREET, LAMP, ["灯黑了喊哪个"])
    row = await rows.one(work.session, LAMP)
    assert row is not None
    assert row.draft is not None
    assert row.body is not None
    assert "灯黑了喊哪个" in row.draft["aliases"]
    assert "灯黑了喊哪个" in row.body["aliases"]
    assert row.body["answer"] != "草稿"


async def test_a_draft_that_never_was_published_goes_without_a_trace(work: Work) -> None:
    row = await entries.new(work, STREET, Entry("", "新?", "答"))
    await entries.discard(work, STREET, row.id)
    assert await rows.one(work.session, row.id) is None


@pytest.mark.parametrize("who", [RESIDENT, Actor(3, (HeldRole(Role.GRID_WORKER),))])
async def test_nobody_else_changes_anything(work: Work, who: Actor) -> None:
    for attempt in (
        entries.change(work, who, LAMP, answer="x"),
        entries.publish(work, who, LAMP),
        entries.withdraw(work, who, LAMP),
        entries.new(work, who, Entry("", "x", "y")),
        entries.add_aliases(work, who, LAMP, ["x"]),
        entries.put_at_once(work, who, [Entry("x", "x", "y")], act="import"),
        entries.tune(work, who, thresholds=Thresholds(0.5, 0.1)),
        alias_proposals.waiting(work, who),
        entry_imports.keep_aside(work, who, []),
    ):
        with pytest.raises(Refusal):
            await attempt


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry("x", " ", "a"), "entries.no_question"),
        (Entry("x", "q" * 121, "a"), "entries.question_too_long"),
        (Entry("x", "q", " "), "entries.no_answer"),
        (Entry("x", "q", "a" * 3001), "entries.answer_too_long"),
        (
            Entry("x", "q", "a", valid_from=date(2026, 2, 2), valid_to=date(2026, 2, 1)),
            "entries.dates_crossed",
        ),
        (Entry("x", "q", "a", aliases=tuple(map(str, range(201)))), "entries.too_many_aliases"),
    ],
)
def test_what_no_entry_may_be(entry: Entry, code: str) -> None:
    with pytest.raises(Refusal) as no:
        entries.checked(entry)
    assert no.value.code == code


words = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)


@given(
    st.builds(
        Entry,
        id=st.just("x"),
        question=words,
        answer=words,
        aliases=st.lists(words, max_size=3).map(tuple),
        variants=st.dictionaries(st.sampled_from(["donghu", "xixia"]), words),
        valid_from=st.none() | st.dates(),
        action=st.sampled_from(["", "survey"]),
    )
)
def test_an_entry_survives_being_stored(entry: Entry) -> None:
    assert entry_from(entries.body_of(entry)) == entry


async def test_a_proposal_needs_something_to_learn(work: Work) -> None:
    index = Index.build(shipped_entries())
    await alias_proposals.propose(work, index, LAMP, "路灯不亮找谁")  # says just that already
    await alias_proposals.propose(work, index, LAMP, "  ")
    await alias_proposals.propose(work, index, "not_there", "什么")
    assert not await alias_proposals.waiting(work, STREET)
    await alias_proposals.propose(work, index, LAMP, "灯黑了喊哪个")
    (row,) = await alias_proposals.waiting(work, STREET)
    await alias_proposals.decide(work, STREET, row.id, keep=False)
    with pytest.raises(Refusal, match="decided"):
        await alias_proposals.decide(work, STREET, row.id, keep=True)


async def test_three_thousand_entries_are_taken_over_at_once(work: Work) -> None:
    found = [Entry(f"e{n}", f"第 {n} 个问题?", "答") for n in range(3000)]
    import_id = await entry_imports.keep_aside(work, STREET, found)
    assert await entry_imports.take_over(work, STREET, import_id) == 3000
    assert len((await entries.base(work)).entries) == 3143
    with pytest.raises(Refusal):
        await entry_imports.take_over(work, STREET, import_id)


async def test_facts_fill_answers_of_their_own_place_only(work: Work) -> None:
    known = {c.code: c.id for c in await rows_of_communities(work)}
    own = Actor(5, (HeldRole(Role.COMMUNITY_STAFF, Scope(ScopeKind.COMMUNITY, known["donghu"])),))
    await local_facts.fill_in(work, own, known["donghu"], Fact.COMMUNITY_PHONE, "0716-1234567")
    assert (await local_facts.of(work, known["donghu"])).phone == "0716-1234567"
    assert (await local_facts.of(work, known["xixia"])).phone is None
    for place, fact in ((known["xixia"], Fact.COMMUNITY_PHONE), (0, Fact.STREET_PHONE)):
        with pytest.raises(Refusal):
            await local_facts.fill_in(work, own, place, fact, "0716-1234567")
    await local_facts.fill_in(work, STREET, 0, Fact.STREET_PHONE, "0716-7654321")
    assert (await local_facts.of(work, known["xixia"])).phone == "0716-7654321"
    assert (await local_facts.of(work, known["donghu"])).phone == "0716-1234567"
    await local_facts.fill_in(work, own, known["donghu"], Fact.COMMUNITY_PHONE, "")
    assert (await local_facts.of(work, known["donghu"])).phone == "0716-7654321"


async def rows_of_communities(work: Work) -> list[Community]:
    from db.stores import places

    return list(await places.communities(work.session))


@pytest.mark.parametrize("phone", ["打我", "12", "0716-1234567 王", "1" * 60])
async def test_what_is_no_phone_is_refused(work: Work, phone: str) -> None:
    with pytest.raises(Refusal):
        await local_facts.fill_in(work, STREET, 0, Fact.STREET_PHONE, phone)


@given(st.lists(st.sampled_from([*Fact, "x", "。", "【", "】", "{{", "other"]), max_size=8))
def test_placeholders_survive_being_read_and_written_by_staff(parts: list[str]) -> None:
    answer = "".join(f"{{{{{p}}}}}" if p in set(Fact) else p for p in parts)
    if "{{{{" in answer or not answer:
        return
    assert entry_words.read_answer(entry_words.spelled(answer)) == answer


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("👍", Remark.NOTHING),
        ("0716-8888888", Remark.PHONE),
        ("早上好", Remark.GREETING),
        ("知道了,谢谢", None),
        ("你们是饭桶,路灯坏了半年了没人管,孩子都摔了两回", None),
        ("滚", Remark.INSULT),
        ("12345", None),
        ("96119", None),
        ("垃圾", None),
    ],
)
def test_remarks_are_told_from_matters(text: str, kind: Remark | None) -> None:
    assert remarks.remark(text) is kind
