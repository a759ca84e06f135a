"""Let people sign in: sessions, codes, outside identities, and what a person may say of themselves.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("external_sign_in", "external_identity", "sign_in_code", "login_session")
COLUMNS = (
    "name", "locale", "home_commune", "work_commune", "travel_mode", "last_seen_on", "warned_on", "feed_generation",
)  # fmt: skip


def upgrade() -> None:
    """Widen ``account`` and ``access_token``, and make the tables of sign-in."""
    widen_account()
    op.add_column("access_token", sa.Column("label", sa.String(), nullable=True))
    op.create_index("ix_access_token_account_id", "access_token", ["account_id"])
    make_sessions()
    make_codes()
    make_identities()


def widen_account() -> None:
    for name in ("name", "home_commune", "work_commune", "travel_mode"):
        op.add_column("account", sa.Column(name, sa.String(), nullable=True))
    op.add_column("account", sa.Column("locale", sa.String(), server_default="fr", nullable=False))
    op.add_column("account", sa.Column("last_seen_on", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("warned_on", sa.Date(), nullable=True))
    op.add_column("account", sa.Column("feed_generation", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_account_locale"), "account", "locale IN ('fr', 'en')")
    modes = "travel_mode IN ('walk', 'bike', 'transit', 'car', 'other')"
    op.create_check_constraint(op.f("ck_account_travel_mode"), "account", modes)


def make_sessions() -> None:
    op.create_table(
        "login_session",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_login_session_account_id_account")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_login_session")),
    )
    op.create_index("ix_login_session_account_id", "login_session", ["account_id"])
    op.create_index("ix_login_session_expires_at", "login_session", ["expires_at"])


def make_codes() -> None:
    op.create_table(
        "sign_in_code",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=True),
        sa.Column("code_hmac", sa.LargeBinary(), nullable=False),
        sa.Column("link_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("siret", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("link_sha256", name=op.f("uq_sign_in_code_link_sha256")),
    )
    op.create_index("ix_sign_in_code_expires_at", "sign_in_code", ["expires_at"])


def make_identities() -> None:
    op.create_table(
        "external_identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("siret", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.account_id"], name=op.f("fk_external_identity_account_id_account")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identity")),
    )
    op.create_index("ix_external_identity_account_id", "external_identity", ["account_id"])
    op.create_table(
        "external_sign_in",
        sa.Column("state_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("browser_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("next_path", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_sha256", name=op.f("pk_external_sign_in")),
    )
    op.create_index("ix_external_sign_in_expires_at", "external_sign_in", ["expires_at"])


def downgrade() -> None:
    """Sign everyone out and forget what people said of themselves."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_access_token_account_id", "access_token")
    op.drop_column("access_token", "label")
    for column in COLUMNS:
        op.drop_column("account", column)
