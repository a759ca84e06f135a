"""What a database really holds of our schema, as comparable lines."""

from __future__ import annotations

from typing import LiteralString

import psycopg

_OURS = """
  SELECT c.oid, c.relname, c.relpersistence FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname NOT LIKE 'procrastinate%' AND c.relname NOT IN ('alembic_version', 'spatial_ref_sys')
"""
_QUERIES: dict[str, LiteralString] = {
    "table": "SELECT concat(t.relname, ' persistence ', t.relpersistence) FROM t",
    "column": """
      SELECT concat(t.relname, '.', a.attname, ' ', format_type(a.atttypid, a.atttypmod), ' notnull=', a.attnotnull,
        ' identity=', a.attidentity, ' generated=', a.attgenerated, ' default=', pg_get_expr(d.adbin, d.adrelid))
      FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum""",
    "constraint": """
      SELECT concat(t.relname, '.', k.conname, ' ', pg_get_constraintdef(k.oid), ' deferrable=', k.condeferrable)
      FROM t JOIN pg_constraint k ON k.conrelid = t.oid""",
    "index": "SELECT pg_get_indexdef(i.indexrelid) FROM t JOIN pg_index i ON i.indrelid = t.oid",
    "sequence": """
      SELECT concat(s.relname, ' ', q.seqtypid::regtype) FROM pg_class s JOIN pg_sequence q ON q.seqrelid = s.oid
      WHERE s.relnamespace = 'public'::regnamespace AND s.relname NOT LIKE 'procrastinate%'""",
    "trigger": """
      SELECT concat(t.relname, '.', g.tgname) FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal""",
    "function": """
      SELECT concat(p.proname, ' ', md5(p.prosrc)) FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace AND p.proname NOT LIKE 'procrastinate%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
}


def catalog_of(connection: psycopg.Connection) -> set[str]:
    """Every table, column, constraint, index, sequence, trigger and function of ours, a line each."""
    lines: set[str] = set()
    for kind, query in _QUERIES.items():
        rows = connection.execute(f"WITH t AS ({_OURS}) {query}").fetchall()
        lines |= {f"{kind} {row[0]}" for row in rows}
    return lines


def keyed_columns(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """``(table, constraint or unique index, first column)`` of every key; exclusion constraints among them.

    An expression in the first place is written as ``?``.
    """
    keys = """
      SELECT t.relname, i.indexrelid::regclass::text,
        coalesce((SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = i.indkey[0]), '?')
      FROM t JOIN pg_index i ON i.indrelid = t.oid WHERE i.indisunique OR i.indisexclusion
      UNION ALL
      SELECT t.relname, k.conname, (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = k.conkey[1])
      FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f'"""
    return connection.execute(f"WITH t AS ({_OURS}) {keys}").fetchall()
