"""The second schema. There is no way back but a backup."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_rules",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_category_rules")),
    )
    op.create_table(
        "certificate_serials",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_certificate_serials")),
    )
    op.create_table(
        "reply_templates",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_templates")),
    )
    op.create_table(
        "certificate_batches",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("ordered_by", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_certificate_batches_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batches")),
    )
    with op.batch_alter_table("certificate_batches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_batches_community_id"), ["community_id"], unique=False
        )

    op.create_table(
        "clubs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=500), nullable=False),
        sa.Column("meets", sa.String(length=120), nullable=False),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("leader_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("form_token", sa.String(length=16), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_clubs_community_id")
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["people.id"], name=op.f("fk_clubs_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clubs")),
        sa.UniqueConstraint("form_token", name=op.f("uq_clubs_form_token")),
    )
    with op.batch_alter_table("clubs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clubs_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clubs_leader_id"), ["leader_id"], unique=False)

    op.create_table(
        "desk_views",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("ticked", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_desk_views_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_desk_views")),
    )
    op.create_table(
        "survey_invitees",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("volunteer_id", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_invitees_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_invitees_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_invitees")),
    )
    with op.batch_alter_table("survey_invitees", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_survey_invitees_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_survey_invitees_phone_index"), ["phone_index"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_survey_invitees_survey_id"), ["survey_id"], unique=False
        )

    op.create_table(
        "survey_mutes",
        sa.Column(
            "person_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("survey_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_survey_mutes_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "survey_id", name=op.f("pk_survey_mutes")),
    )
    op.create_table(
        "survey_paces",
        sa.Column(
            "survey_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "document_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("timed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["form_documents.id"], name=op.f("fk_survey_paces_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_paces_survey_id")
        ),
        sa.PrimaryKeyConstraint(
            "survey_id", "document_id", "question", name=op.f("pk_survey_paces")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_traces",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column(
            "survey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["form_documents.id"], name=op.f("fk_survey_traces_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["surveys.id"], name=op.f("fk_survey_traces_survey_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_traces")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_traces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_traces_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "activity_feedback",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_activity_feedback_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_activity_feedback_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_feedback")),
        sa.UniqueConstraint(
            "activity_id", "person_id", name=op.f("uq_activity_feedback_activity_id_person_id")
        ),
    )
    with op.batch_alter_table("activity_feedback", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_feedback_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "activity_photos",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_activity_photos_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_activity_photos_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_photos")),
        sa.UniqueConstraint(
            "activity_id", "sha256", name=op.f("uq_activity_photos_activity_id_sha256")
        ),
    )
    with op.batch_alter_table("activity_photos", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_photos_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "certificates",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "volunteer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("check_token", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("shows_full_name", sa.Boolean(), nullable=False),
        sa.Column("shows_hours", sa.Boolean(), nullable=False),
        sa.Column("shows_period", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("volunteer_number", sa.String(length=20), nullable=True),
        sa.Column("half_hours", sa.Integer(), nullable=False),
        sa.Column("brought_half_hours", sa.Integer(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("issuer", sa.JSON(), nullable=False),
        sa.Column("issued_by", sa.BigInteger(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["certificate_batches.id"],
            name=op.f("fk_certificates_batch_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_certificates_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteers.id"],
            name=op.f("fk_certificates_volunteer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("check_token", name=op.f("uq_certificates_check_token")),
        sa.UniqueConstraint("number", name=op.f("uq_certificates_number")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_certificates_queue", ["state", "community_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_volunteer_id"), ["volunteer_id"], unique=False
        )

    op.create_table(
        "club_meetings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("form_token", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["club_id"], ["clubs.id"], name=op.f("fk_club_meetings_club_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_meetings")),
        sa.UniqueConstraint("form_token", name=op.f("uq_club_meetings_form_token")),
    )
    with op.batch_alter_table("club_meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_club_meetings_club_id"), ["club_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_club_meetings_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "club_members",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column(
            "entered_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("by_family", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("form_token", sa.String(length=16), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["club_id"], ["clubs.id"], name=op.f("fk_club_members_club_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["people.id"], name=op.f("fk_club_members_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_club_members_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_members")),
        sa.UniqueConstraint("club_id", "person_id", name=op.f("uq_club_members_club_id_person_id")),
        sa.UniqueConstraint("form_token", name=op.f("uq_club_members_form_token")),
    )
    with op.batch_alter_table("club_members", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_club_members_entered_by"), ["entered_by"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_club_members_person_id"), ["person_id"], unique=False)

    op.create_table(
        "club_news",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=True),
        sa.Column("form_token", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_club_news_author_id")),
        sa.ForeignKeyConstraint(
            ["club_id"], ["clubs.id"], name=op.f("fk_club_news_club_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_news")),
        sa.UniqueConstraint("form_token", name=op.f("uq_club_news_form_token")),
    )
    with op.batch_alter_table("club_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_club_news_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_club_news_club_id"), ["club_id"], unique=False)

    op.create_table(
        "club_works",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("maker", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("thumbnail_sha256", sa.String(length=64), nullable=True),
        sa.Column("added_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("form_token", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_club_works_added_by")),
        sa.ForeignKeyConstraint(
            ["club_id"], ["clubs.id"], name=op.f("fk_club_works_club_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_club_works")),
        sa.UniqueConstraint("form_token", name=op.f("uq_club_works_form_token")),
    )
    with op.batch_alter_table("club_works", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_club_works_added_by"), ["added_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_club_works_club_id"), ["club_id"], unique=False)

    op.create_table(
        "certificate_objections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_objections_certificate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificate_objections_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_objections")),
        sa.UniqueConstraint("form_token", name=op.f("uq_certificate_objections_form_token")),
    )
    with op.batch_alter_table("certificate_objections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_objections_certificate_id"), ["certificate_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificate_objections_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "report_checks",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("form_token", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_report_checks_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_checks_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_checks")),
        sa.UniqueConstraint("form_token", name=op.f("uq_report_checks_form_token")),
    )
    with op.batch_alter_table("report_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_checks_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_report_checks_report", ["report_id", "at"], unique=False)

    op.create_table(
        "report_notes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_notes_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_notes")),
    )
    with op.batch_alter_table("report_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_notes_report_id"), ["report_id"], unique=False)

    op.create_table(
        "report_requests",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
            name=op.f("fk_report_requests_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_requests")),
    )
    with op.batch_alter_table("report_requests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_requests_report_id"), ["report_id"], unique=False
        )

    with op.batch_alter_table("activities", schema=None) as batch_op:
        batch_op.add_column(sa.Column("club_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("code_to", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("code_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("leader_reminded", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(
            sa.Column("summed_up", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_activities_club_id"), ["club_id"], unique=False)

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_topic", sa.Text(), nullable=True))
    op.drop_column("conversations", "topic")  # people's words in the clear

    with op.batch_alter_table("form_fillings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Text(), nullable=True))

    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbox_person",
            ["person_key"],
            unique=False,
            sqlite_where=sa.text("status = 0"),
            postgresql_where=sa.text("status = 0"),
        )

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_broadcast_id"))
    op.drop_column("outbox", "broadcast_id")

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("body_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("soon_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("extended_days", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("hurried", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("hurried_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("result", sa.String(length=10), nullable=True))
        batch_op.add_column(
            sa.Column("escalated_higher_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_reports_body_id"), ["body_id"], unique=False)
        batch_op.create_index(
            "ix_reports_figures",
            ["created_at", "community_id", "estate_id", "category", "state", "due_at", "paused_at"],
            unique=False,
        )
        batch_op.create_index("ix_reports_point", ["latitude", "longitude"], unique=False)
        batch_op.create_index(
            "ix_reports_soon",
            ["soon_at", "community_id", "paused_at"],
            unique=False,
            sqlite_where=sa.text(
                "state NOT IN ('handled', 'closed', 'void', 'rejected', 'merged')"
            ),
            postgresql_where=sa.text(
                "state NOT IN ('handled', 'closed', 'void', 'rejected', 'merged')"
            ),
        )
        batch_op.create_index(
            "ix_reports_waits",
            ["closed_at", "community_id", "category", "state", "created_at"],
            unique=False,
        )

    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("coming_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("hint_metres", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("hint_accuracy", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("asked_feedback", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("surveys", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("stops", sa.Boolean(), server_default=sa.false(), nullable=False)
        )

    with op.batch_alter_table("sweep_floors", schema=None) as batch_op:
        batch_op.add_column(sa.Column("media_id", sa.String(length=24), nullable=True))

    with op.batch_alter_table("volunteers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("to_check", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("wants_year_picture", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("year_pictured", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("level_told", sa.Integer(), nullable=True))
