"""Opening hours: pure rules. Text in, intervals and days out; no table, no framework, no clock."""
