"""Directory and booking of third places, over PostGIS."""
