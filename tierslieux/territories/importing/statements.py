"""The SQL of the loading, in the order in which it runs. All of it works on temporary tables, then writes once."""

from __future__ import annotations

STAGING = """
CREATE TEMP TABLE loading_commune (code text PRIMARY KEY, name text, search_name text, epci_code text,
  departement_code text, region_code text, population integer, lon float8, lat float8, time_zone text) ON COMMIT DROP;
CREATE TEMP TABLE loading_postal_code (postal_code text, commune_code text) ON COMMIT DROP;
CREATE TEMP TABLE loading_change (old_code text, old_name text, code text, on_date date) ON COMMIT DROP;
CREATE TEMP TABLE loading_territory (level text, code text, name text, search_name text, population integer,
  whole boolean, PRIMARY KEY (level, code)) ON COMMIT DROP;
CREATE TEMP TABLE loading_shape (level text, code text, fineness smallint, geojson text) ON COMMIT DROP;
CREATE TEMP TABLE loading_outline (level text, code text, geom geometry(MultiPolygon, 4326), approximate boolean,
  PRIMARY KEY (level, code)) ON COMMIT DROP;
"""

COPIES = {
    "loading_commune": "COPY loading_commune FROM STDIN",
    "loading_postal_code": "COPY loading_postal_code FROM STDIN",
    "loading_change": "COPY loading_change FROM STDIN",
    "loading_territory": "COPY loading_territory FROM STDIN",
    "loading_shape": "COPY loading_shape FROM STDIN",
}

ANALYZE_FILES = "ANALYZE loading_commune, loading_territory, loading_shape"
ANALYZE_OUTLINES = "ANALYZE loading_outline"
"""Without statistics the planner takes the temporary tables for small ones, and half a minute instead of a blink."""

OUTLINES_OF_FILES = """
INSERT INTO loading_outline
SELECT level, code, ST_Multi(ST_CollectionExtract(CASE WHEN ST_IsValid(geom) THEN geom ELSE ST_MakeValid(geom) END, 3)),
  false
FROM (SELECT DISTINCT ON (level, code) level, code, ST_Force2D(ST_GeomFromGeoJSON(geojson)) AS geom
  FROM loading_shape JOIN loading_territory USING (level, code) ORDER BY level, code, fineness DESC) AS finest
"""
"""One outline a territory, the finest; faults such as crossing lines are mended. Codes of no commune are left aside."""

CELLS = """
INSERT INTO loading_outline
WITH lacking AS (
  SELECT DISTINCT departement_code FROM loading_commune c
  WHERE NOT EXISTS (SELECT FROM loading_outline o WHERE o.level = 'commune' AND o.code = c.code)
), points AS (
  SELECT c.code, c.departement_code, ST_Transform(ST_Point(lon, lat, 4326), 3857) AS point, cosd(lat) AS scale
  FROM loading_commune c JOIN lacking USING (departement_code)
), areas AS (
  SELECT departement_code, ST_Transform(o.geom, 3857) AS outline, all_points,
    1.5 * sqrt(ST_Area(ST_ConvexHull(all_points)) / n) AS reach
  FROM (SELECT departement_code, ST_Collect(point) AS all_points, count(*) AS n FROM points GROUP BY 1) AS grouped
  LEFT JOIN loading_outline o ON o.level = 'departement' AND o.code = departement_code
), cells AS (
  SELECT departement_code,
    (ST_Dump(ST_VoronoiPolygons(all_points, 0, ST_Expand(COALESCE(outline, all_points), 50000)))).geom AS cell
  FROM areas
), drawn AS (
  SELECT p.code, COALESCE(cell, circle) AS cell, circle, outline
  FROM points p JOIN areas a USING (departement_code)
  CROSS JOIN LATERAL (SELECT ST_Buffer(point, GREATEST(reach, 5000 / scale)) AS circle) AS around
  LEFT JOIN LATERAL (SELECT cell FROM cells c WHERE c.departement_code = p.departement_code
    AND ST_Intersects(c.cell, p.point) ORDER BY ST_Distance(ST_Centroid(c.cell), p.point) LIMIT 1) AS own ON true
), clipped AS (
  SELECT code, CASE WHEN outline IS NOT NULL AND ST_Area(ST_Intersection(cell, outline)) > 0
    THEN ST_Intersection(cell, outline) ELSE ST_Intersection(cell, circle) END AS geom FROM drawn
)
SELECT 'commune', code, ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Transform(geom, 4326)), 3)), true FROM clipped
WHERE NOT EXISTS (SELECT FROM loading_outline o WHERE o.level = 'commune' AND o.code = clipped.code)
"""
"""A cell for each commune without an outline: what lies nearer to its point than to those of its département's others,
within the département's outline, or else within 1.5 times the usual distance between neighbours (at least 5 km).

Mercator keeps angles, so that over one département nearest on the map is nearest on the ground. Two communes whose
files give the same point get the same cell.
"""

DISSOLVE = """
INSERT INTO loading_outline
SELECT t.level, t.code, ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Union(o.geom)), 3)),
  bool_or(o.approximate) OR NOT bool_and(t.whole)
FROM loading_territory t
JOIN loading_commune c ON t.code = CASE t.level WHEN 'epci' THEN c.epci_code WHEN 'departement' THEN c.departement_code
  ELSE c.region_code END
JOIN loading_outline o ON o.level = 'commune' AND o.code = c.code
WHERE t.level <> 'commune'
  AND NOT EXISTS (SELECT FROM loading_outline known WHERE known.level = t.level AND known.code = t.code)
GROUP BY t.level, t.code
"""
"""Outlines of the larger territories that no file draws, put together from their communes."""

WRITE_TERRITORIES = """
WITH wanted AS (
  SELECT level, code, n.name, n.search_name, COALESCE(n.population, t.population) AS population,
    CASE WHEN t.geom IS NOT NULL AND NOT t.approximate AND o.approximate IS NOT false THEN t.geom ELSE o.geom END
      AS geom,
    COALESCE(o.approximate AND t.approximate IS NOT false, true) AS approximate, %(geo_cog)s::smallint AS geo_cog
  FROM loading_territory n LEFT JOIN loading_outline o USING (level, code) LEFT JOIN territory t USING (level, code)
), written AS (
  INSERT INTO territory AS t (level, code, name, search_name, population, geom, approximate, geo_cog)
  SELECT * FROM wanted
  ON CONFLICT (level, code) DO UPDATE SET name = excluded.name, search_name = excluded.search_name,
    population = excluded.population, geom = excluded.geom, approximate = excluded.approximate,
    geo_cog = excluded.geo_cog
  WHERE (t.name, t.search_name, t.population, t.geom, t.approximate, t.geo_cog) IS DISTINCT FROM
    (excluded.name, excluded.search_name, excluded.population, excluded.geom, excluded.approximate, excluded.geo_cog)
  RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""
"""What was worked out never replaces what a file drew; a population that is not known replaces none."""

WRITE_COMMUNES = """
WITH written AS (
  INSERT INTO commune AS t
    (code, name, search_name, epci_code, departement_code, region_code, population, position, time_zone)
  SELECT code, name, search_name, epci_code, departement_code, region_code, population,
    ST_Point(lon, lat, 4326)::geography, time_zone FROM loading_commune
  ON CONFLICT (code) DO UPDATE SET name = excluded.name, search_name = excluded.search_name,
    epci_code = excluded.epci_code, departement_code = excluded.departement_code, region_code = excluded.region_code,
    population = excluded.population, position = excluded.position, time_zone = excluded.time_zone
  WHERE (t.name, t.search_name, t.epci_code, t.departement_code, t.region_code, t.population, t.position, t.time_zone)
    IS DISTINCT FROM (excluded.name, excluded.search_name, excluded.epci_code, excluded.departement_code,
    excluded.region_code, excluded.population, excluded.position, excluded.time_zone)
  RETURNING 1
)
SELECT count(*) FROM written
"""

WRITE_POSTAL_CODES = """
WITH gone AS (
  DELETE FROM commune_postal_code p USING loading_commune c WHERE p.commune_code = c.code
    AND NOT EXISTS (SELECT FROM loading_postal_code l
      WHERE l.postal_code = p.postal_code AND l.commune_code = p.commune_code)
  RETURNING 1
), come AS (
  INSERT INTO commune_postal_code (postal_code, commune_code) SELECT postal_code, commune_code FROM loading_postal_code
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM come)
"""

WRITE_CHANGES = """
WITH written AS (
  INSERT INTO commune_change AS t (old_code, on_date, old_name, code)
  SELECT DISTINCT ON (old_code, on_date) old_code, on_date, old_name, code FROM loading_change l
  WHERE EXISTS (SELECT FROM commune c WHERE c.code = l.code)
    AND NOT EXISTS (SELECT FROM commune_change k
      WHERE k.old_code = l.old_code AND k.code = l.code AND k.on_date < l.on_date)
  ON CONFLICT (old_code, on_date) DO UPDATE SET old_name = excluded.old_name, code = excluded.code
  WHERE (t.old_name, t.code) IS DISTINCT FROM (excluded.old_name, excluded.code)
  RETURNING 1
)
SELECT count(*) FROM written
"""
"""A change that is known with an earlier date stays; one whose commune is not loaded waits for it."""

# each statement of the retirement is one of its own: a foreign key sees what the one before it did
RETIRE = (
    """
CREATE TEMP TABLE loading_retired ON COMMIT DROP AS
SELECT DISTINCT ON (l.old_code) l.old_code, l.code FROM loading_change l JOIN commune old ON old.code = l.old_code
JOIN commune new ON new.code = l.code WHERE NOT EXISTS (SELECT FROM loading_commune c WHERE c.code = l.old_code)
ORDER BY l.old_code, l.on_date DESC""",
    "UPDATE commune_change t SET code = r.code FROM loading_retired r WHERE t.code = r.old_code",
    "DELETE FROM commune_postal_code p USING loading_retired r WHERE p.commune_code = r.old_code",
    "DELETE FROM commune c USING loading_retired r WHERE c.code = r.old_code",
    "DELETE FROM territory t USING loading_retired r WHERE t.level = 'commune' AND t.code = r.old_code",
    "DELETE FROM territory t WHERE level = 'epci' AND NOT EXISTS (SELECT FROM commune c WHERE c.epci_code = t.code)",
)
"""Communes that the files give as old codes, and EPCI that no commune belongs to any more, are no longer in force."""

LOADED = (
    "SELECT count(*), count(*) FILTER (WHERE approximate) FROM territory JOIN loading_territory USING (level, code)"
)

REMEMBER = """
INSERT INTO data_version (subject, version) VALUES ('territories', %(fingerprint)s)
ON CONFLICT (subject) DO UPDATE SET version = excluded.version
"""
LOADED_FINGERPRINT = "SELECT version FROM data_version WHERE subject = 'territories'"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('tierslieux import territories'))"
REFRESH_STATISTICS = "ANALYZE territory, commune, commune_postal_code, commune_change"
