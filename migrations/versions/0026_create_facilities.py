"""The building: facilities, rooms, equipment, opening hours, bookings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Who holds a room and what goes with it, without anybody's name: behind a wall the bookings of others are not seen.
HELD_ROOMS = """
    CREATE VIEW held_rooms AS
    SELECT id AS booking_id, room_id, on_date, shift, state AS booking_state, organization_id, attendees
    FROM bookings WHERE state IN ('approved', 'no_show')
"""
HELD_EQUIPMENT = """
    CREATE VIEW held_equipment AS
    SELECT l.equipment_id, l.on_date, l.shift, l.count
    FROM equipment_loans l JOIN bookings b ON b.id = l.booking_id WHERE b.state IN ('approved', 'no_show')
"""


def upgrade() -> None:
    op.create_table(
        "facilities",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["village_code"], ["regions.code"], name=op.f("fk_facilities_village_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilities")),
        sa.UniqueConstraint("code", name=op.f("uq_facilities_code")),
    )
    op.create_table(
        "booking_rules",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column(
            "requester",
            sa.Enum(
                "person",
                "organization",
                "plut",
                "programme",
                name="requester",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("days_ahead", sa.SmallInteger(), nullable=False),
        sa.Column("automatic_attendees", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "automatic_attendees BETWEEN 0 AND 10000", name=op.f("ck_booking_rules_automatic_attendees")
        ),
        sa.CheckConstraint("days_ahead BETWEEN 0 AND 730", name=op.f("ck_booking_rules_days_ahead")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_booking_rules_facility_id_facilities"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_rules")),
        sa.UniqueConstraint("facility_id", "requester", name=op.f("uq_booking_rules_facility_id_requester")),
    )
    op.create_table(
        "equipment",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("count BETWEEN 0 AND 10000", name=op.f("ck_equipment_count")),
        sa.ForeignKeyConstraint(["facility_id"], ["facilities.id"], name=op.f("fk_equipment_facility_id_facilities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("facility_id", "code", name=op.f("uq_equipment_facility_id_code")),
    )
    op.create_table(
        "opening_exceptions",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_opening_exceptions_facility_id_facilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_exceptions")),
        sa.UniqueConstraint("facility_id", "on_date", name=op.f("uq_opening_exceptions_facility_id_on_date")),
    )
    op.create_table(
        "opening_shifts",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("since", sa.Time(), nullable=False),
        sa.Column("until", sa.Time(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_opening_shifts_period")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_opening_shifts_weekday")),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["facilities.id"],
            name=op.f("fk_opening_shifts_facility_id_facilities"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_shifts")),
        sa.UniqueConstraint(
            "facility_id", "weekday", "shift", name=op.f("uq_opening_shifts_facility_id_weekday_shift")
        ),
    )
    op.create_table(
        "rooms",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "classroom",
                "hall",
                "meeting",
                "kitchen",
                "studio",
                "workshop",
                "coworking",
                "showroom",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("features", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 10000", name=op.f("ck_rooms_capacity")),
        sa.ForeignKeyConstraint(["facility_id"], ["facilities.id"], name=op.f("fk_rooms_facility_id_facilities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("facility_id", "code", name=op.f("uq_rooms_facility_id_code")),
    )
    op.create_table(
        "booking_series",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("booked_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_booking_series_room_id_rooms")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_series")),
    )
    op.create_table(
        "closures",
        sa.Column("facility_id", sa.Uuid(), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_closures_period")),
        sa.ForeignKeyConstraint(
            ["facility_id"], ["facilities.id"], name=op.f("fk_closures_facility_id_facilities"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_closures_room_id_rooms"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index("ix_closures_facility_id", "closures", ["facility_id", "first_on"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "requested",
                "approved",
                "rejected",
                "cancelled",
                "no_show",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column(
            "requester",
            sa.Enum(
                "person",
                "organization",
                "plut",
                "programme",
                name="requester",
                native_enum=False,
                create_constraint=True,
                length=None,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("attendees", sa.Integer(), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("is_late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("room_id"), "="),
            (sa.column("on_date"), "="),
            (sa.column("shift"), "="),
            where=sa.text("state IN ('approved', 'no_show')"),
            using="gist",
            name="ex_bookings_one_at_a_time",
        ),
        sa.CheckConstraint(
            "(state IN ('requested', 'waiting')) = (decided_at IS NULL)", name=op.f("ck_bookings_decided_once")
        ),
        sa.CheckConstraint("attendees BETWEEN 1 AND 10000", name=op.f("ck_bookings_attendees")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_bookings_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_bookings_organization_id_organizations")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_bookings_room_id_rooms")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["booking_series.id"], name=op.f("fk_bookings_series_id_booking_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
    )
    op.create_index("ix_bookings_booked_by", "bookings", ["booked_by", "id"], unique=False)
    op.create_index("ix_bookings_organization_id", "bookings", ["organization_id", "id"], unique=False)
    op.create_index("ix_bookings_room_id", "bookings", ["room_id", "on_date", "shift"], unique=False)
    op.create_index(op.f("ix_bookings_series_id"), "bookings", ["series_id"], unique=False)
    op.create_index(
        "ix_bookings_session_id",
        "bookings",
        ["session_id"],
        unique=False,
        postgresql_where=sa.text("session_id IS NOT NULL"),
    )
    op.create_index(
        "ix_bookings_waiting",
        "bookings",
        ["room_id", "on_date", "shift", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "equipment_loans",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("equipment_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column(
            "shift",
            sa.Enum("morning", "afternoon", name="shift", native_enum=False, create_constraint=True, length=None),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_equipment_loans_count")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_equipment_loans_booking_id_bookings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_loans_equipment_id_equipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_loans")),
        sa.UniqueConstraint("booking_id", "equipment_id", name=op.f("uq_equipment_loans_booking_id_equipment_id")),
    )
    op.create_index(
        "ix_equipment_loans_equipment_id", "equipment_loans", ["equipment_id", "on_date", "shift"], unique=False
    )
    op.add_column("training_sessions", sa.Column("booking_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_training_sessions_booking_id_bookings"), "training_sessions", "bookings", ["booking_id"], ["id"]
    )
    op.execute(HELD_ROOMS)
    op.execute(HELD_EQUIPMENT)


def downgrade() -> None:
    op.execute("DROP VIEW held_equipment")
    op.execute("DROP VIEW held_rooms")
    op.drop_constraint(op.f("fk_training_sessions_booking_id_bookings"), "training_sessions", type_="foreignkey")
    op.drop_column("training_sessions", "booking_id")
    op.drop_index("ix_equipment_loans_equipment_id", table_name="equipment_loans")
    op.drop_table("equipment_loans")
    op.drop_index("ix_bookings_waiting", table_name="bookings", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_bookings_session_id", table_name="bookings", postgresql_where=sa.text("session_id IS NOT NULL"))
    op.drop_index(op.f("ix_bookings_series_id"), table_name="bookings")
    op.drop_index("ix_bookings_room_id", table_name="bookings")
    op.drop_index("ix_bookings_organization_id", table_name="bookings")
    op.drop_index("ix_bookings_booked_by", table_name="bookings")
    op.drop_table("bookings")
    op.drop_index("ix_closures_facility_id", table_name="closures")
    op.drop_table("closures")
    op.drop_table("booking_series")
    op.drop_table("rooms")
    op.drop_table("opening_shifts")
    op.drop_table("opening_exceptions")
    op.drop_table("equipment")
    op.drop_table("booking_rules")
    op.drop_table("facilities")
