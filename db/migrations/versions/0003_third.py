"""The third schema: reports that owe a photo, hours that were refused. There is no way back but a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reports",
        sa.Column("owes_photo", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "reports",
        sa.Column("asked_for_photo_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.add_column("service_hours", sa.Column("refused_by", sa.BigInteger(), nullable=True))
    op.add_column(
        "service_hours", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True)
    )
