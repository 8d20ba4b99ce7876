/** Words of the language that cannot be names unless they are quoted. */
const RESERVED = new Set(
  `select distinct from where group having order by limit offset union except intersect all any as
  on using join inner left right full outer cross semi anti asof global array and or not in like ilike
  between is null true false case when then else end with over partition window qualify interval
  exists cast recursive prewhere final sample settings format into outfile insert update delete alter
  create drop table database attach detach explain describe show set use kill grant revoke truncate
  optimize system rename apply columns replace fill totals materialized paste lateral values
  fetch top escape collate`
    .split(/\s+/)
    .filter(Boolean),
)
export const isReserved = (word: string): boolean => RESERVED.has(word.toLowerCase())

/** Types that values can be turned into. None reads a value's bytes as a state. */
export const SCALAR_TYPES = new Set(
  `String Bool UUID Date Date32 DateTime DateTime64 Decimal Float32 Float64 IPv4 IPv6
  Int8 Int16 Int32 Int64 Int128 Int256 UInt8 UInt16 UInt32 UInt64 UInt128 UInt256`.split(/\s+/),
)
export const NESTED_TYPES = new Set(['Array', 'Nullable', 'LowCardinality', 'Tuple', 'Map'])

export const INTERVAL_UNITS = new Set([
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
])

/** Words that a statement can be written with, for whoever completes them. */
export const KEYWORDS: readonly string[] = [
  'SELECT',
  'DISTINCT',
  'FROM',
  'WHERE',
  'GROUP BY',
  'HAVING',
  'ORDER BY',
  'LIMIT',
  'OFFSET',
  'WITH',
  'AS',
  'JOIN',
  'LEFT JOIN',
  'INNER JOIN',
  'ARRAY JOIN',
  'ON',
  'USING',
  'UNION ALL',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'ILIKE',
  'BETWEEN',
  'IS NULL',
  'IS NOT NULL',
  'CASE',
  'WHEN',
  'THEN',
  'ELSE',
  'END',
  'INTERVAL',
  'OVER',
  'PARTITION BY',
]
