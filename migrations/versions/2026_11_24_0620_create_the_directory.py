"""Create the directory: territories, places, accounts, what the edge needs, the job queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute("CREATE SEQUENCE place_id_seq AS integer")
    op.create_table('account',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email'))
    )
    op.create_geospatial_table('commune',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('search_name', sa.String(), nullable=False),
    sa.Column('epci_code', sa.String(), nullable=True),
    sa.Column('departement_code', sa.String(), nullable=False),
    sa.Column('region_code', sa.String(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('position', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography', nullable=False), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_commune'))
    )
    op.create_index('ix_commune_departement_code', 'commune', ['departement_code'], unique=False)
    op.create_index('ix_commune_epci_code', 'commune', ['epci_code'], unique=False)
    op.create_geospatial_index('ix_commune_position', 'commune', ['position'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_commune_region_code', 'commune', ['region_code'], unique=False)
    op.create_index('ix_commune_search_name', 'commune', ['search_name'], unique=False, postgresql_using='gin', postgresql_ops={'search_name': 'gin_trgm_ops'})
    op.create_index('ix_commune_search_name_pattern', 'commune', ['search_name'], unique=False, postgresql_ops={'search_name': 'text_pattern_ops'})
    op.create_table('data_version',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('subject', name=op.f('pk_data_version'))
    )
    op.create_table('dev_clock',
    sa.Column('clock_id', sa.SmallInteger(), nullable=False),
    sa.Column('shift', sa.Interval(), nullable=False),
    sa.CheckConstraint('clock_id = 1', name=op.f('ck_dev_clock_single')),
    sa.PrimaryKeyConstraint('clock_id', name=op.f('pk_dev_clock'))
    )
    op.create_table('duplicate_pair',
    sa.Column('pair_id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('place_a', sa.Integer(), nullable=False),
    sa.Column('place_b', sa.Integer(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('to_review', 'same', 'different', 'unsure')", name=op.f('ck_duplicate_pair_state')),
    sa.CheckConstraint('place_a < place_b', name=op.f('ck_duplicate_pair_ordered')),
    sa.PrimaryKeyConstraint('pair_id', name=op.f('pk_duplicate_pair'))
    )
    op.create_index('ix_duplicate_pair_place_b', 'duplicate_pair', ['place_b'], unique=False)
    op.create_index('ix_duplicate_pair_review', 'duplicate_pair', ['score', 'pair_id'], unique=False, postgresql_where=sa.text("state IN ('to_review', 'unsure')"))
    op.create_index('uq_duplicate_pair_places', 'duplicate_pair', ['place_a', 'place_b'], unique=True)
    op.create_table('idempotent_request',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('body_sha256', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.SmallInteger(), nullable=False),
    sa.Column('answer', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('place_id', 'actor_id', 'key', name=op.f('pk_idempotent_request'))
    )
    op.create_index('ix_idempotent_request_created_at', 'idempotent_request', ['created_at'], unique=False)
    op.create_table('import_run',
    sa.Column('run_id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('run_id', name=op.f('pk_import_run'))
    )
    op.create_table('mail',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('mail_id', sa.Uuid(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('recipient_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('message', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('place_id', 'mail_id', name=op.f('pk_mail')),
    sa.UniqueConstraint('place_id', 'cause', 'recipient_id', name=op.f('uq_mail_place_id_cause_recipient_id'))
    )
    op.create_geospatial_table('place',
    sa.Column('place_id', sa.Integer(), server_default=sa.text("nextval('place_id_seq')"), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('search_name', sa.String(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('time_zone', sa.String(), nullable=False),
    sa.Column('commune_code', sa.String(), nullable=True),
    sa.Column('commune_code_given', sa.String(), nullable=True),
    sa.Column('position', Geography(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeogFromText', name='geography'), nullable=True),
    sa.Column('street', sa.String(), nullable=True),
    sa.Column('postal_code', sa.String(), nullable=True),
    sa.Column('commune_name', sa.String(), nullable=True),
    sa.Column('phone', sa.String(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('known_yes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('known_no', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('hours_osm', sa.String(), nullable=True),
    sa.Column('hours_text', sa.String(), nullable=True),
    sa.Column('weekly_minutes', sa.Integer(), nullable=True),
    sa.Column('hours_checked_on', sa.Date(), nullable=True),
    sa.Column('dated', sa.Date(), nullable=True),
    sa.Column('welcome', sa.String(), nullable=False),
    sa.Column('welcome_rank', sa.SmallInteger(), sa.Computed("CASE welcome WHEN 'unknown' THEN 1 WHEN 'no' THEN 2 ELSE 0 END", persisted=True), nullable=False),
    sa.Column('asked_only', sa.Boolean(), sa.Computed("kind IN ('wifi_spot', 'public_body', 'social_centre', 'other')", persisted=True), nullable=False),
    sa.Column('point', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), sa.Computed('position::geometry', persisted=True), nullable=True),
    sa.Column('map_x', sa.Integer(), sa.Computed('least(16777215, floor((st_x(position::geometry) + 180) / 360 * 16777216))::integer', persisted=True), nullable=True),
    sa.Column('map_y', sa.Integer(), sa.Computed('greatest(0, least(16777215, floor((1 - ln(tan(radians(greatest(-85.0511287798, least(85.0511287798, st_y(position::geometry))))) + 1 / cos(radians(greatest(-85.0511287798, least(85.0511287798, st_y(position::geometry)))))) / pi()) / 2 * 16777216)))::integer', persisted=True), nullable=True),
    sa.Column('search_text', sa.String(), sa.Computed("search_name || ' ' || regexp_replace(translate(lower(coalesce(commune_name, '')), 'àâäáãéèêëíìîïóòôöõúùûüçñÿ-''’.', 'aaaaaeeeeiiiiooooouuuucny    '), '\\mst(e?)\\M', 'saint\\1', 'g')", persisted=True), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_into', sa.Integer(), nullable=True),
    sa.CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name=op.f('ck_place_merged_points_somewhere')),
    sa.CheckConstraint("kind IN ('coworking', 'third_place', 'fablab', 'library', 'france_services', 'digital_space', 'social_centre', 'public_body', 'shop', 'cafe', 'wifi_spot', 'other')", name=op.f('ck_place_kind')),
    sa.CheckConstraint("state IN ('draft', 'published', 'closed', 'merged')", name=op.f('ck_place_state')),
    sa.CheckConstraint("welcome IN ('bookable', 'no_booking', 'on_call', 'unknown', 'no')", name=op.f('ck_place_welcome')),
    sa.CheckConstraint('merged_into <> place_id', name=op.f('ck_place_merged_into_other')),
    sa.PrimaryKeyConstraint('place_id', name=op.f('pk_place'))
    )
    op.create_index('ix_place_commune_code', 'place', ['commune_code'], unique=False)
    op.create_index('ix_place_merged_into', 'place', ['merged_into'], unique=False, postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.create_index('ix_place_name_order', 'place', ['welcome_rank', 'search_name', 'place_id'], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_index('ix_place_name_prefix', 'place', ['search_name'], unique=False, postgresql_ops={'search_name': 'text_pattern_ops'}, postgresql_where=sa.text("state = 'published'"))
    op.create_geospatial_index('ix_place_point', 'place', ['point'], unique=False, postgresql_using='gist', postgresql_where=sa.text("state = 'published'"), postgresql_ops={})
    op.create_index('ix_place_position', 'place', ['welcome_rank', 'position'], unique=False, postgresql_using='gist', postgresql_where=sa.text("state = 'published'"))
    op.create_index('ix_place_search_text', 'place', ['search_text'], unique=False, postgresql_using='gin', postgresql_ops={'search_text': 'gin_trgm_ops'})
    op.create_table('place_grid',
    sa.Column('zoom', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('x', sa.Integer(), nullable=False),
    sa.Column('y', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('lon_sum', sa.Double(), nullable=False),
    sa.Column('lat_sum', sa.Double(), nullable=False),
    sa.Column('id_sum', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('zoom', 'kind', 'x', 'y', name=op.f('pk_place_grid'))
    )
    op.create_table('rate_limit',
    sa.Column('bucket', sa.String(), nullable=False),
    sa.Column('window_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('hits', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'window_start', name=op.f('pk_rate_limit')),
    prefixes=['UNLOGGED']
    )
    op.create_index('ix_rate_limit_window_start', 'rate_limit', ['window_start'], unique=False)
    op.create_table('source_record',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('external_id', sa.String(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('raw', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('missing_since', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('source', 'external_id', name=op.f('pk_source_record'))
    )
    op.create_index('ix_source_record_place_id', 'source_record', ['place_id'], unique=False)
    op.create_geospatial_table('territory',
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('search_name', sa.String(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('geom_mercator', Geometry(geometry_type='MULTIPOLYGON', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=True),
    sa.Column('approximate', sa.Boolean(), nullable=False),
    sa.Column('geo_cog', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint("level IN ('commune', 'epci', 'departement', 'region')", name=op.f('ck_territory_level')),
    sa.PrimaryKeyConstraint('level', 'code', name=op.f('pk_territory'))
    )
    op.create_geospatial_index('ix_territory_geom', 'territory', ['geom'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_geospatial_index('ix_territory_geom_mercator', 'territory', ['geom_mercator'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_territory_search_name', 'territory', ['search_name'], unique=False, postgresql_using='gin', postgresql_ops={'search_name': 'gin_trgm_ops'})
    op.create_table('access_token',
    sa.Column('token_sha256', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.account_id'], name=op.f('fk_access_token_account_id_account')),
    sa.PrimaryKeyConstraint('token_sha256', name=op.f('pk_access_token'))
    )
    op.create_table('account_role',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('territory_id', sa.String(), server_default='', nullable=False),
    sa.CheckConstraint("(role = 'agent') = (territory_id <> '')", name=op.f('ck_account_role_territory')),
    sa.CheckConstraint("role IN ('moderator', 'operator', 'agent')", name=op.f('ck_account_role_role')),
    sa.ForeignKeyConstraint(['account_id'], ['account.account_id'], name=op.f('fk_account_role_account_id_account')),
    sa.PrimaryKeyConstraint('account_id', 'role', 'territory_id', name=op.f('pk_account_role'))
    )
    op.create_table('commune_change',
    sa.Column('old_code', sa.String(), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('old_name', sa.String(), server_default=sa.text("''"), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['commune.code'], name=op.f('fk_commune_change_code_commune')),
    sa.PrimaryKeyConstraint('old_code', 'on_date', name=op.f('pk_commune_change'))
    )
    op.create_table('commune_postal_code',
    sa.Column('postal_code', sa.String(), nullable=False),
    sa.Column('commune_code', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['commune_code'], ['commune.code'], name=op.f('fk_commune_postal_code_commune_code_commune')),
    sa.PrimaryKeyConstraint('postal_code', 'commune_code', name=op.f('pk_commune_postal_code'))
    )
    op.create_index('ix_commune_postal_code_commune_code', 'commune_postal_code', ['commune_code'], unique=False)
    op.create_table('contribution',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('contribution_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f('ck_contribution_answered')),
    sa.CheckConstraint("kind IN ('error', 'removal')", name=op.f('ck_contribution_kind')),
    sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f('ck_contribution_state')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_contribution_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'contribution_id', name=op.f('pk_contribution'))
    )
    op.create_index('ix_contribution_open', 'contribution', ['created_at'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_table('hours_exception',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('exception_id', sa.Uuid(), nullable=False),
    sa.Column('days', postgresql.DATERANGE(), nullable=False),
    sa.Column('hours_osm', sa.String(), nullable=False),
    sa.CheckConstraint('NOT isempty(days)', name=op.f('ck_hours_exception_days')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_hours_exception_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'exception_id', name=op.f('pk_hours_exception'))
    )
    op.create_table('membership',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.CheckConstraint("role IN ('host', 'staff')", name=op.f('ck_membership_role')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_membership_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'account_id', name=op.f('pk_membership'))
    )
    op.create_table('place_day',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('open', postgresql.TSTZMULTIRANGE(), nullable=False),
    sa.Column('frozen', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('known', 'unknown')", name=op.f('ck_place_day_state')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_place_day_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'day', name=op.f('pk_place_day'))
    )
    op.create_index('ix_place_day_day', 'place_day', ['day'], unique=False)
    op.create_table('place_field',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('licence', sa.String(), nullable=False),
    sa.Column('dated', sa.Date(), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_place_field_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'field', 'source', name=op.f('pk_place_field'))
    )
    _raw(SchemaManager.get_schema())


def downgrade() -> None:
    for kind, name in _raw(PROCRASTINATE_OBJECTS):
        op.execute(f"DROP {kind} IF EXISTS {name} CASCADE")
    op.drop_table('place_field')
    op.drop_index('ix_place_day_day', table_name='place_day')
    op.drop_table('place_day')
    op.drop_table('membership')
    op.drop_table('hours_exception')
    op.drop_index('ix_contribution_open', table_name='contribution', postgresql_where=sa.text("state = 'open'"))
    op.drop_table('contribution')
    op.drop_index('ix_commune_postal_code_commune_code', table_name='commune_postal_code')
    op.drop_table('commune_postal_code')
    op.drop_table('commune_change')
    op.drop_table('account_role')
    op.drop_table('access_token')
    op.drop_index('ix_territory_search_name', table_name='territory', postgresql_using='gin', postgresql_ops={'search_name': 'gin_trgm_ops'})
    op.drop_geospatial_index('ix_territory_geom_mercator', table_name='territory', postgresql_using='gist', column_name='geom_mercator')
    op.drop_geospatial_index('ix_territory_geom', table_name='territory', postgresql_using='gist', column_name='geom')
    op.drop_geospatial_table('territory')
    op.drop_index('ix_source_record_place_id', table_name='source_record')
    op.drop_table('source_record')
    op.drop_index('ix_rate_limit_window_start', table_name='rate_limit')
    op.drop_table('rate_limit')
    op.drop_table('place_grid')
    op.drop_index('ix_place_search_text', table_name='place', postgresql_using='gin', postgresql_ops={'search_text': 'gin_trgm_ops'})
    op.drop_index('ix_place_position', table_name='place', postgresql_using='gist', postgresql_where=sa.text("state = 'published'"))
    op.drop_index('ix_place_name_prefix', table_name='place', postgresql_ops={'search_name': 'text_pattern_ops'}, postgresql_where=sa.text("state = 'published'"))
    op.drop_geospatial_index('ix_place_point', table_name='place', postgresql_using='gist', postgresql_where=sa.text("state = 'published'"), column_name='point')
    op.drop_index('ix_place_name_order', table_name='place', postgresql_where=sa.text("state = 'published'"))
    op.drop_index('ix_place_merged_into', table_name='place', postgresql_where=sa.text('merged_into IS NOT NULL'))
    op.drop_index('ix_place_commune_code', table_name='place')
    op.drop_geospatial_table('place')
    op.drop_table('mail')
    op.drop_table('import_run')
    op.drop_index('ix_idempotent_request_created_at', table_name='idempotent_request')
    op.drop_table('idempotent_request')
    op.drop_index('uq_duplicate_pair_places', table_name='duplicate_pair')
    op.drop_index('ix_duplicate_pair_review', table_name='duplicate_pair', postgresql_where=sa.text("state IN ('to_review', 'unsure')"))
    op.drop_index('ix_duplicate_pair_place_b', table_name='duplicate_pair')
    op.drop_table('duplicate_pair')
    op.drop_table('dev_clock')
    op.drop_table('data_version')
    op.drop_index('ix_commune_search_name_pattern', table_name='commune', postgresql_ops={'search_name': 'text_pattern_ops'})
    op.drop_index('ix_commune_search_name', table_name='commune', postgresql_using='gin', postgresql_ops={'search_name': 'gin_trgm_ops'})
    op.drop_index('ix_commune_region_code', table_name='commune')
    op.drop_geospatial_index('ix_commune_position', table_name='commune', postgresql_using='gist', column_name='position')
    op.drop_index('ix_commune_epci_code', table_name='commune')
    op.drop_index('ix_commune_departement_code', table_name='commune')
    op.drop_geospatial_table('commune')
    op.drop_table('account')
    op.execute("DROP SEQUENCE place_id_seq")


PROCRASTINATE_OBJECTS = """
SELECT 'TABLE', oid::regclass::text FROM pg_class WHERE relname LIKE 'procrastinate%' AND relkind = 'r'
UNION ALL SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'
UNION ALL SELECT 'TYPE', oid::regtype::text FROM pg_type WHERE typname LIKE 'procrastinate%' AND typtype = 'e'
UNION ALL SELECT 'TYPE', oid::regclass::text FROM pg_class WHERE relname LIKE 'procrastinate%' AND relkind = 'c'
"""


def _raw(sql: str) -> list[tuple[str, str]]:
    """Run SQL that SQLAlchemy must not read for parameters, on the migration's own connection."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    cursor = connection.execute(sql)
    return cursor.fetchall() if cursor.description else []
