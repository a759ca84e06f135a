"""Directory and booking of third places, over PostGIS."""

__version__ = "0.1.0"
"""The release. Read from here, not from installed metadata: a checkout runs without being installed."""
