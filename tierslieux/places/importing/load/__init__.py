"""Bringing records into PostGIS: batches by COPY, one transaction each, idempotent, with the provenance of every field."""
