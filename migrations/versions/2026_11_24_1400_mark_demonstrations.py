"""Mark the places that a demonstration gave a made-up life.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make ``demonstration``."""
    op.create_table(
        "demonstration",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("past_days", postgresql.DATEMULTIRANGE(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_demonstration")),
    )


def downgrade() -> None:
    """Forget which places are made up."""
    op.drop_table("demonstration")
