"""The statement that reads what several cartridges have to say to a query, by words and by vector."""

GATHER = """
WITH asked AS MATERIALIZED (
    SELECT number, cartridge, first, is_euclidean = 1 AS is_euclidean,
        CASE WHEN first > 0 THEN (%(vectors)s::float4[])[first:last]::halfvec END AS vector
    FROM unnest(%(cartridges)s::int[], %(firsts)s::int[], %(lasts)s::int[], %(euclidean)s::int[])
        WITH ORDINALITY AS given (cartridge, first, last, is_euclidean, number)
)
SELECT 0, number, (
    SELECT array_send(array_agg((
        CASE WHEN a.is_euclidean THEN 1 - (v.vector <-> a.vector) ^ 2 / 2 ELSE -(v.vector <#> a.vector) END
    )::float4 ORDER BY v.chunk))
    FROM vrom.vectors v WHERE v.cartridge = a.cartridge AND v.space = ANY (%(spaces)s::int[])
) FROM asked a WHERE first > 0
UNION ALL
SELECT 1, number, (
    SELECT array_send(array_agg((-(d.centre <#> a.vector))::float4 ORDER BY d.document))
    FROM vrom.documents d WHERE d.cartridge = a.cartridge AND d.space = ANY (%(spaces)s::int[])
) FROM asked a WHERE first > 0
UNION ALL
SELECT 2, number, substring(
    CASE part.kind WHEN 0 THEN p.terms WHEN 1 THEN p.sections ELSE p.pairs END FROM part.start FOR part.length
)
FROM unnest(%(of)s::int[], %(kinds)s::int[], %(starts)s::int[], %(lengths)s::int[])
    WITH ORDINALITY AS part (cartridge, kind, start, length, number)
JOIN vrom.postings p ON p.cartridge = part.cartridge AND p.space = ANY (%(spaces)s::int[])
ORDER BY 1, 2
"""
"""Rows: kind, number from 1, bytes. Of each cartridge that is asked by vector the similarity of every chunk (0) and of
every document's centre (1), as a binary array of float4; and the parts of its postings that were asked for (2).

Each cartridge is asked by itself, so that a plan is for the rows of one. Parameters: one element a cartridge in
`cartridges`, in `firsts` and `lasts`, the place of its query vector in `vectors`, 0 if it has none, and in `euclidean`;
one element a part in `of`, the cartridge, `kinds`, `starts`, from 1, and `lengths`; and the spaces of the caller.
"""

PIECES = """
SELECT wanted.number, p.codes
FROM unnest(%(cartridges)s::int[], %(chunks)s::int[]) WITH ORDINALITY AS wanted (cartridge, chunk, number)
JOIN vrom.pieces p ON p.cartridge = wanted.cartridge AND p.chunk = wanted.chunk
WHERE p.space = ANY (%(spaces)s::int[])
"""
"""Rows: number from 1, word pieces of that chunk."""
