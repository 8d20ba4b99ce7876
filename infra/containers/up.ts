// `npm run infra-up [-- --cluster] [--monitoring] [--infra]`: Headwater in containers, on this machine.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type LocalConfig, readLocalConfig } from '../local/config.ts'
import { welcome } from '../local/welcome.ts'
import { compose, requireDocker } from './docker.ts'
import { ENV_FILE, ensureEnvFile } from './env-file.ts'

const INFRA = ['kafka', 'clickhouse', 'postgres', 'redis']
const READY_TIMEOUT_MS = 180_000
const POLL_MS = 1_000

const startedAt = Date.now()
try {
  const { values } = parseArgs({
    options: {
      cluster: { type: 'boolean', default: false },
      monitoring: { type: 'boolean', default: false },
      infra: { type: 'boolean', default: false },
    },
  })
  await requireDocker()
  const fileEnv = await ensureEnvFile()
  const config = readLocalConfig({ ...fileEnv, ...process.env })
  if (values.infra) {
    await compose(values.cluster, ['up', '--detach', '--wait', ...INFRA])
    console.log(infraScreen())
  } else {
    const profiles = values.monitoring ? ['--profile', 'monitoring'] : []
    await compose(values.cluster, [...profiles, 'up', '--detach', '--build', '--remove-orphans'])
    await untilReady(config)
    const flag = values.cluster ? ' -- --cluster' : ''
    const isOpen = (process.env.QUERY_ACCESS || fileEnv.QUERY_ACCESS) === 'open'
    const access = isOpen ? '' : 'The query API wants a read key: docs/insights/access.md.\n    '
    const last = `${access}Stop with npm run infra-down${flag}; the data stays.`
    console.log(welcome(config, fileEnv.WRITE_KEY ?? '', Date.now() - startedAt, last))
  }
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}

// By their published ports: that is how people and their browsers reach them.
async function untilReady({ ports }: LocalConfig): Promise<void> {
  const { bridge: _, ...open } = ports
  const deadline = Date.now() + READY_TIMEOUT_MS
  for (const [name, port] of Object.entries(open)) {
    while (!(await isHealthy(port))) {
      if (Date.now() > deadline) {
        throw new Error(`${name} (port ${port}) is not healthy; see docker compose logs ${name}`)
      }
      await sleep(POLL_MS)
    }
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${port}/_health`
    return (await fetch(url, { signal: AbortSignal.timeout(POLL_MS) })).ok
  } catch {
    return false
  }
}

function infraScreen(): string {
  return `
  Kafka, ClickHouse, PostgreSQL and Redis are up, on loopback. Their passwords are in ${ENV_FILE}.

    Our services beside them:  npm run run-all -- --env infra/.env
    Stop with npm run infra-down; the data stays.
`
}
