"""Numbers, dates and times as people type them: full-width, in Chinese numerals, in plain words.

What could mean two things is refused with a code that says which, never guessed. The words are in
typed_words.toml.
"""

import re
import tomllib
import unicodedata
from datetime import date, datetime, time, timedelta
from pathlib import Path

from services.errors import Refusal

_WORDS = tomllib.loads((Path(__file__).parent / "typed_words.toml").read_text("utf-8"))
_DIGITS: dict[str, int] = _WORDS["digits"]
_POWERS: dict[str, int] = _WORDS["powers"]
_NUMERAL = re.compile(f"[{''.join(_DIGITS)}{''.join(_POWERS)}]+")
_NUMBERS: dict[str, str] = _WORDS["numbers"]
_DAYS = _WORDS["days"]
_CLOCKS = _WORDS["clocks"]
_DAY_PATTERNS = [re.compile(one) for one in _DAYS["patterns"]]
_WEEKDAY_BEFORE = re.compile(_DAYS["weekday_before"])
_WEEKDAY_AFTER = re.compile(_DAYS["weekday_after"])
_SHORT: dict[str, str] = _DAYS["short"]
_TODAY = re.compile(
    "^(?:" + "|".join(word for word, away in _DAYS["words"].items() if not away) + ")"
)
_CLOCK_PATTERNS = [re.compile(one) for one in _CLOCKS["patterns"]]
_FIGURES = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)")
_LONGEST = 60
"""No number or date needs more characters; more is refused before any pattern looks at it."""


def says(word: str, given: str) -> bool:
    """Whether what was typed is one of the words for done, skip, yes, no or read_on."""
    return _trimmed(plain(given)).casefold() in _WORDS[word]


def plain(given: str) -> str:
    """Full-width signs made ordinary, odd spaces removed."""
    folded = unicodedata.normalize("NFKC", given)
    return "".join(" " if sign.isspace() else sign for sign in folded if sign.isprintable()).strip()


def integer(given: str) -> int:
    """A whole number; refused with forms.not_a_number, not_whole, number_vague or number_range."""
    found = decimal(given)
    if found != int(found):
        raise Refusal("forms.not_whole", given=_short(given))
    return int(found)


def decimal(given: str) -> float:
    """A number; refused with forms.not_a_number, number_vague or number_range."""
    written = plain(given).replace(",", "")
    if not written or len(written) > _LONGEST:
        raise Refusal("forms.not_a_number", given=_short(given))
    if written in _NUMBERS["none"]:
        return 0.0
    if re.search(_NUMBERS["several"], written):
        raise Refusal("forms.number_vague", given=_short(given))
    return _number(_figured(written), given)


def _number(written: str, given: str) -> float:
    if re.search(_NUMBERS["range"], written):
        raise Refusal("forms.number_range", given=_short(given))
    if re.search(_NUMBERS["over"], written):
        raise Refusal("forms.number_vague", given=_short(given))
    bare = re.sub(_NUMBERS["about"], "", written.replace(" ", ""))
    negative = re.search(_NUMBERS["minus"], bare) is not None
    bare = re.sub(_NUMBERS["minus"], "", bare)
    half = _NUMBERS["half"] in bare
    bare = re.sub(_NUMBERS["measure"], "", bare.replace(_NUMBERS["half"], "", 1))
    bare = re.sub(rf"(\d){_NUMBERS['point']}(\d)", r"\1.\2", bare)
    if half and not bare:
        bare = "0"
    if not _FIGURES.fullmatch(bare):
        raise Refusal("forms.not_a_number", given=_short(given))
    found = float(bare) + (0.5 if half else 0)
    return -found if negative else found


def day(given: str, today: date) -> date:
    """A day; refused with forms.not_a_date, no_such_day, date_which_week or date_lunar."""
    found, rest = _day(_prepared(given, "forms.not_a_date"), today, given)
    if _trimmed(rest, _DAYS["joint"]):
        raise Refusal("forms.not_a_date", given=_short(given))
    return found


def clock(given: str, now: datetime) -> time:
    """A time of day; refused with forms.not_a_time, no_such_time or time_which_half (hour)."""
    written = _prepared(given, "forms.not_a_time")
    if written in _CLOCKS["now"]:
        return now.time().replace(second=0, microsecond=0, tzinfo=None)
    return _clock(_trimmed(_TODAY.sub("", written), _DAYS["joint"]), given)


def moment(given: str, now: datetime) -> datetime:
    """A day and a time; a time alone is today's; refused as `day` and `clock`, or
    forms.time_missing when the time is not said."""
    written = _prepared(given, "forms.moment_wanted")
    if written in _CLOCKS["now"]:
        return now.replace(second=0, microsecond=0, tzinfo=None)
    try:
        found, rest = _day(written.replace("T", " "), now.date(), given)
    except Refusal as no:
        if no.code != "forms.not_a_date":
            raise
        return datetime.combine(now.date(), _clock(written, given))
    rest = _trimmed(rest, _DAYS["joint"])
    if not rest:
        raise Refusal("forms.time_missing", given=_short(given))
    at = _clock(rest, given)
    if at.hour == 0 and rest.startswith(tuple(_CLOCKS["night"])):
        found += timedelta(days=1)  # "twelve at night" ends the day that was said
    return datetime.combine(found, at)


def _prepared(given: str, code: str) -> str:
    written = plain(given)
    if not written or len(written) > _LONGEST:
        raise Refusal(code, given=_short(given))
    written = _trimmed(_figured(written))
    short = _SHORT.get(written[:2])
    return short + written[2:] if short else written


def _figured(written: str) -> str:
    """Chinese numerals as figures: 一百二十 as 120, 二〇二六 as 2026."""
    return _NUMERAL.sub(lambda found: str(_numeral(found[0], written)), written)


def _numeral(signs: str, given: str) -> int | str:
    if all(sign in _DIGITS for sign in signs):
        values = [_DIGITS[sign] for sign in signs]
        if len(values) == 2 and 0 < values[0] == values[1] - 1:
            raise Refusal("forms.number_vague", given=_short(given))  # "three or four"
        return "".join(map(str, values))
    return _reckoned(signs, given)


def _reckoned(signs: str, given: str) -> int:
    total = section = digit = 0
    power = 1
    for index, sign in enumerate(signs):
        if sign in _DIGITS:
            if index and signs[index - 1] in _DIGITS and _DIGITS[signs[index - 1]]:
                raise Refusal("forms.number_vague", given=_short(given))
            digit = _DIGITS[sign]
            continue
        power = _POWERS[sign]
        if power >= 10_000:
            total = (total + (section + digit or 1)) * power
            section = 0
        else:
            section += (digit or (1 if index == 0 or not digit else 0)) * power
        digit = 0
    loose = digit and signs[-2] in _POWERS and power >= 100
    return total + section + digit * (power // 10 if loose else 1)


def _day(written: str, today: date, given: str) -> tuple[date, str]:
    """The day at the beginning of a text, and what is left of the text.

    A weekday beside a date tells which year is meant; one that does not fit is refused.
    """
    if re.search(_DAYS["lunar"], written):
        raise Refusal("forms.date_lunar", given=_short(given))
    before = _WEEKDAY_BEFORE.match(written)
    written = written[before.end() :] if before else written
    for pattern in _DAY_PATTERNS:
        match = pattern.match(written)
        if match is not None:
            groups = {key: value for key, value in match.groupdict().items() if value is not None}
            rest = written[match.end() :]
            after = None if before or "weekday" in groups else _WEEKDAY_AFTER.match(rest)
            beside = before or after
            if beside:
                groups["beside"] = beside["weekday"]
            rest = rest[after.end() :] if after else rest
            return _checked(groups, today, given), rest
    raise Refusal("forms.not_a_date", given=_short(given))


def _checked(groups: dict[str, str], today: date, given: str) -> date:
    try:
        found = _dated(groups, today, given)
    except (ValueError, OverflowError) as no_such:
        raise Refusal("forms.no_such_day", given=_short(given)) from no_such
    if "beside" in groups and found.weekday() != _index(groups["beside"]):
        weekday = str(found.isoweekday())
        raise Refusal("forms.date_other_weekday", given=_short(given), weekday=weekday)
    return found


def _dated(groups: dict[str, str], today: date, given: str) -> date:
    if "word" in groups:
        return today + timedelta(days=_DAYS["words"][groups["word"]])
    if "count" in groups:
        length = _DAYS["lengths"][groups["length"]] * _DAYS["directions"][groups["direction"]]
        return today + timedelta(days=int(groups["count"]) * length)
    if "weekday" in groups:
        return _weekday(groups, today, given)
    if "month_word" in groups:
        moved = today.year * 12 + today.month - 1 + _DAYS["months"][groups["month_word"]]
        return date(moved // 12, moved % 12 + 1, int(groups["day"]))
    return _calendar(groups, today)


def _calendar(groups: dict[str, str], today: date) -> date:
    month, number = int(groups.get("month", today.month)), int(groups["day"])
    if "year" in groups:
        return date(int(groups["year"]), month, number)
    if "year2" in groups:
        return date(2000 + int(groups["year2"]), month, number)
    if "year_word" in groups:
        return date(today.year + _DAYS["years"][groups["year_word"]], month, number)
    if "month" not in groups:
        return date(today.year, month, number)
    return _nearest(month, number, today, groups.get("beside"))


def _nearest(month: int, number: int, today: date, beside: str | None) -> date:
    """Without a year: the one that comes nearest to today. 29 February waits for a leap year.

    Where a weekday is said that only fits this year, it is this year's.
    """
    near = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            near.append(date(year, month, number))
        except ValueError:
            continue
    nearest = min(near, key=lambda one: abs(one - today))
    if not beside or nearest.weekday() == _index(beside):
        return nearest
    this_year = [one for one in near if one.year == today.year]
    return next((one for one in this_year if one.weekday() == _index(beside)), nearest)


def _index(weekday: str) -> int:
    """Monday is 0."""
    return 6 if weekday in _DAYS["sunday"] else int(weekday) - 1


def _weekday(groups: dict[str, str], today: date, given: str) -> date:
    """Weeks begin on Monday; without "this" or "next", a day that has passed is not guessed."""
    monday = today - timedelta(days=today.weekday())
    found = monday + timedelta(days=_index(groups["weekday"]))
    if "week" in groups:
        return found + timedelta(weeks=_DAYS["weeks"][groups["week"]])
    if found < today:
        raise Refusal("forms.date_which_week", given=_short(given))
    return found


def _clock(written: str, given: str) -> time:
    for pattern in _CLOCK_PATTERNS:
        match = pattern.match(written)
        if match is not None:
            groups = {key: value for key, value in match.groupdict().items() if value is not None}
            return _timed(groups, given)
    raise Refusal("forms.not_a_time", given=_short(given))


def _timed(groups: dict[str, str], given: str) -> time:
    hour = _hour(groups, int(groups.get("hour", 12)), given)
    minute = int(groups.get("minute", 0))
    if "half" in groups:
        minute = 30
    if "quarter" in groups:
        minute = 15 * int(groups["quarter"])
    try:
        midnight = hour == 24 and (minute == 0 or "part" in groups)
        return time(0 if midnight else hour, minute, int(groups.get("second", 0)))
    except ValueError as no_such:
        raise Refusal("forms.no_such_time", given=_short(given)) from no_such


def _hour(groups: dict[str, str], hour: int, given: str) -> int:
    """The hour of 24. "3 o'clock" alone, said as on a clock face, may be either half of the day."""
    part, half_day = groups.get("part"), groups.get("half_day", "").lower()
    if hour > 12:
        return hour
    if half_day:
        return hour % 12 + (12 if half_day == "pm" else 0)
    if part in _CLOCKS["small_hours"]:
        return hour % 12
    if part in _CLOCKS["morning"]:
        return hour
    if part in _CLOCKS["afternoon"]:
        return hour + 12 if hour < 12 else (24 if part in _CLOCKS["night"] else 12)
    if part in _CLOCKS["noon"]:
        return hour + 12 if hour < 4 else hour
    if 1 <= hour <= 11 and ":" not in plain(given):
        raise Refusal("forms.time_which_half", given=_short(given), hour=hour)
    return hour


def _trimmed(written: str, also: str = "") -> str:
    """Without signs and spaces at its ends."""
    return re.sub(rf"^[\W{also}]+|[\W{also}]+\Z", "", written)


def _short(given: str) -> str:
    """What was typed, short enough to be shown back."""
    return given.strip()[:30]


def digits(given: str) -> str | None:
    """A phone number's digits, with a leading + if it had one; None if anything else is in it."""
    bare = re.sub(r"[\s()\-.]", "", plain(given))
    return bare if re.fullmatch(r"\+?[0-9]+", bare) else None
