"""Rules of recognition by property: levels never skip, figures add up however they are split."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from db.stores.recognition import Served
from services import clock
from services.recognition.certificates import Choice, choice_of
from services.recognition.standing import Record, standing
from services.recognition.statistics import summed

LEVELS = st.lists(st.integers(1, 20_000), min_size=1, max_size=10, unique=True).map(sorted)
NEW_YEAR = datetime(2025, 12, 31, 16, tzinfo=UTC)  # midnight on the office's clock
SERVED = st.lists(
    st.builds(
        Served,
        volunteer_id=st.integers(1, 5),
        half_hours=st.integers(1, 20),
        activity_id=st.integers(1, 9),
        title=st.just("x"),
        category=st.sampled_from(("culture", "legal", "science")),
        community_id=st.integers(1, 3),
        starts_at=st.integers(0, 364 * 24).map(lambda hours: NEW_YEAR + timedelta(hours=hours)),
    ),
    max_size=30,
)


@given(half_hours=st.integers(0, 50_000), levels=LEVELS)
def test_the_missing_half_hours_lead_to_the_next_level_exactly(
    half_hours: int, levels: list[int]
) -> None:
    now = standing(half_hours, levels)
    assert 0 <= now.level <= len(levels)
    if now.next_hours is None:
        assert half_hours >= levels[-1] * 2
        return
    assert now.missing_half_hours > 0
    assert standing(half_hours + now.missing_half_hours, levels).level == now.level + 1
    assert standing(half_hours + now.missing_half_hours - 1, levels).level == now.level


@given(SERVED)
def test_every_split_of_a_year_adds_up(served: list[Served]) -> None:
    found = summed(2026, served, [1, 2, 3, 4])
    for groups in (found.by_category, found.by_community, found.by_month):
        assert sum(one.half_hours for one in groups.values()) == found.whole.half_hours
        assert sum(one.services for one in groups.values()) == len(served)
        assert set().union(*(one.people for one in groups.values())) == found.whole.people
    assert found.by_community[4].half_hours == 0
    record = Record(tuple(served), 3)
    assert sum(record.by_month) == record.half_hours - 3 == found.whole.half_hours
    assert sum(count for count, _ in record.by_category.values()) == len(served)


def test_a_month_is_one_of_the_offices_calendar() -> None:
    late = Served(1, 2, 1, "x", "culture", 1, datetime(2026, 1, 31, 16, 30, tzinfo=UTC))
    assert clock.local(late.starts_at).month == 2
    assert Record((late,)).by_month[1] == 2


@given(st.builds(Choice, st.booleans(), st.booleans(), st.booleans()), st.text(max_size=4))
def test_a_choice_survives_its_button_and_junk_shows_the_least(choice: Choice, junk: str) -> None:
    assert choice_of(choice.code) == choice
    assert len(junk) == 3 or choice_of(junk) == Choice()
