"""Loading of communes, EPCI, départements and régions from a folder of open data files."""

from tierslieux.territories.importing.load import Outcome, import_territories, load_territories

__all__ = ["Outcome", "import_territories", "load_territories"]
