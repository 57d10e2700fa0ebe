"""The one statement that compares a draft with every programme that could resemble it. `overlaps/likeness.py` says how.

Only what shares a root of topics, or has a text alike enough to escape the second guard, can reach the line of
warnings; both are found by indexes. What lies in between is compared in cheap parts first: where even the most that an
unlike text could add would not reach the line, trigrams are not compared at all.
"""

from string import Template

_IN_TIME = """
    p.state IN ('submitted', 'approved', 'published', 'running', 'completed') AND p.merged_into IS NULL
    AND p.ends_on >= :earliest AND p.starts_on <= :latest AND p.id <> :id
"""
_DISTRICTS = """
    SELECT d.code, d.parent_code, CAST(cardinality(:areas) = 0 OR d.code = ANY(:areas) OR d.parent_code = ANY(:areas)
        AS int) AS met
    FROM regions d WHERE d.level = 'district' AND d.retired_on IS NULL
"""
_KBLI = """
    CASE WHEN n.kbli_codes = '{}' OR cardinality(:kbli_codes) = 0 OR n.kbli_version IS DISTINCT FROM :kbli_version
        THEN :kbli_any
    ELSE (SELECT max(CASE WHEN a = b THEN :kbli_equal
            WHEN least(length(a), length(b)) >= 4 AND left(a, 4) = left(b, 4) THEN :kbli_digits_4
            WHEN least(length(a), length(b)) >= 3 AND left(a, 3) = left(b, 3) THEN :kbli_digits_3
            WHEN left(a, 2) = left(b, 2) THEN :kbli_digits_2 ELSE 0 END)
        FROM unnest(n.kbli_codes) AS a CROSS JOIN unnest(:kbli_codes) AS b) END
"""
_PERIOD = """
    CASE WHEN n.starts_on <= :ends_on AND n.ends_on >= :starts_on
    THEN CAST(least(n.ends_on, :ends_on) - greatest(n.starts_on, :starts_on) + 1 AS float8)
        / (least(n.ends_on - n.starts_on, :ends_on - :starts_on) + 1)
    ELSE greatest(0, 1 - (greatest(n.starts_on, :starts_on) - least(n.ends_on, :ends_on)) / :gap_days) END
"""
_AUDIENCE = """
    CASE WHEN n.segments = '{}' AND :segments = 0 THEN 1 WHEN n.segments = '{}' OR :segments = 0 THEN :audience_any
    ELSE (SELECT CAST(least(count(DISTINCT mine), count(DISTINCT theirs)) AS float8)
            / least(:segments, cardinality(n.segments))
        FROM unnest(:mine, :theirs) AS met (mine, theirs) WHERE theirs = ANY(n.segments)) END
"""
_COLUMNS = """
    p.id, p.topics, p.level, p.starts_on, p.ends_on, p.segments, p.regency_codes, p.district_codes, p.kbli_version,
    p.kbli_codes, p.prerequisite_id, p.overlap_words
"""

STATEMENT = Template("""
WITH alike AS MATERIALIZED (
    SELECT p.id, CAST(similarity(p.overlap_words, :words) AS float8) AS text FROM programs p
    WHERE p.overlap_words % :words AND $in_time
), near AS MATERIALIZED (
    SELECT $columns, alike.text FROM programs p LEFT JOIN alike ON alike.id = p.id
    WHERE p.topics && :taught AND $in_time
    UNION ALL
    SELECT $columns, alike.text FROM alike JOIN programs p ON p.id = alike.id WHERE NOT p.topics && :taught
), known AS (
    SELECT * FROM unnest(:codes, :levels, :places, :nearness) AS k (code, level, is_main, nearness)
), taught AS MATERIALIZED (
    SELECT n.id, n.level, t.code, t.place = 1 AS is_main
    FROM near n CROSS JOIN unnest(n.topics) WITH ORDINALITY AS t (code, place)
), by_topic AS (
    SELECT t.id, max(k.nearness) AS topic
    FROM taught t JOIN known k ON k.code = t.code AND k.level = t.level AND k.is_main = t.is_main
    GROUP BY t.id
), districts AS ($districts), areas AS (
    SELECT code, 1 AS size, met FROM districts
    UNION ALL SELECT parent_code, count(*), sum(met) FROM districts GROUP BY parent_code
), served AS (
    SELECT n.id, CAST(sum(a.met) AS float8) / nullif(least(sum(a.size), (SELECT sum(met) FROM districts)), 0) AS region
    FROM near n CROSS JOIN LATERAL (
        SELECT unnest(n.district_codes) AS code
        UNION ALL SELECT r FROM unnest(n.regency_codes) AS r
            WHERE NOT EXISTS (SELECT FROM unnest(n.district_codes) AS d WHERE starts_with(d, r || '.'))
    ) AS c JOIN areas a ON a.code = c.code
    WHERE cardinality(:areas) > 0 GROUP BY n.id
), parts AS (
    SELECT n.id, n.overlap_words, n.text AS alike, n.id = :prerequisite_id OR n.prerequisite_id = :id AS is_ladder,
        coalesce(t.topic, 0) AS topic, $kbli AS kbli,
        CASE WHEN cardinality(:areas) = 0 OR n.regency_codes = '{}' AND n.district_codes = '{}' THEN 1
            ELSE coalesce(s.region, 0) END AS region,
        $period AS period, $audience AS audience
    FROM near n LEFT JOIN by_topic t ON t.id = n.id LEFT JOIN served s ON s.id = n.id
), summed AS MATERIALIZED (
    SELECT parts.*, :kbli_weight * kbli + :region_weight * region + :period_weight * period
        + :audience_weight * audience AS rest
    FROM parts
), read AS MATERIALIZED (
    SELECT summed.*, coalesce(alike, similarity(overlap_words, :words)) AS text FROM summed
    WHERE alike IS NOT NULL OR :topic_weight * topic + rest + :text_weight * :other_text >= :warn - 0.01
), lifted AS (
    SELECT r.*, r.text >= :alike_text AND r.topic < :alike_topic AS is_lifted,
        CASE WHEN r.text >= :alike_text THEN greatest(r.topic, :alike_topic) ELSE r.topic END AS counted
    FROM read r
), raw AS (
    SELECT l.*, :topic_weight * counted + rest + :text_weight * text AS raw,
        ARRAY_REMOVE(ARRAY[CASE WHEN region = 0 THEN 'other_region' END, CASE WHEN period = 0 THEN 'other_period' END,
            CASE WHEN audience = 0 THEN 'other_audience' END, CASE WHEN is_ladder THEN 'ladder' END,
            CASE WHEN counted < :apart_topic THEN 'other_topic' END], NULL) AS apart
    FROM lifted l
), scored AS MATERIALIZED (
    SELECT raw.*, CASE WHEN topic = 0 AND counted = 0 AND text < :other_text THEN least(raw, :other_cap)
        WHEN apart <> '{}' THEN least(raw, :apart_cap) ELSE raw END AS score
    FROM raw
), shown AS (
    SELECT id, $percents, CASE WHEN is_lifted THEN ARRAY['same_text'] ELSE '{}' END
        || CASE WHEN score = raw THEN '{}' WHEN counted = 0 AND text < :other_text THEN ARRAY['nothing_in_common']
            ELSE apart END AS guards
    FROM scored
)
SELECT shown.*, CASE WHEN shown.score >= round(CAST(100 * :block AS numeric)) THEN 'block' ELSE 'warn' END AS verdict,
    p.title, p.state, p.level, p.topics, p.segments, p.regency_codes, p.starts_on, p.ends_on, p.organization_id,
    o.name AS organization_name
FROM shown JOIN programs p ON p.id = shown.id JOIN organizations o ON o.id = p.organization_id
WHERE shown.score >= round(CAST(100 * :warn AS numeric))
ORDER BY shown.score DESC, shown.raw_score DESC, shown.id LIMIT :most
""").substitute(
    in_time=_IN_TIME,
    districts=_DISTRICTS,
    kbli=_KBLI,
    period=_PERIOD,
    audience=_AUDIENCE,
    columns=_COLUMNS,
    percents=", ".join(
        f"CAST(round(CAST(100 * {name} AS numeric), 0) AS int) AS {shown}"
        for name, shown in (
            *((name, name) for name in ("score", "kbli", "region", "period", "audience", "text")),
            ("raw", "raw_score"),
            ("counted", "topic"),
        )
    ),
)
