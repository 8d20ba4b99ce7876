import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, YAMLSeq } from 'yaml'
import { ROOT } from '../local/config.ts'

// Reads compose files as Docker Compose does, as far as ours go: merge keys, `extends`, files over files
// with `!reset` and `!override`, variables. Held against Compose's own loader when one is at hand.

export const COMPOSE_FILE = join(ROOT, 'infra/docker-compose.yml')
export const CLUSTER_FILE = join(ROOT, 'infra/docker-compose.cluster.yml')

export interface Limits {
  cpus?: string
  memory?: string
  pids?: number
}

export interface Service {
  image?: string
  build?: { context: string; dockerfile: string }
  user?: string
  command?: string[]
  entrypoint?: string[]
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  ports?: string[]
  volumes?: string[]
  networks?: string[]
  tmpfs?: string[]
  profiles?: string[]
  cap_drop?: string[]
  security_opt?: string[]
  read_only?: boolean
  restart?: string
  stop_grace_period?: string
  logging?: { options?: Record<string, string> }
  healthcheck?: { test?: string[]; disable?: boolean }
  deploy?: { resources?: { limits?: Limits } }
}

export interface Compose {
  name: string
  services: Record<string, Service>
  volumes: Record<string, unknown>
  networks: Record<string, unknown>
}

type Env = Record<string, string | undefined>
type Value = unknown
type Dict = Record<string, Value>

class Reset {}
class Override {
  readonly value: Value[]
  constructor(value: Value[]) {
    this.value = value
  }
}
class ResetSeq extends YAMLSeq {
  override toJSON(): unknown[] {
    return new Reset() as unknown[]
  }
}
class OverrideSeq extends YAMLSeq {
  override toJSON(...args: Parameters<YAMLSeq['toJSON']>): unknown[] {
    return new Override(super.toJSON(...args)) as unknown as unknown[]
  }
}

/** The merged project, its variables replaced. Throws when a required variable is not there. */
export function readCompose(files: readonly string[], env: Env): Compose {
  const [first, ...others] = files.map((file) => withExtends(parseFile(file), file))
  const merged = others.reduce<Value>((below, above) => merge(below, above), first)
  return interpolate(merged, env) as Compose
}

/** The file's own content; what is reset is left out. For the schema. */
export function readPlain(file: string): unknown {
  return merge(undefined, parseFile(file))
}

/** Names of the variables that the files ask for and give no default. */
export function requiredVariables(files: readonly string[]): Set<string> {
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/\$\{(\w+):\?/g)].map(([, n = '']) => n)),
  )
}

function parseFile(file: string): Dict {
  return parse(readFileSync(file, 'utf8'), {
    merge: true,
    customTags: [
      { tag: '!reset', collection: 'seq', nodeClass: ResetSeq },
      { tag: '!override', collection: 'seq', nodeClass: OverrideSeq },
    ],
  })
}

function withExtends(project: Dict, file: string): Dict {
  const services = { ...(project.services as Record<string, Dict>) }
  for (const [name, service] of Object.entries(services)) {
    const { extends: base, ...own } = service
    if (base === undefined) continue
    const from = typeof base === 'string' ? { service: base } : (base as Record<string, string>)
    const source = from.file ? parseFile(join(dirname(file), from.file)) : project
    services[name] = merge((source.services as Dict)[from.service ?? ''], own) as Dict
  }
  return { ...project, services }
}

// Maps are merged, lists are added to, volumes by where they are mounted; commands are replaced.
function merge(below: Value, above: Value, key = ''): Value {
  if (above instanceof Reset) return undefined
  if (above instanceof Override) return above.value
  if (Array.isArray(above)) {
    if (!Array.isArray(below) || /^(command|entrypoint|test)$/.test(key)) return above
    if (key === 'volumes') return mergeVolumes(below, above)
    return [...new Set([...below, ...above])]
  }
  if (!isDict(above)) return above
  const merged: Dict = isDict(below) ? { ...below } : {}
  for (const [name, value] of Object.entries(above)) {
    merged[name] = merge(merged[name], value, name)
    if (merged[name] === undefined) delete merged[name]
  }
  return merged
}

function mergeVolumes(below: string[], above: string[]): string[] {
  const byTarget = [...below, ...above].map((volume) => [volume.split(':')[1], volume] as const)
  return [...new Map(byTarget).values()]
}

function isDict(value: Value): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function interpolate(value: Value, env: Env): Value {
  if (Array.isArray(value)) return value.map((item) => interpolate(item, env))
  if (isDict(value)) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, interpolate(v, env)]))
  }
  if (typeof value !== 'string') return value
  return value.replace(
    /\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})/g,
    (_, dollar, name, operator, rest) => {
      if (dollar) return '$'
      const found = env[name]
      if (found) return found
      if (operator === '-') return rest
      throw new Error(`${name} is not set: ${rest ?? ''}`)
    },
  )
}
