// Functions that a statement may call. Not here, on purpose: whatever reads something other than its
// arguments (files, tables, dictionaries, settings, the server), takes the name of a function, a type or
// a state as text, waits, or can make a value a thousand times as large or as slow as its arguments.

const AGGREGATES = `count sum sumKahan avg min max any anyLast any_value first_value last_value argMin argMax
  uniq uniqExact uniqCombined uniqCombined64 uniqHLL12 uniqUpTo median quantile quantiles quantileExact
  quantilesExact quantileExactLow quantileExactHigh quantileExactInclusive quantilesExactInclusive
  quantileExactExclusive quantilesExactExclusive quantileTDigest quantilesTDigest medianExact
  stddevPop stddevSamp varPop varSamp covarPop covarSamp corr skewPop skewSamp kurtPop kurtSamp
  groupArray groupUniqArray groupArraySorted groupBitAnd groupBitOr groupBitXor topK topKWeighted
  windowFunnel retention sequenceMatch sequenceCount entropy simpleLinearRegression
  boundingRatio deltaSum deltaSumTimestamp exponentialMovingAverage sumMap minMap maxMap avgWeighted
  singleValueOrNull anyHeavy`

const WINDOW_FUNCTIONS = `row_number rank dense_rank percent_rank cume_dist ntile lagInFrame leadInFrame lag lead
  nth_value`

const SCALARS = `
  if multiIf coalesce ifNull nullIf isNull isNotNull isZeroOrNull assumeNotNull toNullable greatest least
  plus minus multiply divide intDiv intDivOrZero modulo moduloOrZero positiveModulo negate abs sign
  equals notEquals less greater lessOrEquals greaterOrEquals
  round floor ceil ceiling trunc truncate roundBankers roundToExp2 roundDuration roundAge roundDown
  sqrt cbrt exp exp2 exp10 log log2 log10 ln pow power sin cos tan asin acos atan atan2 degrees radians
  pi e hypot erf sigmoid isFinite isInfinite isNaN ifNotFinite width_bucket
  bitAnd bitOr bitXor bitNot bitShiftLeft bitShiftRight bitTest bitCount
  length lengthUTF8 char_length character_length empty notEmpty lower upper lcase ucase lowerUTF8
  upperUTF8 initcap reverse reverseUTF8 concat concatWithSeparator concat_ws substring substr mid
  substringUTF8 substringIndex left right leftUTF8 rightUTF8 trim trimLeft trimRight trimBoth ltrim rtrim
  startsWith endsWith position locate positionCaseInsensitive positionUTF8 positionCaseInsensitiveUTF8
  countSubstrings countSubstringsCaseInsensitive match extract extractAll
  replaceOne replaceAll replaceRegexpOne replaceRegexpAll splitByChar splitByString
  splitByRegexp splitByWhitespace splitByNonAlpha alphaTokens tokens ngrams multiSearchAny
  multiSearchAnyCaseInsensitive multiSearchFirstIndex hasToken hasTokenCaseInsensitive like notLike ilike
  notILike isValidUTF8 toValidUTF8 ascii base64Encode base64Decode tryBase64Decode hex unhex
  bin encodeURLComponent decodeURLComponent normalizeQuery soundex
  domain domainWithoutWWW topLevelDomain firstSignificantSubdomain cutToFirstSignificantSubdomain protocol
  path pathFull queryString fragment port extractURLParameter extractURLParameters extractURLParameterNames
  cutURLParameter cutQueryString cutFragment cutWWW URLHierarchy URLPathHierarchy
  toString toBool toInt8 toInt16 toInt32 toInt64 toInt128 toInt256 toUInt8 toUInt16 toUInt32 toUInt64
  toUInt128 toUInt256 toFloat32 toFloat64 toDecimal32 toDecimal64 toDecimal128 toUUID
  toInt8OrNull toInt16OrNull toInt32OrNull toInt64OrNull toUInt8OrNull toUInt16OrNull toUInt32OrNull
  toUInt64OrNull toFloat32OrNull toFloat64OrNull toUUIDOrNull toInt32OrZero toInt64OrZero toUInt32OrZero
  toUInt64OrZero toFloat64OrZero toDate toDate32 toDateOrNull toDateTime toDateTimeOrNull toDateTime64
  toDateTime64OrNull toLowCardinality toTypeName toStringCutToZero
  parseDateTime parseDateTimeOrNull parseDateTimeBestEffort parseDateTimeBestEffortOrNull
  parseDateTime64BestEffort parseDateTime64BestEffortOrNull
  now now64 today yesterday toYear toQuarter toMonth toWeek toISOWeek toISOYear toDayOfYear toDayOfMonth
  toDayOfWeek toHour toMinute toSecond toMillisecond toUnixTimestamp toUnixTimestamp64Milli
  fromUnixTimestamp fromUnixTimestamp64Milli toStartOfYear toStartOfISOYear toStartOfQuarter
  toStartOfMonth toLastDayOfMonth toStartOfWeek toLastDayOfWeek toMonday toStartOfDay toStartOfHour
  toStartOfMinute toStartOfSecond toStartOfFiveMinutes toStartOfTenMinutes toStartOfFifteenMinutes
  toStartOfInterval toTimeZone toTimezone timeZoneOf timezoneOf timeZoneOffset timezoneOffset toYYYYMM
  toYYYYMMDD toRelativeDayNum toRelativeHourNum toRelativeWeekNum toRelativeMonthNum dateDiff date_diff
  dateAdd date_add dateSub date_sub dateTrunc date_trunc dateName monthName age addYears addQuarters
  addMonths addWeeks addDays addHours addMinutes addSeconds addMilliseconds subtractYears
  subtractQuarters subtractMonths subtractWeeks subtractDays subtractHours subtractMinutes
  subtractSeconds formatDateTime timeSlot makeDate makeDateTime
  toIntervalSecond toIntervalMinute toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth
  toIntervalQuarter toIntervalYear
  array emptyArrayString arrayConcat arrayElement has hasAll hasAny hasSubstr indexOf arrayCount countEqual
  arrayEnumerate arrayEnumerateUniq arrayPopBack arrayPopFront arrayPushBack arrayPushFront arraySlice
  arraySort arrayReverseSort arrayUniq arrayJoin arrayDifference arrayDistinct arrayIntersect
  arrayReverse arrayFlatten arrayCompact arrayZip arrayMap arrayFilter arrayFill arraySplit
  arrayExists arrayAll arrayFirst arrayLast arrayFirstIndex arrayLastIndex arrayMin arrayMax arraySum
  arrayAvg arrayCumSum arrayProduct arrayStringConcat arrayRotateLeft arrayRotateRight
  range tuple tupleElement untuple map mapKeys mapValues mapContains mapFromArrays mapAdd mapSubtract
  mapFilter mapApply
  JSONHas JSONLength JSONType JSONExtractString JSONExtractInt JSONExtractUInt JSONExtractFloat
  JSONExtractBool JSONExtractRaw JSONExtractKeys JSONExtractArrayRaw JSONExtractKeysAndValuesRaw isValidJSON
  toJSONString simpleJSONExtractString simpleJSONExtractInt simpleJSONExtractFloat simpleJSONExtractRaw
  simpleJSONHas JSONAllPaths JSONAllPathsWithTypes dynamicType dynamicElement
  cityHash64 sipHash64 xxHash32 xxHash64 farmHash64 murmurHash3_64 MD5 SHA1 SHA256 halfMD5 CRC32
  IPv4NumToString IPv4StringToNum isIPv4String isIPv6String isIPAddressInRange toIPv4 toIPv6
  bar formatReadableSize formatReadableQuantity formatReadableTimeDelta transform runningDifference
  geoDistance greatCircleDistance grouping`

const namesIn = (list: string): string[] => list.split(/\s+/).filter(Boolean)
const byLowerCase = (names: readonly string[]): Map<string, string> =>
  new Map(names.map((name) => [name.toLowerCase(), name]))

const scalars = byLowerCase([...namesIn(SCALARS), ...namesIn(WINDOW_FUNCTIONS)])
const aggregates = byLowerCase(namesIn(AGGREGATES))
const COMBINATORS = ['If', 'Distinct', 'OrNull', 'OrDefault', 'Array', 'ForEach', 'Map']

/** The store's name of a function that may be called, however its letters are written. */
export function functionNamed(name: string): string | null {
  return scalars.get(name.toLowerCase()) ?? aggregateNamed(name)
}

function aggregateNamed(name: string): string | null {
  const known = aggregates.get(name.toLowerCase())
  if (known) return known
  const combinator = COMBINATORS.find((suffix) => name.endsWith(suffix))
  const base = combinator && aggregateNamed(name.slice(0, -combinator.length))
  return base ? base + combinator : null
}

/** Every function that may be called, in order of its name. */
export const functionNames = (): string[] =>
  [...scalars.values(), ...aggregates.values()].sort((a, b) => (a < b ? -1 : 1))
