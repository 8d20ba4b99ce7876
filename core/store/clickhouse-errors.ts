import { StoreError, type StoreErrorKind } from './store.ts'

// The codes of ClickHouse's ErrorCodes.cpp that its two adapters share.

/** The data, or the statement itself, is at fault: the same call fails for ever. */
const REFUSED = new Set([
  6, // CANNOT_PARSE_TEXT
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  33, // CANNOT_READ_ALL_DATA
  34, // TOO_MANY_ARGUMENTS_FOR_FUNCTION
  36, // BAD_ARGUMENTS
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  43, // ILLEGAL_TYPE_OF_ARGUMENT
  44, // ILLEGAL_COLUMN
  47, // UNKNOWN_IDENTIFIER
  53, // TYPE_MISMATCH
  62, // SYNTAX_ERROR
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  131, // TOO_LARGE_STRING_SIZE
  306, // TOO_DEEP_RECURSION
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  441, // CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING
  456, // UNKNOWN_QUERY_PARAMETER
  457, // BAD_QUERY_PARAMETER
])

/**
 * The statement is at fault. An insert's statement is ours: its rows wait until the tables are made,
 * or the right to write is given.
 */
const STATEMENT_REFUSED = new Set([
  60, // UNKNOWN_TABLE
  81, // UNKNOWN_DATABASE
  164, // READONLY
  497, // ACCESS_DENIED
])

/** The query asked for more than it was given. */
const TOO_HEAVY = new Set([
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  241, // MEMORY_LIMIT_EXCEEDED
  307, // TOO_MANY_BYTES
  394, // QUERY_WAS_CANCELLED, by us, after its time
  396, // TOO_MANY_ROWS_OR_BYTES
])

/** A server takes values of up to its `http_max_field_value_size`, by default 128 KiB, each. */
const TOO_LONG = /HTML Form Exception: Field value too long/

/** Turns whatever an adapter's client threw into a StoreError that keeps it as its cause. */
export function storeErrorOf(error: unknown, during: 'insert' | 'query'): StoreError {
  if (error instanceof StoreError) return error
  const message = messageOf(error)
  const kind = TOO_LONG.test(message) ? 'too_heavy' : kindOf(codeOf(error, message), during)
  return new StoreError(kind, message, { cause: error })
}

// A name with several addresses, none of which answers, fails with a code and without a message.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.message || ('code' in error ? String(error.code) : error.name)
}

function kindOf(code: number, during: 'insert' | 'query'): StoreErrorKind {
  if (REFUSED.has(code)) return 'refused'
  if (STATEMENT_REFUSED.has(code)) return during === 'query' ? 'refused' : 'unavailable'
  // An insert that finds no memory must come again: its rows are not at fault.
  if (TOO_HEAVY.has(code)) return during === 'query' ? 'too_heavy' : 'unavailable'
  return 'unavailable'
}

// chDB's client leaves the number in the message, the server's has taken it out. An error of the
// network has a word for a code, and is none of the engine's.
function codeOf(error: unknown, message: string): number {
  const [, inMessage] = /^Code: (\d+)/.exec(message) ?? []
  if (inMessage) return Number(inMessage)
  return error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN
}
