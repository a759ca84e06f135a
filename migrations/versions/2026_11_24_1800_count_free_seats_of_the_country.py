"""Count the free seats of the whole country in less time: all that is read of a resource and of closures by an index.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ALIVE, _IN_FORCE = sa.text("archived_at IS NULL"), sa.text("withdrawn_at IS NULL")
_OWN = "hours_osm IS NOT NULL OR policy ? 'open_on_public_holidays'"
_UNTIL = sa.text("coalesce(upper(during), 'infinity')")
_READ = ["head_count", "turnaround_minutes", "steady_from", "steady_seats", "own_hours"]


def upgrade() -> None:
    """Keep whether a resource has hours of its own, and find closures by their ends."""
    op.add_column("resource", sa.Column("own_hours", sa.Boolean(), sa.Computed(_OWN, persisted=True), nullable=False))
    op.create_index(
        "ix_resource_free", "resource", ["place_id", "resource_id"], postgresql_include=_READ, postgresql_where=_ALIVE
    )
    op.drop_index("ix_closure_during", "closure")
    op.create_index("ix_closure_until", "closure", ["place_id", _UNTIL], postgresql_where=_IN_FORCE)


def downgrade() -> None:
    """Ask the columns themselves again."""
    op.drop_index("ix_closure_until", "closure")
    op.create_index(
        "ix_closure_during", "closure", ["place_id", "during"], postgresql_using="gist", postgresql_where=_IN_FORCE
    )
    op.drop_index("ix_resource_free", "resource")
    op.drop_column("resource", "own_hours")
