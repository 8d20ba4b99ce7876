import { resolve } from 'node:path'

// The local edge's settings, from the environment. What the Worker itself understands (edge/config.ts)
// is passed on to it as it is.

const WORKER_BINDINGS = [
  'WRITE_KEY_SECRET',
  'BRIDGE_SECRET',
  'BRIDGE_URL',
  'AUTH_URL',
  'REGION',
  'REGIONS',
  'ALLOW_NO_JURISDICTION',
  'SHARDS',
  'SEAL_MAX_BYTES',
  'SEAL_MAX_AGE_MS',
  'BACKLOG_MAX_BYTES',
  'WATCHDOG_MS',
  'BACKOFF_MIN_MS',
  'BACKOFF_MAX_MS',
  'BRIDGE_TIMEOUT_MS',
  'REQUEST_TIMEOUT_MS',
  'REVOCATIONS_MAX_AGE_MS',
  'SHARE_CALLS',
  'KEEP_IP',
  'PATH_PREFIXES',
] as const

export interface LocalEdgeConfig {
  host: string
  port: number
  dataDir: string
  bindings: Record<string, string>
}

/** Reads the environment. Throws with the variable's name when one is missing or wrong. */
export function readLocalEdgeConfig(
  env: Record<string, string | undefined> = process.env,
): LocalEdgeConfig {
  const port = Number(env.EDGE_PORT || 8000)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`invalid EDGE_PORT: ${env.EDGE_PORT} is not a port`)
  }
  const bindings: Record<string, string> = {
    BRIDGE_URL: 'http://127.0.0.1:8003',
    AUTH_URL: 'http://127.0.0.1:8002',
  }
  for (const name of WORKER_BINDINGS) {
    const value = env[name]
    if (value) bindings[name] = value
  }
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('BRIDGE_SECRET_') && value) bindings[name] = value
  }
  for (const name of ['WRITE_KEY_SECRET', 'BRIDGE_SECRET']) {
    if ((bindings[name] ?? '').length < 32) {
      throw new Error(`invalid ${name}: must have at least 32 characters`)
    }
  }
  return {
    host: env.HOST || '127.0.0.1',
    port,
    dataDir: resolve(env.DATA_DIR || '.data', 'edge'),
    bindings,
  }
}

/** Where commands such as `ps` are found, for processes that get an environment of their own. */
export function commandPath(): string {
  return process.env.PATH ?? ''
}

/**
 * Requests that wait for their group outlive the usual young generation of 1 to 16 MB, and were copied by
 * one collection after the other: measured 5 to 8 % of workerd's time. Miniflare hands this on to workerd.
 */
const RUNTIME_FLAGS = '--min-semi-space-size=32 --max-semi-space-size=64'

/** Sets workerd's own flags, unless somebody else has. To be called before Miniflare starts it. */
export function setRuntimeFlags(): void {
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= RUNTIME_FLAGS
}
