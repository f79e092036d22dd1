"""Who may do what, and where. The only place that knows roles."""

from dataclasses import dataclass
from enum import StrEnum

from services.errors import Refusal


class Role(StrEnum):
    """What somebody is to the office."""

    RESIDENT = "resident"
    VOLUNTEER = "volunteer"
    SUPERVISOR = "supervisor"
    GRID_WORKER = "grid_worker"
    COMMUNITY_STAFF = "community_staff"
    STREET_STAFF = "street_staff"
    ADMIN = "admin"


class Permission(StrEnum):
    """Named <thing>:<act>; keep sorted."""

    ACTIVITY_CREATE = "activity:create"
    ACTIVITY_JOIN = "activity:join"
    AUDIT_VIEW = "audit:view"
    BROADCAST_SEND = "broadcast:send"
    CERTIFICATE_ISSUE = "certificate:issue"
    CLUB_EDIT = "club:edit"
    CLUB_JOIN = "club:join"
    INBOX_RETRY = "inbox:retry"
    KEPT_VIEW = "kept:view"
    KNOWLEDGE_EDIT = "knowledge:edit"
    KNOWLEDGE_REPLY = "knowledge:reply"
    PERSON_BLOCK = "person:block"
    PERSON_HAND_OVER = "person:hand_over"
    PERSON_VIEW_FULL = "person:view_full"
    PLACE_EDIT = "place:edit"
    RECOGNITION_SET = "recognition:set"
    REPORT_ASSIGN = "report:assign"
    REPORT_CHECK = "report:check"
    REPORT_CLOSE = "report:close"
    REPORT_EXPORT = "report:export"
    REPORT_FILE = "report:file"
    REPORT_HANDLE = "report:handle"
    REPORT_SETUP = "report:setup"
    REPORT_VIEW = "report:view"
    REPORT_VOID = "report:void"
    ROLE_GRANT = "role:grant"
    SURVEY_ANSWER = "survey:answer"
    SURVEY_EDIT = "survey:edit"
    SURVEY_RESULTS = "survey:results"
    VOLUNTEER_IMPORT = "volunteer:import"
    VOLUNTEER_REGISTER = "volunteer:register"
    VOLUNTEER_VERIFY = "volunteer:verify"
    VOLUNTEER_VIEW = "volunteer:view"


P = Permission
_RESIDENT = frozenset(
    {P.ACTIVITY_JOIN, P.CLUB_JOIN, P.REPORT_FILE, P.SURVEY_ANSWER, P.VOLUNTEER_REGISTER}
)
_GRID = _RESIDENT | {P.REPORT_VIEW, P.REPORT_HANDLE, P.PLACE_EDIT}
_COMMUNITY = _GRID | {
    P.ACTIVITY_CREATE,
    P.CERTIFICATE_ISSUE,
    P.CLUB_EDIT,
    P.KEPT_VIEW,
    P.KNOWLEDGE_REPLY,
    P.PERSON_BLOCK,
    P.PERSON_VIEW_FULL,
    P.REPORT_ASSIGN,
    P.REPORT_CLOSE,
    P.REPORT_EXPORT,
    P.ROLE_GRANT,
    P.SURVEY_RESULTS,
    P.VOLUNTEER_VERIFY,
    P.VOLUNTEER_VIEW,
}
_STREET = _COMMUNITY | {
    P.BROADCAST_SEND,
    P.KNOWLEDGE_EDIT,
    P.PERSON_HAND_OVER,
    P.RECOGNITION_SET,
    P.REPORT_CHECK,
    P.REPORT_SETUP,
    P.REPORT_VOID,
    P.SURVEY_EDIT,
    P.VOLUNTEER_IMPORT,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.RESIDENT: _RESIDENT,
    Role.VOLUNTEER: _RESIDENT,
    Role.SUPERVISOR: _RESIDENT | {P.REPORT_VIEW, P.REPORT_CHECK},
    Role.GRID_WORKER: _GRID,
    Role.COMMUNITY_STAFF: _COMMUNITY,
    Role.STREET_STAFF: _STREET,
    Role.ADMIN: frozenset(Permission),
}

#: From most to least: whose menu somebody sees who holds several roles.
RANK = tuple(reversed(Role))


class ScopeKind(StrEnum):
    """What kind of place or body a right is limited to."""

    STREET = "street"
    COMMUNITY = "community"
    DEPARTMENT = "department"
    BODY = "body"


@dataclass(frozen=True)
class Scope:
    """Where a right holds. The whole street holds everything."""

    kind: ScopeKind = ScopeKind.STREET
    id: int = 0

    def covers(self, other: "Scope") -> bool:
        return self.kind is ScopeKind.STREET or self == other


STREET = Scope()


def community(community_id: int) -> Scope:
    return Scope(ScopeKind.COMMUNITY, community_id)


@dataclass(frozen=True)
class HeldRole:
    """A role somebody holds, and where."""

    role: Role
    scope: Scope = STREET


@dataclass(frozen=True)
class Actor:
    """A person and the roles they hold. Everybody is at least a resident of the street."""

    person_id: int
    roles: tuple[HeldRole, ...] = ()
    community_id: int | None = None

    def can(self, permission: Permission, where: Scope | None = None) -> bool:
        """Whether they may, in that scope; without one, whether they may anywhere."""
        if permission in GRANTS[Role.RESIDENT]:
            return True
        return any(
            permission in GRANTS[held.role] and (where is None or held.scope.covers(where))
            for held in self.roles
        )

    def require(self, permission: Permission, where: Scope | None = None) -> None:
        """Raise Refusal("common.not_allowed") unless they may."""
        if not self.can(permission, where):
            raise Refusal("common.not_allowed")

    def scopes(self, permission: Permission) -> tuple[Scope, ...]:
        """Where they hold this permission: what their lists start from."""
        return tuple({held.scope for held in self.roles if permission in GRANTS[held.role]})

    def communities(self, permission: Permission) -> frozenset[int] | None:
        """The communities where they may; None means all of them."""
        scopes = self.scopes(permission)
        if any(scope.kind is ScopeKind.STREET for scope in scopes):
            return None
        return frozenset(s.id for s in scopes if s.kind is ScopeKind.COMMUNITY)

    def bodies(self, permission: Permission) -> frozenset[int]:
        """The responsible bodies and departments for which they may."""
        kinds = (ScopeKind.BODY, ScopeKind.DEPARTMENT)
        return frozenset(s.id for s in self.scopes(permission) if s.kind in kinds)

    @property
    def role(self) -> Role:
        """Their highest role, for menus."""
        held = {h.role for h in self.roles}
        return next((role for role in RANK if role in held), Role.RESIDENT)

    def may_grant(self, role: Role, where: Scope) -> bool:
        """Nobody grants more than they hold, nor in a wider place."""
        return self.can(Permission.ROLE_GRANT, where) and all(
            self.can(permission, where) for permission in GRANTS[role]
        )
