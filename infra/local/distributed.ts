import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { CONFIG_VARIABLES } from '../../core/shared/config.ts'
import { type LocalConfig, ROOT, readLocalConfig, type Secrets } from './config.ts'

// The settings of our services as processes beside Kafka, ClickHouse, PostgreSQL and Redis that run
// already: the defaults are the addresses of `npm run infra-local` and of the containers' published ports.

type Env = Record<string, string | undefined>

const ADDRESSES = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  CLICKHOUSE_URL: 'http://127.0.0.1:18123',
  DATABASE_URL: 'postgres://headwater:headwater@127.0.0.1:5432/headwater',
  REDIS_URL: 'redis://127.0.0.1:6379',
}

export interface DistributedConfig extends LocalConfig {
  consumerPort: number
  /** What the core is told: where the infrastructure is, and each of its variables that is set. */
  infrastructure: Record<string, string>
  /** Secrets that are to be used instead of the data folder's own. */
  secrets: Partial<Secrets>
}

/** Reads the environment, over the file that it was told to read. Throws with a bad variable's name. */
export function readDistributedConfig(env: Env = process.env): DistributedConfig {
  const dataDir = env.DATA_DIR || '.data/distributed'
  const local = readLocalConfig({ ...env, DATA_DIR: dataDir })
  const consumerPort = Number(env.CONSUMER_PORT || 8004)
  if (!Number.isInteger(consumerPort) || consumerPort < 1 || consumerPort > 65_535) {
    throw new Error(`invalid CONSUMER_PORT: ${env.CONSUMER_PORT} is not a port`)
  }
  const isSecret = (name: string) => name.endsWith('_SECRET')
  const set = CONFIG_VARIABLES.flatMap((name) =>
    env[name] === undefined || name === 'DATA_DIR' ? [] : [[name, env[name]] as const],
  )
  return {
    ...local,
    consumerPort,
    infrastructure: {
      ...ADDRESSES,
      ...Object.fromEntries(set.filter(([name]) => !isSecret(name))),
    },
    secrets: Object.fromEntries(set.filter(([name, value]) => isSecret(name) && value)),
  }
}

/** The variables of `--env FILE`, with those of the environment over them. */
export function withEnvFile(argv: readonly string[], env: Env = process.env): Env {
  const at = argv.indexOf('--env')
  if (at < 0) return env
  const path = resolve(ROOT, argv[at + 1] ?? '')
  if (!argv[at + 1] || !existsSync(path)) throw new Error(`--env needs a file; ${path} is none`)
  return { ...parseEnv(readFileSync(path, 'utf8')), ...env }
}
