"""Create resources, seats and bookings.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('booking_event',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('was', sa.String(), nullable=True),
    sa.Column('becomes', sa.String(), nullable=False),
    sa.Column('why', sa.String(), nullable=True),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.PrimaryKeyConstraint('place_id', 'booking_id', 'seq', name=op.f('pk_booking_event'))
    )
    op.create_table('guest_at_place',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('guest_id', sa.Uuid(), nullable=False),
    sa.Column('first_visit', sa.Date(), nullable=True),
    sa.PrimaryKeyConstraint('place_id', 'guest_id', name=op.f('pk_guest_at_place'))
    )
    op.create_table('stat_dirty',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('mark', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('place_id', 'mark', name=op.f('pk_stat_dirty'))
    )
    op.create_table('booking_series',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('series_id', sa.Uuid(), nullable=False),
    sa.Column('guest_id', sa.Uuid(), nullable=True),
    sa.Column('rrule', sa.String(), nullable=False),
    sa.Column('wall_start', sa.String(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_booking_series_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'series_id', name=op.f('pk_booking_series'))
    )
    op.create_table('favourite',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_favourite_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'account_id', name=op.f('pk_favourite'))
    )
    op.create_index('ix_favourite_account_id', 'favourite', ['account_id'], unique=False)
    op.create_table('resource',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('head_count', sa.SmallInteger(), nullable=False),
    sa.Column('modes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('prices', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('turnaround_minutes', sa.SmallInteger(), nullable=False),
    sa.Column('policy', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('hours_osm', sa.String(), nullable=True),
    sa.Column('how_to_get_in', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("cardinality(modes) > 0 AND modes <@ '{hour,half_day,day}'::text[]", name=op.f('ck_resource_modes')),
    sa.CheckConstraint("kind IN ('desk', 'meeting_room', 'phone_booth', 'workshop')", name=op.f('ck_resource_kind')),
    sa.CheckConstraint('head_count > 0', name=op.f('ck_resource_head_count')),
    sa.CheckConstraint('turnaround_minutes BETWEEN 0 AND 1440', name=op.f('ck_resource_turnaround_minutes')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_resource_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'resource_id', name=op.f('pk_resource'))
    )
    op.create_table('visit',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('count', sa.SmallInteger(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('count > 0', name=op.f('ck_visit_count')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_visit_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'visit_id', name=op.f('pk_visit'))
    )
    op.create_index('ix_visit_day', 'visit', ['place_id', 'local_date'], unique=False)
    op.create_table('booking',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('guest_id', sa.Uuid(), nullable=True),
    sa.Column('guest_label', sa.String(), nullable=True),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('seats', sa.SmallInteger(), nullable=False),
    sa.Column('seat_rows', sa.SmallInteger(), nullable=False),
    sa.Column('seats_chosen', sa.Boolean(), nullable=False),
    sa.Column('turnaround_minutes', sa.SmallInteger(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('renewed', sa.Boolean(), nullable=False),
    sa.Column('price_cents', sa.Integer(), nullable=True),
    sa.Column('counted', sa.Boolean(), nullable=False),
    sa.Column('series_id', sa.Uuid(), nullable=True),
    sa.Column('moved_from', sa.String(), nullable=True),
    sa.Column('closure_id', sa.Uuid(), nullable=True),
    sa.Column('home_commune', sa.String(), nullable=True),
    sa.Column('work_commune', sa.String(), nullable=True),
    sa.Column('travel_mode', sa.String(), nullable=True),
    sa.Column('instead', sa.String(), nullable=True),
    sa.Column('checked_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_out_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status IN ('held', 'pending')) = (expires_at IS NOT NULL)", name=op.f('ck_booking_expires_at')),
    sa.CheckConstraint("lower_inc(during) AND NOT upper_inc(during) AND NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during) AND isfinite(lower(during)) AND isfinite(upper(during)) AND upper(during) - lower(during) <= interval '8 days'", name=op.f('ck_booking_during')),
    sa.CheckConstraint("mode IN ('hour', 'half_day', 'day')", name=op.f('ck_booking_mode')),
    sa.CheckConstraint("status IN ('held', 'pending', 'confirmed', 'checked_in', 'completed', 'cancelled_by_guest', 'cancelled_by_host', 'declined', 'expired', 'no_show')", name=op.f('ck_booking_status')),
    sa.CheckConstraint('seats > 0 AND seat_rows > 0', name=op.f('ck_booking_seats')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id'], ['resource.place_id', 'resource.resource_id'], name=op.f('fk_booking_place_id_resource_id_resource')),
    sa.PrimaryKeyConstraint('place_id', 'booking_id', name=op.f('pk_booking'))
    )
    op.create_index('ix_booking_day', 'booking', ['place_id', 'local_date'], unique=False)
    op.create_index('ix_booking_guest', 'booking', ['guest_id', 'local_date'], unique=False, postgresql_where=sa.text('guest_id IS NOT NULL'))
    op.create_index('ix_booking_series', 'booking', ['place_id', 'series_id'], unique=False, postgresql_where=sa.text('series_id IS NOT NULL'))
    op.create_index('ix_booking_under_way', 'booking', [sa.literal_column('upper(during)')], unique=False, postgresql_where=sa.text("status IN ('held', 'pending', 'confirmed', 'checked_in')"))
    op.create_table('closure',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('closure_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('seat_id', sa.Integer(), nullable=True),
    sa.Column('guest_id', sa.Uuid(), nullable=True),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.Column('undo_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("kind <> 'resident' OR seat_id IS NOT NULL", name=op.f('ck_closure_resident')),
    sa.CheckConstraint("kind IN ('closure', 'block', 'external_busy', 'resident')", name=op.f('ck_closure_kind')),
    sa.CheckConstraint('NOT isempty(during)', name=op.f('ck_closure_during')),
    sa.CheckConstraint('seat_id IS NULL OR resource_id IS NOT NULL', name=op.f('ck_closure_seat')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id'], ['resource.place_id', 'resource.resource_id'], name=op.f('fk_closure_place_id_resource_id_resource')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_closure_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'closure_id', name=op.f('pk_closure'))
    )
    op.create_index('ix_closure_during', 'closure', ['place_id', 'during'], unique=False, postgresql_using='gist', postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.create_table('resource_day',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('open', postgresql.TSTZMULTIRANGE(), nullable=False),
    sa.Column('frozen', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('known', 'unknown')", name=op.f('ck_resource_day_state')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id'], ['resource.place_id', 'resource.resource_id'], name=op.f('fk_resource_day_place_id_resource_id_resource')),
    sa.PrimaryKeyConstraint('place_id', 'resource_id', 'day', name=op.f('pk_resource_day'))
    )
    op.create_table('seat',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('seat_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('in_service', postgresql.DATERANGE(), nullable=False),
    sa.Column('attributes', sa.ARRAY(sa.Text()), nullable=False),
    sa.CheckConstraint("attributes <@ '{wheelchair,height_adjustable,screen,socket}'::text[]", name=op.f('ck_seat_attributes')),
    sa.CheckConstraint('NOT lower_inf(in_service)', name=op.f('ck_seat_in_service')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id'], ['resource.place_id', 'resource.resource_id'], name=op.f('fk_seat_place_id_resource_id_resource')),
    sa.PrimaryKeyConstraint('place_id', 'seat_id', name=op.f('pk_seat')),
    sa.UniqueConstraint('place_id', 'resource_id', 'seat_id', name=op.f('uq_seat_place_id_resource_id_seat_id'))
    )
    op.create_table('waitlist_entry',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=True),
    sa.Column('guest_id', sa.Uuid(), nullable=False),
    sa.Column('wish', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('seats', sa.SmallInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('offer_booking_id', sa.Uuid(), nullable=True),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('notices', sa.SmallInteger(), nullable=False),
    sa.Column('noticed_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("lower_inc(wish) AND NOT upper_inc(wish) AND NOT isempty(wish) AND NOT lower_inf(wish) AND NOT upper_inf(wish) AND isfinite(lower(wish)) AND isfinite(upper(wish)) AND upper(wish) - lower(wish) <= interval '93 days'", name=op.f('ck_waitlist_entry_wish')),
    sa.CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'withdrawn', 'over')", name=op.f('ck_waitlist_entry_state')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id'], ['resource.place_id', 'resource.resource_id'], name=op.f('fk_waitlist_entry_place_id_resource_id_resource')),
    sa.ForeignKeyConstraint(['place_id'], ['place.place_id'], name=op.f('fk_waitlist_entry_place_id_place')),
    sa.PrimaryKeyConstraint('place_id', 'entry_id', name=op.f('pk_waitlist_entry'))
    )
    op.create_index('ix_waitlist_entry_guest_id', 'waitlist_entry', ['guest_id'], unique=False)
    op.create_index('ix_waitlist_entry_waiting', 'waitlist_entry', ['place_id', 'created_at'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('occupied_seat',
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Uuid(), nullable=False),
    sa.Column('seat_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('resource_id', sa.Integer(), nullable=False),
    sa.Column('pinned', sa.Boolean(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('busy', postgresql.TSTZRANGE(), nullable=False),
    postgresql.ExcludeConstraint((sa.column('place_id'), '='), (sa.column('seat_id'), '='), (sa.column('busy'), '&&'), using='gist', name='occupied_seat_no_overlap'),
    sa.CheckConstraint("lower_inc(busy) AND NOT upper_inc(busy) AND NOT isempty(busy) AND NOT lower_inf(busy) AND NOT upper_inf(busy) AND isfinite(lower(busy)) AND isfinite(upper(busy)) AND upper(busy) - lower(busy) <= interval '9 days'", name=op.f('ck_occupied_seat_busy')),
    sa.ForeignKeyConstraint(['place_id', 'booking_id'], ['booking.place_id', 'booking.booking_id'], name=op.f('fk_occupied_seat_place_id_booking_id_booking')),
    sa.ForeignKeyConstraint(['place_id', 'resource_id', 'seat_id'], ['seat.place_id', 'seat.resource_id', 'seat.seat_id'], name=op.f('fk_occupied_seat_place_id_resource_id_seat_id_seat')),
    sa.PrimaryKeyConstraint('place_id', 'booking_id', 'seat_id', name=op.f('pk_occupied_seat'))
    )
    op.create_index('ix_occupied_seat_expires_at', 'occupied_seat', ['expires_at'], unique=False, postgresql_where=sa.text('expires_at IS NOT NULL'))
    op.create_index('ix_occupied_seat_from', 'occupied_seat', [sa.literal_column('lower(busy)')], unique=False)


def downgrade() -> None:
    op.drop_table('occupied_seat')
    op.drop_table('waitlist_entry')
    op.drop_table('seat')
    op.drop_table('resource_day')
    op.drop_table('closure')
    op.drop_table('booking')
    op.drop_table('visit')
    op.drop_table('resource')
    op.drop_table('favourite')
    op.drop_table('booking_series')
    op.drop_table('stat_dirty')
    op.drop_table('guest_at_place')
    op.drop_table('booking_event')
