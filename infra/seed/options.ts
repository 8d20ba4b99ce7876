import { parseArgs } from 'node:util'
import { type LocalConfig, readLocalConfig } from '../local/config.ts'
import { localWriteKey } from '../local/write-key.ts'

export const USAGE = `Usage: npm run seed -- [OPTION …]
  --seed N            another number is another history (42)
  --days N            whole days before the last (30)
  --events N          events in these days at the least (50000)
  --end-day DATE      last day of the history, YYYY-MM-DD in UTC (today)
  --url URL           capture service (http://localhost:8000)
  --write-key KEY     of the project to load into (key of project "default" on this machine)
  --concurrency N     requests at a time (4)`

export interface SeedOptions {
  seed: number
  days: number
  events: number
  /** End of the history: now, or the end of an earlier last day. */
  endMs: number
  url: string
  writeKey: string
  concurrency: number
}

/** Reads the command line. Throws with the option's name when a value is not one. */
export async function readOptions(
  argv: readonly string[],
  nowMs: number,
  config: LocalConfig = readLocalConfig(),
): Promise<SeedOptions> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { ...text, default: '42' },
      days: { ...text, default: '30' },
      events: { ...text, default: '50000' },
      concurrency: { ...text, default: '4' },
      'end-day': text,
      url: { ...text, default: `http://localhost:${config.ports.edge}` },
      'write-key': text,
    },
  })
  const whole = (name: 'seed' | 'days' | 'events' | 'concurrency', min: number, max: number) => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new Error(`invalid --${name}: must be a whole number from ${min} to ${max}`)
  }
  if (!/^https?:/.test(values.url) || !URL.canParse(values.url)) {
    throw new Error('invalid --url: must be an http address')
  }
  return {
    seed: whole('seed', 0, 2 ** 31),
    days: whole('days', 1, 730),
    events: whole('events', 1, 5_000_000),
    concurrency: whole('concurrency', 1, 64),
    endMs: endOf(values['end-day'], nowMs),
    url: values.url.replace(/\/+$/, ''),
    writeKey: values['write-key'] ?? (await localWriteKey(config.dataDir)),
  }
}

function endOf(day: string | undefined, nowMs: number): number {
  if (day === undefined) return nowMs
  const startMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(startMs)) throw new Error('invalid --end-day: must be YYYY-MM-DD')
  return Math.min(startMs + 86_400_000 - 1, nowMs)
}
