"""Know the words of places.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of words, and know those of the places that are there."""
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.execute(
        "INSERT INTO search_word (word)"
        " SELECT DISTINCT w.word FROM place p, regexp_split_to_table(p.search_text, '[^[:alnum:]]+') w (word)"
        " WHERE p.state = 'published' AND length(w.word) > 1"
    )
    op.create_index(
        "ix_search_word_word", "search_word", ["word"], postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}
    )


def downgrade() -> None:
    """Forget the words."""
    op.drop_table("search_word")
