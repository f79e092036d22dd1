"""Staff see who asks to become a volunteer, and take them on or decline."""

from collections.abc import Collection

from markupsafe import Markup

from db.models.volunteers import Volunteer
from db.stores import people, recognition
from db.stores import volunteers as rows
from db.work import Work
from handlers import desk_card, menu, notices, paging
from handlers.chat import Button, Chat, Screen, number_in
from handlers.files.rosters import Listed
from handlers.texts import join, moments, say
from handlers.volunteers import editing, queries
from handlers.volunteers.registration import in_words
from services import clock, places, privacy
from services.permissions import Permission
from services.volunteers import registration
from services.volunteers.registration import Category, State

PAGE = 6
SLOT = "vdesk"
REASONS = ("not_our_community", "not_reachable", "not_suitable", "already_registered")


async def listing(chat: Chat, state: State = State.PENDING, page: int = 0) -> None:
    """Counts by state, and those in one state."""
    counts = await registration.counts(chat.work, chat.actor)
    found = await registration.listed(chat.work, chat.actor, state, page=page, size=PAGE)
    lines = [_line(row) for row in found[:PAGE]]
    text = say(
        "volunteer_desk.list",
        pending=counts.get(State.PENDING, 0),
        active=counts.get(State.ACTIVE, 0),
        paused=counts.get(State.PAUSED, 0),
        state=say(f"volunteer_desk.state.{state}"),
        lines=join(lines) if lines else say("volunteer_desk.nobody"),
    )
    buttons = [(Button(_label(row), f"vdesk:show:{row.id}"),) for row in found[:PAGE]]
    screen = Screen(text, (*buttons, *_ways(state, page, more=len(found) > PAGE)))
    await desk_card.turn(chat, screen, slot=SLOT)


def _ways(state: State, page: int, *, more: bool) -> list[tuple[Button, ...]]:
    turning = paging.turning(f"vdesk:list:{state}", page, more=more)
    others = [s for s in (State.PENDING, State.ACTIVE, State.PAUSED) if s is not state]
    switch = tuple(
        Button(str(say(f"volunteer_desk.state.{s}")), f"vdesk:list:{s}:0") for s in others
    )
    switch = (*switch, _button("look_up", queries.LOOK_UP))
    onward = (_button("queries", queries.HOME), _button("recognition", "recd:home"))
    last = [switch, onward, menu.way_back()]
    return [turning, *last] if turning else last


def _name(row: Volunteer) -> str:
    return privacy.mask_name(row.name)


def _label(row: Volunteer) -> str:
    """A button's words: many masked names read alike, so the number or the day goes with it."""
    return f"{_name(row)} {row.number or format(clock.local(row.created_at), '%m-%d')}"


def _line(row: Volunteer) -> Markup:
    day = clock.local(row.created_at).date()
    return say(
        "volunteer_desk.line", name=_name(row), number=row.number or "", day=moments.short_day(day)
    )


def _button(key: str, data: str) -> Button:
    return Button(str(say(f"volunteer_desk.button.{key}")), data)


async def pressed(chat: Chat) -> None:
    """Buttons of the desk: 'vdesk:<act>:<volunteer or state>:<page or reason>'."""
    act, what, more = chat.press_parts(3)
    if act == "list":
        state = State(what) if what in set(State) else State.PENDING
        await listing(chat, state, number_in(more))
        return
    number = number_in(what)
    if not number:
        await listing(chat)
        return
    await _one(chat, act, number, more)


async def _one(chat: Chat, act: str, volunteer_id: int, reason: str) -> None:
    if act == "yes":
        row = await registration.approve(chat.work, chat.actor, volunteer_id)
        chat.tell("volunteer_desk.approved", number=row.number or "")
        await listing(chat)
    elif act == "no":
        await registration.access(chat.work, chat.actor, volunteer_id, Permission.VOLUNTEER_VERIFY)
        await _ask_reason(chat, volunteer_id)
    elif act == "why" and reason in REASONS:
        words = str(say(f"volunteer_desk.reason.{reason}"))
        await registration.decline(chat.work, chat.actor, volunteer_id, words)
        chat.tell("volunteer_desk.declined")
        await listing(chat)
    else:
        await show(chat, volunteer_id, in_full=act == "full")


async def _ask_reason(chat: Chat, volunteer_id: int) -> None:
    buttons = tuple(
        (Button(str(say(f"volunteer_desk.reason.{r}")), f"vdesk:why:{volunteer_id}:{r}"),)
        for r in REASONS
    )
    back = (_button("back", f"vdesk:show:{volunteer_id}"),)
    screen = Screen(say("volunteer_desk.why_not"), (*buttons, back))
    await desk_card.turn(chat, screen, slot=SLOT)


async def show(chat: Chat, volunteer_id: int, *, in_full: bool = False) -> None:
    """One volunteer; the phone in full only on request, which is logged."""
    row = await registration.access(chat.work, chat.actor, volunteer_id, Permission.VOLUNTEER_VIEW)
    if in_full:
        chat.actor.require(Permission.PERSON_VIEW_FULL, registration.scope_of(row))
        await people.note(
            chat.work.session,
            chat.actor.person_id,
            "view_full",
            "volunteer",
            row.id,
            now=clock.now(),
        )
    text = await _page(chat, row, in_full)
    await desk_card.turn(chat, Screen(text, _acts(chat, row, in_full)), slot=SLOT)


async def _page(chat: Chat, row: Volunteer, in_full: bool) -> Markup:
    where = await places.community(chat.work, row.community_id) if row.community_id else None
    phone = row.phone or ""
    page = say(
        "volunteer_desk.page",
        name=row.name if in_full else _name(row),
        number=row.number or str(say("volunteer_desk.no_number")),
        state=say(f"volunteer_desk.state.{row.state}"),
        community=where.name if where else "",
        phone=phone if in_full else privacy.mask_phone(phone),
        categories=in_words(await rows.categories_of(chat.work.session, row.id)),
        year=row.birth_year or "",
        skills=row.skills or say("volunteer_desk.not_said"),
        times=queries.times_in_words(row.free_times) or say("volunteer_desk.not_said"),
    )
    remarks = [_guardian(row), await _claims(chat, row), queries.to_check_line(row)]
    return join([page, *(remark for remark in remarks if remark)], "\n\n")


def _guardian(row: Volunteer) -> Markup:
    """Whether a guardian agreed, of a volunteer who is under age this year."""
    if not registration.is_minor(row.birth_year):
        return Markup()
    agreed = say(f"volunteer_desk.guardian_{'agreed' if row.guardian_consent else 'missing'}")
    return say("volunteer_desk.guardian", age=registration.ADULT, agreed=agreed)


async def _claims(chat: Chat, row: Volunteer) -> Markup:
    """Whom of the roster an applicant seems to be."""
    if row.state != State.PENDING:
        return Markup()
    same = await registration.same_on_roster(chat.work, row)
    return say("volunteer_desk.claims", number=same.number or "") if same else Markup()


def _acts(chat: Chat, row: Volunteer, in_full: bool) -> tuple[tuple[Button, ...], ...]:
    acts: list[tuple[Button, ...]] = []
    where = registration.scope_of(row)
    if row.state == State.PENDING and chat.actor.can(Permission.VOLUNTEER_VERIFY, where):
        acts.append((_button("yes", f"vdesk:yes:{row.id}"), _button("no", f"vdesk:no:{row.id}")))
    if not in_full and chat.actor.can(Permission.PERSON_VIEW_FULL, where):
        acts.append((_button("full", f"vdesk:full:{row.id}"),))
    if row.number and chat.actor.can(Permission.CERTIFICATE_ISSUE, where):
        acts.append((_button("certificate", f"certd:for:{row.id}"),))
    acts += editing.acts_of(chat, row)
    acts += queries.acts_of(chat, row)
    return (*acts, (_button("back", f"vdesk:list:{row.state}:0"),))


@notices.screen_for("volunteers.new_for_staff")
def _new_for_staff(params: dict[str, int]) -> Screen:
    button = _button("look", f"vdesk:show:{params['volunteer_id']}")
    return Screen(say("volunteers.new_for_staff"), ((button,),))


async def everybody(
    work: Work, communities: Collection[int] | None = None, *, phones: bool = True
) -> list[Listed]:
    """The roster of these communities (None: all), ready to be written into a file."""
    names = {one.id: one.name for one in await places.communities(work)}
    chosen = await rows.all_categories(work.session)
    served = await recognition.half_hours(work.session)
    found = await rows.everybody(work.session, (State.ACTIVE, State.PAUSED), communities)
    order = tuple(Category)
    return [
        Listed(
            name=row.name,
            sex=row.sex,
            community=names.get(row.community_id or 0, ""),
            number=row.number,
            categories=tuple([c for c in order if c in chosen.get(row.id, ())]),
            hours=(row.brought_half_hours + served.get(row.id, 0)) / 2,
            phone=(row.phone or "") if phones else "",
            joined_on=row.joined_on,
            birth_year=row.birth_year,
            skills=row.skills,
        )
        for row in found
    ]
