import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseTime } from '@headwater/schemas/time'
import { toInstant } from '../../core/query/zone.ts'
import { type LocalConfig, readLocalConfig } from '../local/config.ts'
import { localWriteKey } from '../local/write-key.ts'
import type { MapOptions } from './source.ts'
import { FIELDS } from './sources/csv.ts'
import { SOURCES } from './sources.ts'
import { statePath } from './state.ts'

export const USAGE = `Usage: npm run import -- SOURCE FILE … [OPTION …]
  SOURCE              ${Object.keys(SOURCES).join(', ')}
  FILE …              exports as they are: JSON or CSV, plain, gzipped or in a zip
  --key KEY           write key of the project (key of project "default" on this machine)
  --host URL          capture service (http://localhost:8000)
  --map F=COLUMN,…    csv: which column holds which field; F==TEXT is the text itself
                      ${FIELDS.join(', ')}
  --time-zone NAME    of times that name no zone themselves, as Europe/Berlin (UTC)
  --since, --until T  events from T on, and before T: a date or RFC 3339
  --synthesize        plausible: makes up events that add up to its daily totals
  --dry-run           reads and judges everything, shows the first events, sends nothing
  --restart           forgets how far this import came before
  --concurrency N     requests at a time (4)
Exit codes: 0 everything is in, 1 something was dropped or not read, 2 the command line is wrong,
130 stopped. The same command goes on where it was. docs/importing.md says what each source comes to.`

export interface ImportOptions extends MapOptions {
  source: string
  files: string[]
  host: string
  writeKey: string
  /** ms since 1970. */
  since: number | null
  until: number | null
  dryRun: boolean
  restart: boolean
  concurrency: number
  statePath: string
}

export class UsageError extends Error {}

/** Reads the command line. Throws a UsageError that names what is wrong with it. */
export async function readOptions(
  argv: readonly string[],
  config: LocalConfig = readLocalConfig(),
): Promise<ImportOptions> {
  const { values, positionals } = parse(argv, config)
  const [source = '', ...files] = positionals
  const known = SOURCES[source]
  if (!known) throw new UsageError(source ? `unknown source ${source}` : 'no source')
  if (files.length === 0) throw new UsageError('no file')
  for (const file of files) {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      throw new UsageError(`no file ${file}`)
  }
  if (known.synthesizes && !values.synthesize) throw new UsageError(known.synthesizes)
  if (values.synthesize && !known.synthesizes) {
    throw new UsageError(`${source} has events: --synthesize is for exports that have none`)
  }
  if (values.map && source !== 'csv') throw new UsageError(`${source} takes no --map`)
  if (!/^https?:/.test(values.host) || !URL.canParse(values.host)) {
    throw new UsageError('invalid --host: must be an http address')
  }
  const concurrency = Number(values.concurrency)
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 32) {
    throw new UsageError('invalid --concurrency: must be a whole number from 1 to 32')
  }
  const timeZone = zoneOf(values['time-zone'])
  const since = momentOf('since', values.since, timeZone)
  const until = momentOf('until', values.until, timeZone)
  const columns = columnsOf(values.map)
  const host = values.host.replace(/\/+$/, '')
  const dryRun = values['dry-run']
  const writeKey = values.key ?? (dryRun ? '' : await localWriteKey(config.dataDir))
  const parts = [host, projectOf(writeKey), timeZone, since, until, columns]
  return {
    source,
    files: [...new Set(files.map((file) => resolve(file)))],
    host,
    writeKey,
    timeZone,
    columns,
    since,
    until,
    dryRun,
    restart: values.restart,
    concurrency,
    statePath: statePath(join(config.dataDir, 'imports'), source, parts),
  }
}

/** Another key of the same project goes on with the same import. */
function projectOf(writeKey: string): string {
  return /^wk_(.+)_\d+_[0-9a-f]+$/.exec(writeKey)?.[1] ?? writeKey
}

function parse(argv: readonly string[], config: LocalConfig) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        key: text,
        host: { ...text, default: `http://localhost:${config.ports.edge}` },
        map: text,
        'time-zone': { ...text, default: 'UTC' },
        since: text,
        until: text,
        synthesize: flag,
        'dry-run': flag,
        restart: flag,
        concurrency: { ...text, default: '4' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function columnsOf(map: string | undefined): Record<string, string> {
  const columns: Record<string, string> = {}
  for (const pair of map?.split(',') ?? []) {
    const at = pair.indexOf('=')
    const field = pair.slice(0, at).trim()
    const column = pair.slice(at + 1)
    if (at < 1 || column === '' || !(FIELDS as readonly string[]).includes(field)) {
      throw new UsageError(
        `invalid --map: ${pair} is not FIELD=COLUMN with one of ${FIELDS.join(', ')}`,
      )
    }
    columns[field] = column
  }
  return columns
}

function zoneOf(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    throw new UsageError(`invalid --time-zone: ${name} is not a name as Europe/Berlin`)
  }
}

function momentOf(name: string, text: string | undefined, timeZone: string): number | null {
  if (text === undefined) return null
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? parseTime(text) : null
  if (ms === null) throw new UsageError(`invalid --${name}: must be a date or RFC 3339`)
  return /^\d{4}-\d\d-\d\d$/.test(text) ? toInstant(timeZone, ms) : ms
}
