"""Filling in a form: order, revision, back, change, photos, submit."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.errors import Refusal
from services.forms.documents import Document
from services.forms.fillings import (
    Filling,
    answer,
    back,
    begin,
    change,
    checked,
    current,
    noted,
    offer,
    reopen,
    skip,
    submit,
)
from services.forms.givens import Contact, Given, Location, Media
from services.forms.progress import progress
from services.forms.reviews import review
from tests.services.forms.forms import NOW, at, form, press, say, start

SEX = {"name": "sex", "kind": "choose_one", "label": "性别", "required": True,
       "choices": [["m", "男"], ["f", "女"]]}  # fmt: skip
AGE = {"name": "age", "kind": "integer", "label": "年龄", "required": True,
       "constraint": ". > 0 and . < 130", "constraint_message": "1 到 129"}  # fmt: skip
DOGS = {"name": "dogs", "kind": "integer", "label": "几条狗", "relevant": "${pet} = 'dog'"}
PET = {"name": "pet", "kind": "choose_one", "label": "宠物",
       "choices": [["dog", "狗"], ["cat", "猫"]]}  # fmt: skip
COLOURS = {"name": "colours", "kind": "choose_several", "label": "颜色", "at_most": 2,
           "choices": [["r", "红"], ["g", "绿"], ["b", "蓝"]]}  # fmt: skip
PHOTOS = {"name": "photos", "kind": "photos", "label": "照片", "at_most": 2, "required": True}
WORDS = {"name": "words", "kind": "text", "label": "还有什么"}


def refused(act: object, *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)  # type: ignore[operator]  # any of the acts
    return caught.value


def photo(name: str = "a") -> Given:
    return Given(media=Media(name, "photo", f"{name}.jpg"))


def test_questions_come_in_order_and_the_review_after_the_last() -> None:
    filling = start(SEX, AGE)
    assert at(filling) == "sex"
    filling = press(filling, "1")
    assert at(filling) == "age"
    filling = say(filling, "四十二岁")
    assert at(filling) is None
    assert submit(filling) == {"sex": "f", "age": 42}
    assert [(line.label, line.value, line.chosen) for line in review(filling)] == [
        ("性别", "f", ("女",)),
        ("年龄", 42, ()),
    ]


def test_a_constraint_refuses_with_the_authors_own_words() -> None:
    filling = press(start(SEX, AGE), "0")
    no = refused(say, filling, "300")
    assert (no.code, no.params["message"]) == ("forms.constraint_own", "1 到 129")
    assert refused(skip, filling, now=NOW).code == "forms.required"
    assert refused(say, filling, "很大").code == "forms.not_a_number"


def test_what_is_not_relevant_is_not_asked_and_not_submitted() -> None:
    dog = say(press(start(PET, DOGS), "0"), "3")
    assert submit(dog) == {"pet": "dog", "dogs": 3}
    cat = press(change(dog, "pet", now=NOW), "1")
    assert at(cat) is None
    assert submit(cat) == {"pet": "cat"}
    again = press(change(cat, "pet", now=NOW), "0")
    assert submit(again) == {"pet": "dog", "dogs": 3}, "what was said before is not lost"


def test_change_asks_what_became_relevant() -> None:
    cat = press(start(PET, DOGS), "1")
    assert at(cat) is None
    dog = press(change(cat, "pet", now=NOW), "0")
    assert at(dog) == "dogs"


def test_the_revision_changes_with_the_question_only() -> None:
    filling = start(COLOURS, PHOTOS, WORDS)
    before = filling.revision
    filling = press(filling, "+0", "+2", "-0", "-0", "+2")
    assert filling.revision == before
    assert current(filling).ticked == {2}  # type: ignore[union-attr]  # it is asked
    filling = press(filling, "ok")
    assert filling.revision == before + 1
    filling = answer(filling, photo("a"), now=NOW)
    assert filling.revision == before + 1
    filling = answer(filling, photo("b"), now=NOW)
    assert (at(filling), filling.revision) == ("words", before + 2)


def test_too_many_choices_and_unknown_buttons_are_refused() -> None:
    filling = press(start(COLOURS), "+0", "+1")
    assert refused(press, filling, "+2").code == "forms.at_most"
    for value in ("+3", "3", "x", "+x", "--"):
        assert refused(press, filling, value).code == "forms.stale", value


def test_labels_numbers_and_parts_of_labels_can_be_typed() -> None:
    assert submit(press(say(start(COLOURS), "红、3"), "ok")) == {"colours": ["r", "b"]}
    assert submit(say(start(SEX), "女")) == {"sex": "f"}
    assert submit(say(start(SEX), "２")) == {"sex": "f"}
    assert refused(say, start(SEX), "9").code == "forms.choice_number"
    assert refused(say, start(SEX), "谁知道").code == "forms.choose_one"
    both = {"name": "x", "kind": "choose_one", "label": "哪里", "choices": [["a", "东湖一区"],
            ["b", "东湖二区"]]}  # fmt: skip
    no = refused(say, start(both), "东湖")
    assert (no.code, no.params["labels"]) == ("forms.choose_which", ("东湖一区", "东湖二区"))
    assert submit(say(start(both), "二区")) == {"x": "b"}


def test_a_refused_photo_reopens_its_question_and_pending_ones_hold_the_submission() -> None:
    filling = start(PHOTOS, WORDS)
    assert refused(press, filling, "ok").code == "forms.files_at_least"
    filling = answer(answer(filling, photo("a"), now=NOW), photo("b"), now=NOW)
    filling = say(filling, "好")
    assert refused(submit, filling).code == "forms.photos_pending"
    filling = checked(filling, "a")
    assert at(filling) is None
    before = filling.revision
    filling = reopen(filling, "b", now=NOW)
    assert (at(filling), filling.revision) == ("photos", before + 1)
    assert [one["id"] for one in current(filling).sofar] == ["a"]  # type: ignore[union-attr]
    filling = press(filling, "ok")
    assert submit(filling)["photos"] == [{"id": "a", "name": "a.jpg", "state": "ok"}]


def test_a_photo_sent_twice_counts_once_and_a_pdf_is_no_photo() -> None:
    filling = answer(answer(start(PHOTOS), photo("a"), now=NOW), photo("a"), now=NOW)
    assert len(current(filling).sofar) == 1  # type: ignore[union-attr]
    pdf = Given(media=Media("p", "file", "a.pdf", "application/pdf"))
    assert refused(answer, filling, pdf, now=NOW).code == "forms.wrong_file"
    sent_as_file = Given(media=Media("f", "file", "a.png", "image/png"))
    assert at(answer(filling, sent_as_file, now=NOW)) is None


def test_back_keeps_the_earlier_answer_at_hand() -> None:
    filling = say(press(start(SEX, AGE, WORDS), "0"), "42")
    filling = back(filling, now=NOW)
    assert at(filling) == "age"
    assert current(filling).before == 42  # type: ignore[union-attr]
    assert at(press(filling, "=")) == "words"
    filling = back(filling, now=NOW)
    assert at(filling) == "sex"
    assert refused(back, filling, now=NOW).code == "forms.first_question"


def test_back_from_the_review_page_asks_the_last_question() -> None:
    filling = say(press(start(SEX, AGE), "0"), "42")
    assert at(back(filling, now=NOW)) == "age"


def test_ticks_survive_going_back_and_forth() -> None:
    filling = press(start(WORDS, COLOURS), "skip", "+1")
    filling = back(filling, now=NOW)
    assert at(filling) == "words"
    filling = press(filling, "skip")
    assert current(filling).ticked == {1}  # type: ignore[union-attr]


def test_a_supplied_list_is_kept_so_that_an_index_stays_true() -> None:
    estate = {"name": "estate", "kind": "choose_one", "label": "小区", "choices_from": "estates"}
    filling = start(estate)
    assert current(filling).wants_choices == "estates"  # type: ignore[union-attr]
    assert refused(press, filling, "0").code == "forms.not_offered"
    filling = offer(filling, [("e1", "东湖一区"), ("e2", "东湖二区")])
    before = filling.revision
    again = offer(filling, [("e2", "东湖二区")])
    assert again.revision == before + 1
    assert submit(press(filling, "1")) == {"estate": "e2"}
    assert review(press(filling, "1"))[0].chosen == ("东湖二区",)


def test_notes_are_read_and_not_submitted() -> None:
    note = {"name": "hello", "kind": "note", "label": "您好"}
    yes = {"name": "agree", "kind": "acknowledge", "label": "同意", "required": True}
    filling = press(start(note, yes), "ok", "ok")
    assert submit(filling) == {"agree": "OK"}
    assert refused(say, start(note), "什么?").code == "forms.read_on"


def test_places_and_contacts() -> None:
    place = {"name": "place", "kind": "place", "label": "在哪里"}
    who = {"name": "who", "kind": "contact", "label": "电话"}
    filling = say(start(place, who), "3 栋 2 单元 5 楼", "１３８ 0013-8000")
    assert submit(filling) == {
        "place": {"text": "3 栋 2 单元 5 楼"},
        "who": {"phone": "13800138000"},
    }
    there = answer(start(place), Given(location=Location(30.5, 114.3, 12)), now=NOW)
    assert submit(there)["place"]["lat"] == 30.5
    nowhere = Given(location=Location(0, 0))
    assert refused(answer, start(place), nowhere, now=NOW).code == "forms.no_fix"
    shared = Given(contact=Contact("+8613800138000", "王"))
    assert submit(answer(start(who), shared, now=NOW))["who"]["name"] == "王"
    assert refused(say, start(who), "幺三八").code == "forms.not_a_phone"


def test_dates_and_times_as_typed() -> None:
    day = {"name": "day", "kind": "date", "label": "哪天", "constraint": ". <= today()"}
    when = {"name": "when", "kind": "time", "label": "几点"}
    filling = say(start(day, when), "11月3日", "下午3点半")
    assert submit(filling) == {"day": "2026-11-03", "when": "15:30:00.000+08:00"}
    assert refused(say, start(day), "2月31日").code == "forms.no_such_day"
    assert refused(say, start(day), "明天").code == "forms.constraint"


def test_a_scale_and_a_ranking() -> None:
    stars = {"name": "stars", "kind": "scale", "label": "几分", "start": 1, "end": 10}
    order = {**COLOURS, "kind": "rank", "name": "order"}
    del order["at_most"]
    filling = press(start(stars, order), "9", "+2", "+0")
    assert submit(press(filling, "ok")) == {"stars": 10, "order": ["b", "r", "g"]}
    assert refused(say, start(stars), "11").code == "forms.out_of_range"
    assert refused(press, press(start(order), "+1"), "ok").code == "forms.rank_all"


def test_rounds_of_a_repeat_are_asked_for_one_by_one() -> None:
    member = {"name": "member", "kind": "repeat", "label": "家人",
              "question": [{"name": "who", "kind": "text", "label": "称呼"}]}  # fmt: skip
    total = {"name": "n", "kind": "calculate", "calculation": "count(${member})"}
    filling = say(start(member, total), "儿子")
    assert at(filling) == "member[2]"
    filling = say(press(filling, "add"), "女儿")
    filling = press(filling, "no")
    assert submit(filling) == {"member[1]/who": "儿子", "member[2]/who": "女儿", "n": "2"}


def test_rounds_by_count() -> None:
    count = {"name": "n", "kind": "integer", "label": "几口人"}
    member = {"name": "member", "kind": "repeat", "label": "家人", "count": "${n}",
              "question": [{"name": "age", "kind": "integer", "label": "年龄"}]}  # fmt: skip
    total = {"name": "sum", "kind": "calculate", "calculation": "sum(${age})"}
    filling = say(start(count, member, total), "两口", "30", "12")
    assert submit(filling)["sum"] == "42"


def test_a_filling_goes_through_json_at_every_step() -> None:
    document = form(SEX, AGE, COLOURS, PHOTOS, WORDS)
    filling = begin(document, "t", now=NOW)
    for given_ in (Given(press="1"), Given(text="八十"), Given(press="+0"), Given(press="ok"),
                   photo("a"), Given(press="ok"), Given(press="skip")):  # fmt: skip
        stored = json.loads(json.dumps(answer(filling, given_, now=NOW).to_json()))
        filling = Filling.from_json(Document.from_json(document.to_json()), stored)
    assert at(filling) is None
    assert submit(checked(filling, "a"))["age"] == 80


def test_a_default_is_offered_not_forced() -> None:
    filling = start({**WORDS, "default": "没有了"})
    assert current(filling).before == "没有了"  # type: ignore[union-attr]
    assert submit(press(filling, "=")) == {"words": "没有了"}
    assert submit(press(filling, "skip")) == {}


def test_a_filtered_choice_that_no_longer_fits_is_asked_again() -> None:
    city = {
        "name": "city",
        "kind": "choose_one",
        "label": "市",
        "choices": [["a", "甲"], ["b", "乙"]],
    }
    part = {"name": "part", "kind": "choose_one", "label": "区", "choice_filter": "city = ${city}",
            "choices": [{"name": "a1", "label": "甲一", "attributes": {"city": "a"}},
                        {"name": "b1", "label": "乙一", "attributes": {"city": "b"}}]}  # fmt: skip
    filling = press(start(city, part), "0")
    assert [one.name for one in current(filling).options] == ["a1"]  # type: ignore[union-attr]
    filling = press(filling, "0")
    filling = press(change(filling, "city", now=NOW), "1")
    assert at(filling) == "part"
    assert submit(press(filling, "0")) == {"city": "b", "part": "b1"}


def test_progress_counts_what_is_asked() -> None:
    filling = start(PET, DOGS, WORDS)
    assert progress(filling) == (1, 3)  # the dogs may still come
    assert progress(press(filling, "0")) == (2, 3)
    assert progress(press(filling, "1")) == (2, 2)


def test_random_order_is_the_same_for_one_person() -> None:
    many = {"name": "x", "kind": "choose_one", "label": "?", "randomize": True,
            "choices": [[str(i), str(i)] for i in range(20)]}  # fmt: skip
    first = [one.name for one in current(start(many)).options]  # type: ignore[union-attr]
    assert first == [one.name for one in current(start(many)).options]  # type: ignore[union-attr]
    assert first != sorted(first, key=int)


ACTS = st.lists(
    st.one_of(
        st.sampled_from(["0", "1", "9", "+0", "+1", "-1", "ok", "=", "skip", "add", "no", ""]).map(
            lambda value: Given(press=value)
        ),
        st.text(max_size=30).map(lambda text: Given(text=text)),
        st.sampled_from(["12", "明天", "好了", "<b>&", "😀", "男"]).map(
            lambda text: Given(text=text)
        ),
        st.just(photo("a")),
        st.just(Given(location=Location(30, 114))),
        st.sampled_from(["<", "change"]),
    ),
    max_size=25,
)


@settings(max_examples=120, deadline=None)
@given(ACTS)
def test_whatever_is_sent_gets_an_answer_or_a_refusal(acts: list[Given | str]) -> None:
    filling = start(SEX, AGE, PET, DOGS, COLOURS, PHOTOS, WORDS)
    for act in acts:
        before = (filling.revision, at(filling))
        try:
            if act == "<":
                filling = back(filling, now=NOW)
            elif act == "change":
                filling = change(filling, "pet", now=NOW)
            else:
                assert isinstance(act, Given)
                filling = answer(filling, act, now=NOW)
        except Refusal:
            continue
        json.dumps(filling.to_json())
        assert (filling.revision == before[0]) == (at(filling) == before[1])


def test_metadata_is_what_the_application_says() -> None:
    start_, end = ({"name": n, "kind": "meta", "of": n} for n in ("start", "end"))
    group = {"name": "g", "kind": "group", "question": [start_]}
    filling = begin(form(group, end, WORDS), "t", now=NOW, meta={"start": "8:00", "username": "x"})
    filling = noted(say(filling, "没有了"), {"end": "9:00"})
    assert submit(filling) == {"g/start": "8:00", "end": "9:00", "words": "没有了"}
