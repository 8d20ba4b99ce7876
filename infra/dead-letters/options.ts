import { parseArgs } from 'node:util'
import { DEFAULT_LETTERS, MAX_LETTERS, placeInLog } from '@headwater/schemas/dead-letter'
import { isProjectId } from '@headwater/schemas/project-id'

export const USAGE = `Usage: npm run dead-letters -- COMMAND [OPTION …]
  list                the newest letters of a project
  show ID             one letter: its record, its error, what became of its replays
  replay ID …         puts letters on the log again, to be judged anew
  replay --all        the same for every letter that was never replayed
Options
  --project P         whose letters (default); '*': everybody's, and those of no project, from
                      ClickHouse and Kafka themselves
  --record FILE       show: writes the record there; replay: the corrected record of the one ID
  --force             replay: letters that were replayed before, too
  --limit N           list: so many (${DEFAULT_LETTERS}; at most ${MAX_LETTERS})
  --before ID         list: those that died before this one
  --json              answers as JSON
  --env FILE          with --project '*': a file of variables, as infra/env/full.env
QUERY_URL is where the query API is (http://127.0.0.1:8001), QUERY_CREDENTIAL the token of a session.
Exit codes: 0 done, 1 refused or skipped, 2 the command line is wrong.`

export const EVERY_PROJECT = '*'

export type Command =
  | { name: 'list'; limit: number; before: string | undefined }
  | { name: 'show'; id: string; record: string | undefined }
  | { name: 'replay'; ids: string[] | 'all'; record: string | undefined; force: boolean }

export interface Options {
  command: Command
  project: string
  json: boolean
  queryUrl: string
  credential: string | undefined
}

export class UsageError extends Error {}

const OPTIONS = {
  project: { type: 'string', default: 'default' },
  record: { type: 'string' },
  limit: { type: 'string', default: String(DEFAULT_LETTERS) },
  before: { type: 'string' },
  env: { type: 'string' },
  all: { type: 'boolean', default: false },
  force: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const
type Name = keyof typeof OPTIONS

const EVERYWHERE: Name[] = ['project', 'json', 'env']
/** What else a command takes. */
const TAKES: Record<Command['name'], Name[]> = {
  list: ['limit', 'before'],
  show: ['record'],
  replay: ['all', 'record', 'force'],
}

/** Reads the command line. Throws a UsageError that names what is wrong. */
export function readOptions(
  argv: readonly string[],
  env: Record<string, string | undefined> = process.env,
): Options {
  const { values, positionals, given } = parse(argv)
  const [name, ...ids] = positionals
  if (name !== 'list' && name !== 'show' && name !== 'replay') {
    throw new UsageError(name ? `unknown command ${name}` : 'no command')
  }
  const stranger = given.find((option) => ![...EVERYWHERE, ...TAKES[name]].includes(option))
  if (stranger) throw new UsageError(`${name} takes no --${stranger}`)
  const bad = [...ids, ...(values.before ? [values.before] : [])].find((id) => !placeInLog(id))
  if (bad !== undefined) throw new UsageError(`${bad} is not an ID such as 3f9a2c1b-0-17`)
  const { project, json } = values
  if (project !== EVERY_PROJECT && !isProjectId(project)) {
    throw new UsageError(`invalid --project: ${project}`)
  }
  const queryUrl = (env.QUERY_URL || 'http://127.0.0.1:8001').replace(/\/+$/, '')
  if (!/^https?:/.test(queryUrl) || !URL.canParse(queryUrl)) {
    throw new UsageError('invalid QUERY_URL: must be an http address')
  }
  return {
    command: commandOf(name, ids, values),
    project,
    json,
    queryUrl,
    credential: env.QUERY_CREDENTIAL || undefined,
  }
}

function parse(argv: readonly string[]) {
  try {
    const parsed = parseArgs({
      args: [...argv],
      options: OPTIONS,
      allowPositionals: true,
      tokens: true,
    })
    const given = parsed.tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
    return { ...parsed, given: given as Name[] }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function commandOf(
  name: Command['name'],
  ids: string[],
  values: ReturnType<typeof parse>['values'],
): Command {
  const { record, force, all, before } = values
  switch (name) {
    case 'list': {
      const limit = Number(values.limit)
      if (ids.length > 0) throw new UsageError('list takes no ID')
      if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LETTERS)) {
        throw new UsageError(`invalid --limit: must be a whole number from 1 to ${MAX_LETTERS}`)
      }
      return { name, limit, before }
    }
    case 'show': {
      const [id] = ids
      if (!id || ids.length > 1) throw new UsageError('show needs one ID')
      return { name, id, record }
    }
    case 'replay': {
      if (all === ids.length > 0) throw new UsageError('replay needs either IDs or --all')
      if (record !== undefined && ids.length !== 1) throw new UsageError('--record needs one ID')
      if (all && force) throw new UsageError('--force needs IDs')
      return { name, ids: all ? 'all' : ids, record, force }
    }
  }
}
