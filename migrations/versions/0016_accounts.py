"""Second factors, recovery codes, lost passwords, OpenID, guesses; what a session looks like."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SEEN = (("browser", 40), ("system", 40), ("address_prefix", 60))


def upgrade() -> None:
    op.add_column("sessions", sa.Column("last_used_at", MOMENT, nullable=True))
    for name, length in SEEN:
        op.add_column(
            "sessions", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.add_column(
        "sessions",
        sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    _second_factors()
    _ways_in()
    _guesses()


def _second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        _of_account("second_factors"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_account("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])


def _ways_in() -> None:
    op.create_table(
        "password_resets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        _of_account("password_resets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(op.f("ix_password_resets_account_id"), "password_resets", ["account_id"])
    op.create_index(op.f("ix_password_resets_asked_at"), "password_resets", ["asked_at"])
    op.create_table(
        "identities",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        _of_account("identities"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
        sa.UniqueConstraint("account_id", "issuer", name=op.f("uq_identities_account_id_issuer")),
    )


def _guesses() -> None:
    op.create_table(
        "known_places",
        sa.Column("account_id", BIG, nullable=False),
        sa.Column("place", sa.LargeBinary(32), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        _of_account("known_places"),
        sa.PrimaryKeyConstraint("account_id", "place", name=op.f("pk_known_places")),
    )
    op.create_index("ix_known_places_seen_at", "known_places", ["seen_at"])
    op.create_table(
        "guesses",
        sa.Column("who", sa.LargeBinary(32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("wait_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_last_at"), "guesses", ["last_at"])


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["accounts.id"], name=op.f(f"fk_{table}_account_id")
    )


def downgrade() -> None:
    for table in (
        "guesses",
        "known_places",
        "identities",
        "password_resets",
        "recovery_codes",
        "second_factors",
    ):
        op.drop_table(table)
    with op.batch_alter_table("sessions") as batch:
        for name in ("second_factor", *(name for name, _ in reversed(SEEN)), "last_used_at"):
            batch.drop_column(name)
