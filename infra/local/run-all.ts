// `npm run run-all [-- --env FILE]`: all of our services as one process each, supervised, beside Kafka,
// ClickHouse, PostgreSQL and Redis that run already (`npm run infra-local`, or containers).
import { signWriteKey } from '@headwater/schemas/write-key'
import { buildAll } from './build.ts'
import type { ChildSpec } from './child.ts'
import { loadSecrets, type Secrets } from './config.ts'
import { type DistributedConfig, readDistributedConfig, withEnvFile } from './distributed.ts'
import { clearLeftovers, LEFTOVERS_END_MS } from './leftovers.ts'
import { isTaken, requireFreePorts } from './ports.ts'
import { coreEnv, demo, edge, loopbackUrl, site } from './services.ts'
import { supervise } from './supervise.ts'
import { welcome } from './welcome.ts'

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
}

try {
  await runAll()
} catch (error) {
  console.error(`\nHeadwater did not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function runAll(): Promise<void> {
  const startedAt = Date.now()
  const config = readDistributedConfig(withEnvFile(process.argv.slice(2)))
  const { dataDir, host, ports, consumerPort } = config
  await requireInfrastructure(config.infrastructure)
  const secrets = { ...loadSecrets(dataDir), ...config.secrets }
  const killed = await clearLeftovers(dataDir)
  const allPorts = { ...ports, consumer: consumerPort }
  await requireFreePorts(host, allPorts, killed ? LEFTOVERS_END_MS : 0)
  await buildAll()
  const writeKey = await signWriteKey(secrets.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
  const core = (name: string) => coreService(name, config, secrets)
  const isReady = await supervise(dataDir, [
    // The bridge makes the topic, the consumer the tables.
    [core('auth'), core('bridge')],
    [core('consumer')],
    [core('query')],
    [edge(config, secrets), site(config, writeKey), demo(config, writeKey)],
  ])
  if (!isReady) return
  const last = 'Stop with Ctrl-C; the infrastructure goes on.'
  console.log(welcome(config, writeKey, Date.now() - startedAt, last))
}

function coreService(name: string, config: DistributedConfig, secrets: Secrets): ChildSpec {
  const env = {
    ...coreEnv(config, secrets),
    ...config.infrastructure,
    CONSUMER_PORT: String(config.consumerPort),
    INTERNAL_AUTH_URL: loopbackUrl(config.ports.auth),
  }
  return { name, command: ['core/main.ts', name], env }
}

// Asked before anything starts: else each service would wait for it, and fail with its own words.
async function requireInfrastructure(infrastructure: Record<string, string>): Promise<void> {
  for (const [variable, text] of Object.entries({
    KAFKA_BROKERS: `kafka://${infrastructure.KAFKA_BROKERS?.split(',')[0]}`,
    CLICKHOUSE_URL: infrastructure.CLICKHOUSE_URL,
    DATABASE_URL: infrastructure.DATABASE_URL,
    REDIS_URL: infrastructure.REDIS_URL,
  })) {
    // Empty is a choice: no cache, or PGlite.
    if (!text) continue
    const { protocol, hostname, port } = new URL(text)
    if (await isTaken(hostname, Number(port || DEFAULT_PORTS[protocol]))) continue
    throw new Error(
      `nothing answers at ${variable}=${shown(text)}; start it with ` +
        '`npm run infra-local` or `npm run infra-up -- --infra`, or set the variable',
    )
  }
}

// As it was set, but for its password.
function shown(address: string): string {
  return address.replace(/^kafka:\/\//, '').replace(/:[^:@/]*@/, ':…@')
}
