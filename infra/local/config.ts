import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// The local launcher's settings: every port, address and folder can be set from the environment.

export const ROOT = resolve(import.meta.dirname, '../..')

export interface Secrets {
  WRITE_KEY_SECRET: string
  BRIDGE_SECRET: string
  AUTH_SECRET: string
}

export interface LocalConfig {
  host: string
  dataDir: string
  ports: { site: number; edge: number; query: number; auth: number; bridge: number; demo: number }
}

/** Reads the environment. Throws with the variable's name when a port is not one. */
export function readLocalConfig(
  env: Record<string, string | undefined> = process.env,
): LocalConfig {
  const port = (name: string, fallback: number) => {
    const value = env[name] === undefined || env[name] === '' ? fallback : Number(env[name])
    if (Number.isInteger(value) && value > 0 && value <= 65_535) return value
    throw new Error(`invalid ${name}: ${env[name]} is not a port`)
  }
  return {
    host: env.HOST || '127.0.0.1',
    dataDir: resolve(ROOT, env.DATA_DIR || '.data'),
    ports: {
      site: port('SITE_PORT', 3000),
      edge: port('EDGE_PORT', 8000),
      query: port('QUERY_PORT', 8001),
      auth: port('AUTH_PORT', 8002),
      bridge: port('BRIDGE_PORT', 8003),
      demo: port('DEMO_PORT', 8080),
    },
  }
}

/** The secrets of this data folder, made on the first start and readable by their owner only. */
export function loadSecrets(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true })
  const path = join(dataDir, 'secrets.json')
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Secrets
  const secret = () => randomBytes(32).toString('hex')
  const secrets = { WRITE_KEY_SECRET: secret(), BRIDGE_SECRET: secret(), AUTH_SECRET: secret() }
  // Renamed into place: a start that is killed here must not leave half a file, and so other keys.
  writeFileSync(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return secrets
}
