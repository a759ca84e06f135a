"""Migrations: lock-safe, one at a time, blind to the tables of PostGIS and procrastinate."""

from __future__ import annotations

import os
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers as geo
from sqlalchemy import Connection, create_engine, pool, text

from tierslieux.accounts import models as _accounts
from tierslieux.booking import models as _booking
from tierslieux.places import models as _places
from tierslieux.places import resource_models as _resources
from tierslieux.places import unsharded_models as _unsharded
from tierslieux.territories import models as _territories
from tierslieux.web import models as _web
from tierslieux.web.tables import Base

TABLES = (_accounts, _booking, _places, _resources, _unsharded, _territories, _web)
ADVISORY_LOCK = 712_408_223


def include_object(obj: Any, name: str | None, type_: str, reflected: Any, compare_to: Any) -> bool:
    """Leave out what others own."""
    if type_ == "table" and reflected and (name == "spatial_ref_sys" or str(name).startswith("procrastinate_")):
        return False
    return bool(geo.include_object(obj, name, type_, reflected, compare_to))


def migrate(connection: Connection) -> None:
    """Run on ``connection``: wait for another migration, not for a busy table."""
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.execute(text("SET statement_timeout = '10min'"))
    connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_LOCK})"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_item=geo.render_item,
        process_revision_directives=geo.writer,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
        connection.commit()


def main() -> None:
    """Take the connection that was given, or open one to ``TIERSLIEUX_DATABASE_URL``."""
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    url = os.environ["TIERSLIEUX_DATABASE_URL"]
    engine = create_engine("postgresql+psycopg" + url[url.index("://") :], poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(connection)


main()
