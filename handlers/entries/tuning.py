"""Staff tune how the base answers: thresholds, synonyms; and see what was asked this week."""

import asyncio
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from handlers import notices
from handlers.chat import Button, Chat, Screen
from handlers.desk_card import turn
from handlers.entries import words as entry_words
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.questions.topics import Rows
from handlers.texts import join, say
from knowledge.confidence import Thresholds
from knowledge.explanations import unknown_words
from knowledge.index import Index
from knowledge.reviews import preview
from knowledge.words import hot_words
from services.entries import drafts
from services.fillings import Submission
from services.permissions import Permission
from services.questions import asking as questions
from services.questions import desk as question_desk

STEP = 5
"""Percent that a press moves a threshold."""
LOWEST, HIGHEST = 5, 95
CHANGES_SHOWN = 6
WEEK = 7
HOT_SHOWN, WORDS_SHOWN = 8, 10


async def pressed(chat: Chat) -> None:
    """Buttons: 'kt:th:<answer>:<offer>', 'kt:set:<answer>:<offer>', 'kt:syn', 'kt:hot'."""
    act, one, other = chat.press_parts(3)
    if act == "hot":
        await hot(chat)
        return
    chat.actor.require(Permission.KNOWLEDGE_EDIT)
    if act in ("th", "set"):
        await _thresholds(chat, act, one, other)
    elif act == "write":
        await runner.begin(chat, "entry_synonyms", before=await _synonyms_now(chat))
    else:
        await _synonyms(chat)


# -- thresholds ---------------------------------------------------------------------------------


async def _thresholds(chat: Chat, act: str, one: str, other: str) -> None:
    """Two numbers in percent, moved by buttons; what would change is shown before it does."""
    now = chat.office.knowledge.thresholds
    if not (one.isdecimal() and other.isdecimal()):
        await _show_thresholds(chat, round(100 * now.answer), round(100 * now.offer))
        return
    answer = min(max(int(one), LOWEST), HIGHEST)
    offer = min(max(int(other), 0), answer)
    if act == "set":
        await drafts.tune(chat.work, chat.actor, thresholds=Thresholds(answer / 100, offer / 100))
        chat.tell("entry_tuning.set")
    await _show_thresholds(chat, answer, offer)


async def _show_thresholds(chat: Chat, answer: int, offer: int) -> None:
    index = chat.office.knowledge
    wanted = Thresholds(answer / 100, offer / 100)
    past = await question_desk.past_questions(chat.work)
    changes = await asyncio.to_thread(preview, index, past, wanted)
    now = (round(100 * index.thresholds.answer), round(100 * index.thresholds.offer))
    parts = [say("entry_tuning.thresholds", answer=answer, offer=offer, at=now[0], of=now[1])]
    if (answer, offer) != now:
        lines = [
            say(
                "entry_tuning.change",
                words=one.question[:60],
                before=say(f"entry_tuning.outcome.{one.before}"),
                after=say(f"entry_tuning.outcome.{one.after}"),
            )
            for one in changes[:CHANGES_SHOWN]
        ]
        key = "entry_tuning.changes" if lines else "entry_tuning.no_changes"
        said = {"count": len(changes), "total": len(past), "lines": join(lines)}
        parts.append(say(key, **said))
    await turn(chat, Screen(join(parts, "\n\n"), _threshold_rows(answer, offer)))


def _threshold_rows(answer: int, offer: int) -> tuple[tuple[Button, ...], ...]:
    def row(name: str, *moves: tuple[int, int]) -> tuple[Button, ...]:
        return tuple(
            Button(str(say(f"entry_tuning.button.{name}_{side}")), f"kt:th:{a}:{o}")
            for side, (a, o) in zip(("less", "more"), moves, strict=True)
        )

    return (
        row("answer", (answer - STEP, min(offer, answer - STEP)), (answer + STEP, offer)),
        row("offer", (answer, max(0, offer - STEP)), (answer, offer + STEP)),
        notices.button_row(
            ("entry_tuning.button.set", f"kt:set:{answer}:{offer}"),
            ("entry_desk.button.back", "kb:more"),
        ),
    )


# -- synonyms -----------------------------------------------------------------------------------


async def _synonyms_now(chat: Chat) -> Markup:
    rows = await drafts.synonyms(chat.work)
    lines = [say("entry_tuning.row", words=" ".join(row)) for row in rows]
    return say("entry_tuning.synonyms", lines=join(lines) if lines else say("entry_words.none"))


async def _synonyms(chat: Chat) -> None:
    rows = (
        notices.button_row(("entry_tuning.button.write", "kt:write")),
        notices.button_row(("entry_desk.button.back", "kb:more")),
    )
    await turn(chat, Screen(await _synonyms_now(chat), rows))


async def _written(chat: Chat, submission: Submission) -> None:
    words = str(submission.values["words"])
    rows = [] if entry_words.is_none(words) else entry_words.word_rows(words)
    await drafts.tune(chat.work, chat.actor, synonyms=rows)
    back = notices.button_row(("entry_desk.button.back", "kt:syn"))
    await chat.say("entry_tuning.synonyms_set", back, count=len(rows))


registry.register(Form("entry_synonyms", done=_written, review="entry_fields.review"))


# -- this week ----------------------------------------------------------------------------------


async def hot(chat: Chat) -> None:
    """What was asked most in the last week, what was not found, words nobody wrote about yet."""
    index = chat.office.knowledge
    found = await questions.hot(chat.work, HOT_SHOWN, WEEK)
    past = await question_desk.words_by_person(chat.work, WEEK)
    counted = await questions.tally(chat.work, WEEK)
    lines = [
        say("entry_tuning.hot_line", question=index.entry(one).question, times=times)
        for one, times in found
        if one in index
    ]
    parts = [say("entry_tuning.hot", lines=join(lines) if lines else say("entry_words.none"))]
    parts.append(say("entry_tuning.tally", **counted))
    parts += await asyncio.to_thread(_words, index, past)
    rows: Rows = [notices.button_row(("entry_desk.button.back", "kb:more"))]
    await turn(chat, Screen(join(parts, "\n\n"), tuple(rows)))


def _words(index: Index, past: Sequence[str]) -> list[Markup]:
    """Words of the week that only come up when several people use them: nobody is told on."""
    between = str(say("questions.why.between"))
    common = [word for word, times in hot_words(past, 3 * WORDS_SHOWN) if times > 1]
    unknown = [word for word in unknown_words(index, past) if word in common]
    parts = []
    for key, words in (("words", common[:WORDS_SHOWN]), ("unknown", unknown[:WORDS_SHOWN])):
        if words:
            parts.append(say(f"entry_tuning.{key}", words=between.join(words)))
    return parts


@notices.screen_for("entry_tuning.weekly")
def _weekly(params: dict[str, Any]) -> Screen:
    row = notices.button_row(("entry_tuning.button.hot", "kt:hot"))
    return Screen(say("entry_tuning.weekly", **params), (row,))
