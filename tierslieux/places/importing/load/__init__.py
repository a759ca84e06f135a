"""Bringing records into PostGIS: batches by COPY, a transaction each, idempotent, with each field's provenance."""
