"""Find offers of the waitlist that lapsed as fast as those who wait.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make one index of the wishes that are alive in place of that of the waiting ones."""
    op.create_index(
        "ix_waitlist_entry_open",
        "waitlist_entry",
        ["place_id", "state"],
        postgresql_where=sa.text("state IN ('waiting', 'offered')"),
    )
    op.drop_index("ix_waitlist_entry_waiting", "waitlist_entry")


def downgrade() -> None:
    """Back to the index of the waiting ones."""
    op.create_index(
        "ix_waitlist_entry_waiting",
        "waitlist_entry",
        ["place_id", "created_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_waitlist_entry_open", "waitlist_entry")
