"""A short message is read in the light of the turn before."""

import pytest

from knowledge.followups import Step, Turn, follow, resolve
from knowledge.index import Index
from knowledge.replies import Outcome
from tests.knowledge.bases import ENTRIES

INDEX = Index.build(ENTRIES)
TURN = Turn(
    "社区几点上班", entry_id="hours", candidates=("hours", "lamp", "waste"), community="xihu"
)
PLACES = {"东湖社区": "donghu", "西湖社区": "xihu"}


@pytest.mark.parametrize("text", ["2", "２", "第二个", "选2", "二", "2。", "就第二个吧"])
def test_a_number_picks_a_candidate(text: str) -> None:
    step, reply = follow(INDEX, text, TURN)
    assert (step.step, step.entry_id) == (Step.PICKED, "lamp")
    assert (reply.outcome, reply.hits[0].entry_id) == (Outcome.ANSWER, "lamp")


@pytest.mark.parametrize("text", ["4", "0", "第二个问题是垃圾怎么分", "13800138000"])
def test_other_numbers_pick_nothing(text: str) -> None:
    assert resolve(text, TURN).step is not Step.PICKED


@pytest.mark.parametrize("text", ["东湖社区", "那东湖社区呢", "東湖社區呢？"])
def test_a_bare_community_asks_again_for_it(text: str) -> None:
    step, reply = follow(INDEX, text, TURN, communities=PLACES)
    assert (step.step, step.community) == (Step.COMMUNITY, "donghu")
    assert reply.hits[0].entry_id == "hours"


def test_a_follow_up_stays_on_topic() -> None:
    step, reply = follow(INDEX, "那周末呢", TURN)
    assert (step.step, step.community) == (Step.JOINED, "xihu")
    assert reply.hits[0].entry_id == "hours"


def test_a_question_of_its_own_is_a_new_one() -> None:
    step, reply = follow(INDEX, "那垃圾怎么分类呢", TURN)
    assert step.step is Step.NEW
    assert reply.hits[0].entry_id == "waste"
    assert resolve("那周末呢", None).step is Step.NEW
    assert resolve("", TURN).step is Step.NEW
