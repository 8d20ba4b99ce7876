import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { signWriteKey } from '@headwater/schemas/write-key'
import { ROOT } from '../local/config.ts'

/** Beside the compose files, where Compose looks for it by itself; never in the repository. */
export const ENV_FILE = resolve(ROOT, process.env.INFRA_ENV_FILE || 'infra/.env')

type Variables = Record<string, string>

const HEAD = '# Made by `npm run infra-up`. Secrets: keep this file to yourself.\n'
const COMMENTS: Variables = {
  WRITE_KEY_SECRET: 'Signs write keys. Changing it ends every write key.',
  BRIDGE_SECRET: 'Signs batches and calls between our services.',
  AUTH_SECRET: 'Signs the sessions of users. Changing it signs everybody out.',
  POSTGRES_PASSWORD: 'Of the user headwater; read only when the database is made.',
  CLICKHOUSE_PASSWORD: 'Of the user default.',
  CLICKHOUSE_CLUSTER_SECRET: 'Between the replicas of the cluster.',
  GRAFANA_PASSWORD: 'Of the user admin; read only when its database is made.',
  WRITE_KEY: 'The public write key of project "default".',
  DATABASE_URL: 'For our services outside of the containers: npm run run-all -- --env infra/.env',
}

/**
 * The variables of the containers. Makes the file, readable by its owner only, and adds what an older
 * one lacks; never changes what is there.
 */
export async function ensureEnvFile(path: string = ENV_FILE): Promise<Variables> {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const known = parseEnv(before) as Variables
  const all = await makeVariables(known)
  const added = Object.keys(all).filter((name) => !known[name])
  if (added.length === 0) return all
  const lines = added.map((name) => {
    const comment = COMMENTS[name] ? `# ${COMMENTS[name]}\n` : ''
    return `${comment}${name}=${all[name]}\n`
  })
  // Renamed into place: half a file would be completed with other secrets.
  writeFileSync(`${path}.new`, (before || HEAD) + lines.join(''), { mode: 0o600 })
  renameSync(`${path}.new`, path)
  return all
}

/** What is known, completed: every variable that the compose files ask for. */
export async function makeVariables(known: Variables): Promise<Variables> {
  const { POSTGRES_PORT = '5432', REDIS_PORT = '6379' } = known
  const secrets = {
    WRITE_KEY_SECRET: makeSecret(),
    BRIDGE_SECRET: makeSecret(),
    AUTH_SECRET: makeSecret(),
    POSTGRES_PASSWORD: makeSecret(),
    CLICKHOUSE_PASSWORD: makeSecret(),
    CLICKHOUSE_CLUSTER_SECRET: makeSecret(),
    REDIS_PASSWORD: makeSecret(),
    GRAFANA_PASSWORD: makeSecret(),
    ...known,
  }
  const { WRITE_KEY_SECRET, POSTGRES_PASSWORD, REDIS_PASSWORD } = secrets
  return {
    ...secrets,
    WRITE_KEY: await signWriteKey(WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 }),
    DATABASE_URL: `postgres://headwater:${POSTGRES_PASSWORD}@127.0.0.1:${POSTGRES_PORT}/headwater`,
    REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:${REDIS_PORT}`,
    ...known,
  }
}

function makeSecret(): string {
  return randomBytes(32).toString('hex')
}
