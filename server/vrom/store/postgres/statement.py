"""The statement that finds the candidates of several cartridges, by words and by vector, with their features."""

GATHER = """
WITH asked AS MATERIALIZED (
    SELECT cartridge, words::sparsevec, pairs::sparsevec, vector::halfvec, is_euclidean, by_words
    FROM unnest(%(cartridges)s::int[], %(words)s::text[], %(pairs)s::text[], %(vectors)s::text[], %(euclidean)s::bool[],
        %(by_words)s::bool[]) AS given (cartridge, words, pairs, vector, is_euclidean, by_words)
)
SELECT a.cartridge, found.* FROM asked a CROSS JOIN LATERAL (
    WITH near AS MATERIALIZED (
        SELECT v.chunk, v.section, CASE WHEN a.is_euclidean THEN 1 - (v.vector <-> a.vector) ^ 2 / 2
            ELSE -(v.vector <#> a.vector) END AS similarity
        FROM vrom.vectors v
        WHERE v.cartridge = a.cartridge AND v.space = ANY (%(spaces)s::int[]) AND a.vector IS NOT NULL
    ), section_near AS (
        SELECT section, max(similarity) AS similarity FROM near GROUP BY section
    ), section_words AS (
        SELECT s.section, sum(-(s.words <#> a.words)) AS score
        FROM vrom.sections s
        WHERE s.cartridge = a.cartridge AND s.space = ANY (%(spaces)s::int[]) GROUP BY s.section
    ), worded AS MATERIALIZED (
        SELECT w.chunk, w.section, w.document, -(w.words <#> a.words) AS own, coalesce(s.score, 0) AS section_score
        FROM vrom.words w LEFT JOIN section_words s ON s.section = w.section
        WHERE w.cartridge = a.cartridge AND w.space = ANY (%(spaces)s::int[])
    ), chosen AS (
        SELECT chunk, max(words) AS words, max(similarity) AS similarity FROM (
            (SELECT chunk, own + section_score AS words, NULL::float8 AS similarity
            FROM worded WHERE own + section_score > 0 AND a.by_words ORDER BY 2 DESC, 1 LIMIT %(count)s)
            UNION ALL
            (SELECT chunk, NULL, similarity FROM near ORDER BY similarity DESC, 1 LIMIT %(count)s)
        ) proposed GROUP BY chunk
    ), candidates AS MATERIALIZED (
        SELECT c.chunk, c.words, c.similarity AS proposed, l.section, l.document, l.own, l.section_score, n.similarity
        FROM chosen c JOIN worded l ON l.chunk = c.chunk LEFT JOIN near n ON n.chunk = c.chunk
    ), pages AS MATERIALIZED (
        SELECT p.document, (
            SELECT -(d.centre <#> a.vector) FROM vrom.documents d
            WHERE d.cartridge = a.cartridge AND d.document = p.document AND d.space = ANY (%(spaces)s::int[])
        ) AS similarity, (
            SELECT sum(-(d.pairs <#> a.pairs)) FROM vrom.document_pairs d
            WHERE d.cartridge = a.cartridge AND d.document = p.document AND d.space = ANY (%(spaces)s::int[])
        ) AS pairs
        FROM (SELECT DISTINCT document FROM candidates) p
    )
    SELECT c.chunk, c.words, c.proposed, c.own, c.section_score, (
            SELECT -(w.pairs <#> a.pairs) FROM vrom.words w
            WHERE w.cartridge = a.cartridge AND w.chunk = c.chunk AND w.space = ANY (%(spaces)s::int[])
        ), coalesce(p.pairs, 0), c.similarity, s.similarity, p.similarity
    FROM candidates c JOIN pages p ON p.document = c.document LEFT JOIN section_near s ON s.section = c.section
    ORDER BY c.chunk
) found
ORDER BY 1, 2
"""
"""Rows: cartridge, chunk; score and similarity by which it was proposed; then the features, by words and by vector.

Each cartridge is asked by itself, so that a plan is for the rows of one. Parameters: one element a cartridge in each
array, the number of candidates by each way, and the spaces that the caller sees.
"""
