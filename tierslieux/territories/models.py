"""Reference tables: the same on every node, written by ``tierslieux import territories`` only."""

from __future__ import annotations

from datetime import date
from typing import Any

from geoalchemy2 import Geography, Geometry
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base


class TerritoryRow(Base):
    """A statistical area. Codes are INSEE's, as text; ``geo_cog`` is the year of the official geographic code."""

    __tablename__ = "territory"
    __table_args__ = (
        CheckConstraint("level IN ('commune', 'epci', 'departement', 'region')", name="level"),
        Index("ix_territory_geom", "geom", postgresql_using="gist"),
        Index("ix_territory_geom_mercator", "geom_mercator", postgresql_using="gist"),
        Index(
            "ix_territory_search_name",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
        ),
    )

    level: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    population: Mapped[int | None]
    geom: Mapped[Any | None] = mapped_column(Geometry("MULTIPOLYGON", 4326, spatial_index=False))
    geom_mercator: Mapped[Any | None] = mapped_column(
        Geometry("MULTIPOLYGON", 3857, spatial_index=False), Computed("st_transform(geom, 3857)", persisted=True)
    )
    approximate: Mapped[bool]
    geo_cog: Mapped[int] = mapped_column(SmallInteger)


class CommuneRow(Base):
    """A commune in force, with the territories that hold it. ``position`` is a point inside it, WGS84."""

    __tablename__ = "commune"
    __table_args__ = (
        Index("ix_commune_position", "position", postgresql_using="gist"),
        Index("ix_commune_epci_code", "epci_code"),
        Index("ix_commune_departement_code", "departement_code"),
        Index("ix_commune_region_code", "region_code"),
        Index("ix_commune_search_name_pattern", "search_name", postgresql_ops={"search_name": "text_pattern_ops"}),
        Index(
            "ix_commune_search_name",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    epci_code: Mapped[str | None]
    departement_code: Mapped[str]
    region_code: Mapped[str]
    population: Mapped[int]
    position: Mapped[Any] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    time_zone: Mapped[str]


class CommunePostalCodeRow(Base):
    """Postal codes and communes, n to n."""

    __tablename__ = "commune_postal_code"
    __table_args__ = (Index("ix_commune_postal_code_commune_code", "commune_code"),)

    postal_code: Mapped[str] = mapped_column(primary_key=True)
    commune_code: Mapped[str] = mapped_column(ForeignKey("commune.code"), primary_key=True)


class CommuneChangeRow(Base):
    """An old code and the code in force that followed it on ``on_date``."""

    __tablename__ = "commune_change"

    old_code: Mapped[str] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    old_name: Mapped[str] = mapped_column(server_default=text("''"))
    code: Mapped[str] = mapped_column(ForeignKey("commune.code"))
