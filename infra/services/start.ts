// `npm run infra-local`: Kafka, ClickHouse, PostgreSQL and Redis on this machine, until Ctrl-C.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startClickHouse } from './clickhouse.ts'
import { readServicesConfig, type ServicesConfig } from './config.ts'
import { startKafkaCluster } from './kafka.ts'
import { isFree } from './ports.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { RealService } from './service.ts'
import { requireTools } from './tools.ts'

const WATCH_MS = 500

interface Services {
  all: RealService[]
  /** What other processes need, as environment variables. */
  env: Record<string, string>
}

const services: Services = { all: [], env: {} }
const toldToStop = new Promise<void>((resolve) => {
  // A disconnect: boot.mjs is gone, even if it was killed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
    process.on(signal, () => resolve())
  }
})

try {
  const startedAt = Date.now()
  const config = readServicesConfig()
  await startAll(config)
  console.log(screen(services.env, config.folder, Date.now() - startedAt))
  await Promise.race([toldToStop, untilOneEnds()])
  console.log('\nStopping the services …')
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
await Promise.all(services.all.map((service) => service.stop()))
process.exit()

async function startAll(config: ServicesConfig): Promise<void> {
  requireTools('Kafka', 'ClickHouse', 'PostgreSQL', 'Redis')
  await requireFreePorts(config)
  console.log('Starting Kafka, ClickHouse, PostgreSQL and Redis …')
  // All are waited for, also when one fails or we are told to stop: what runs is stopped in order.
  const results = await Promise.allSettled(starts(config))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

function starts({ folder, ports }: ServicesConfig): Promise<void>[] {
  const started = (env: Record<string, string>, ...all: readonly RealService[]) => {
    services.all.push(...all)
    Object.assign(services.env, env)
  }
  return [
    startKafkaCluster({ folder: join(folder, 'kafka'), ports: [ports.KAFKA_PORT] }).then((kafka) =>
      started({ KAFKA_BROKERS: kafka.addresses }, ...kafka.brokers),
    ),
    startClickHouse({
      folder: join(folder, 'clickhouse'),
      httpPort: ports.CLICKHOUSE_PORT,
      tcpPort: ports.CLICKHOUSE_TCP_PORT,
    }).then((clickHouse) => started({ CLICKHOUSE_URL: clickHouse.url }, clickHouse)),
    startPostgres({ folder: join(folder, 'postgres'), port: ports.POSTGRES_PORT }).then(
      (postgres) => started({ DATABASE_URL: postgres.url }, postgres),
    ),
    startRedis({ folder: join(folder, 'redis'), port: ports.REDIS_PORT }).then((redis) =>
      started({ REDIS_URL: redis.url }, redis),
    ),
  ]
}

async function requireFreePorts({ ports }: ServicesConfig): Promise<void> {
  for (const [variable, port] of Object.entries(ports)) {
    if (await isFree(port)) continue
    throw new Error(`port ${port} is taken; stop what uses it or set ${variable}`)
  }
}

async function untilOneEnds(): Promise<never> {
  for (;;) {
    const ended = services.all.find(({ pid }) => pid === undefined)
    if (ended) throw new Error(`${ended.name} has ended; see ${ended.logFile}`)
    await sleep(WATCH_MS)
  }
}

function screen(env: Record<string, string>, folder: string, readyMs: number): string {
  const lines = Object.keys(env)
    .sort()
    .map((name) => `    ${name}=${env[name]}`)
  return `
  The services are ready (${(readyMs / 1000).toFixed(1)} s), on this machine only, without passwords.
  Run Headwater's own services with:

${lines.join('\n')}

    Data and logs are in ${folder}
    Stop with Ctrl-C; the data stays.
`
}
