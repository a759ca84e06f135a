"""Find free seats: of the nearest places, and of the whole country.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BOOKABLE = sa.text("state = 'published' AND welcome = 'bookable'")
_STARTS = sa.text("lower(busy)")
_LONG = sa.text("upper(busy) - lower(busy) > interval '12 hours'")


def upgrade() -> None:
    op.add_column("resource", sa.Column("steady_from", sa.Date(), nullable=True))
    op.add_column("resource", sa.Column("steady_seats", sa.Integer(), nullable=True))
    op.create_index(
        "ix_resource_turnaround", "resource", ["turnaround_minutes"], postgresql_where=sa.text("archived_at IS NULL")
    )
    op.create_index(
        "ix_place_bookable",
        "place",
        ["place_id"],
        postgresql_include=["map_x", "map_y", "time_zone", "kind", "asked_only", "point"],
        postgresql_where=_BOOKABLE,
    )
    op.create_index(
        "ix_place_bookable_position", "place", ["position"], postgresql_using="gist", postgresql_where=_BOOKABLE
    )
    op.drop_index("ix_place_day_day", "place_day")
    op.create_index("ix_place_day_day", "place_day", ["day", "place_id"], postgresql_include=["open", "state"])
    op.create_index("ix_occupied_seat_place", "occupied_seat", ["place_id", _STARTS])
    op.create_index("ix_occupied_seat_long", "occupied_seat", ["place_id", _STARTS], postgresql_where=_LONG)
    # without it the planner takes a third of all seats to be taken for longer than half a day
    op.execute("CREATE STATISTICS st_occupied_seat_length ON (upper(busy) - lower(busy)) FROM occupied_seat")


def downgrade() -> None:
    op.execute("DROP STATISTICS st_occupied_seat_length")
    op.drop_index("ix_occupied_seat_long", "occupied_seat")
    op.drop_index("ix_occupied_seat_place", "occupied_seat")
    op.drop_index("ix_place_day_day", "place_day")
    op.create_index("ix_place_day_day", "place_day", ["day"])
    op.drop_index("ix_place_bookable_position", "place")
    op.drop_index("ix_place_bookable", "place")
    op.drop_index("ix_resource_turnaround", "resource")
    op.drop_column("resource", "steady_seats")
    op.drop_column("resource", "steady_from")
