export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** One structured record per unit of work: a flush, an insert, a query. */
export interface Logger {
  log(level: LogLevel, event: string, facts?: Record<string, unknown>): void
}

const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/** Writes JSON lines. @default stderr, so that a command's own output stays clean */
export function jsonLogger(
  service: string,
  minimum: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Logger {
  return {
    log(level, event, facts = {}) {
      if (ORDER[level] < ORDER[minimum]) return
      const record = { time: new Date().toISOString(), level, service, event, ...facts }
      write(`${JSON.stringify(record, errorToJson)}\n`)
    },
  }
}

export const silentLogger: Logger = { log() {} }

function errorToJson(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return typeof value === 'bigint' ? String(value) : value
  return { name: value.name, message: value.message, stack: value.stack }
}
