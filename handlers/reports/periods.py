"""Asks from which day to which day: named periods as buttons, any other typed into a small form."""

from collections.abc import Awaitable, Callable

from handlers.chat import Button, Chat
from handlers.forms import registry, runner
from handlers.forms.registry import Form
from handlers.paging import in_rows
from handlers.texts import say
from services import clock
from services.fillings import Submission
from services.reports import periods
from services.reports.periods import Period

#: What goes on with a typed period: the chat, what it was asked for, the period.
Then = Callable[[Chat, str, Period], Awaitable[None]]
THEN: dict[str, Then] = {}


def then(page: str) -> Callable[[Then], Then]:
    """Register what goes on with the period somebody typed for this page."""

    def register(act: Then) -> Then:
        THEN[page] = act
        return act

    return register


def buttons(data: str, typed: str) -> tuple[tuple[Button, ...], ...]:
    """The named periods, each `data` with a name in place of {period}, and the typed one."""
    named = [
        Button(str(say(f"periods.{name}")), data.format(period=name)) for name in periods.NAMED
    ]
    return in_rows([*named, Button(str(say("periods.typed")), typed)])


async def ask(chat: Chat, page: str, what: str) -> None:
    """Ask for two days; `what` is handed on."""
    await runner.begin(chat, "period", subject=f"{page}:{what}")


async def _typed(chat: Chat, submission: Submission) -> None:
    page, _, what = submission.subject.partition(":")
    values = submission.values
    period = periods.between(clock.day(values["first"]), clock.day(values["last"]))
    await THEN[page](chat, what, period)


registry.register(Form("period", done=_typed))
