"""Brings the second schema to that of the models (written out in full before a release)."""

from typing import Any

from alembic import op
from alembic.autogenerate import produce_migrations
from alembic.operations.ops import AddColumnOp, OpContainer
from alembic.runtime.migration import MigrationContext

from db.base import Base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _comparable(_item: object, name: str | None, *_: object) -> bool:
    return name != "ix_reports_next"


def _run(operation: Any) -> None:
    if isinstance(operation, OpContainer):
        for inner in operation.ops:
            _run(inner)
        return
    if isinstance(operation, AddColumnOp):
        operation.column.index = None  # its index is an operation of its own
    op.invoke(operation)


def upgrade() -> None:
    bind = op.get_bind()
    Base.metadata.create_all(bind)
    context = MigrationContext.configure(
        bind, opts={"compare_type": False, "include_object": _comparable}
    )
    _run(produce_migrations(context, Base.metadata).upgrade_ops)
