import { StoreError } from '../../store/store.ts'
import { QueryRefusal } from '../errors.ts'

/** What the store calls its own troubles; everything else is the statement's fault. */
const STORE_TROUBLES = new Set([
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'NETWORK_ERROR',
  'SOCKET_TIMEOUT',
  'ALL_CONNECTION_TRIES_FAILED',
  'CANNOT_READ_FROM_SOCKET',
  'ATTEMPT_TO_READ_AFTER_EOF',
  'ALL_REPLICAS_ARE_STALE',
  'AUTHENTICATION_FAILED',
  'REQUIRED_PASSWORD',
  'UNKNOWN_DATABASE',
  'UNKNOWN_TABLE',
  'UNKNOWN_SETTING',
  'ABORTED',
  'NOT_ENOUGH_SPACE',
  'LOGICAL_ERROR',
])

/**
 * What the asker may know of a statement that the store did not run: the kind of the fault, and those
 * names of it that are the statement's own. The store's words could hold values of rows, and SQL of ours.
 */
export function sqlRefusalOf(error: unknown, sql: string): unknown {
  if (!(error instanceof StoreError) || error.kind === 'too_heavy') return error
  const fault = faultOf(error)
  if (!fault || STORE_TROUBLES.has(fault)) return error
  const quoted = [...error.message.matchAll(/[`'"]([\w$ .-]{1,100})[`'"]/g)].map(([, name]) => name)
  const known = quoted.find((name) => name !== undefined && sql.includes(name))
  const words = fault.toLowerCase().replaceAll('_', ' ')
  const message = `sql cannot be run: ${words}${known ? ` (${known})` : ''}`
  return new QueryRefusal('invalid_query', message, { field: 'sql' })
}

// The server's client has taken the name out of the message.
function faultOf({ message, cause }: StoreError): string | undefined {
  const type = cause instanceof Error && 'type' in cause ? cause.type : undefined
  if (typeof type === 'string' && type !== '') return type
  return [...message.matchAll(/\(([A-Z][A-Z0-9_]+)\)/g)].at(-1)?.[1]
}
