// `npm start`: the whole of Headwater on this machine, supervised, until Ctrl-C.
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { signWriteKey } from '@headwater/schemas/write-key'
import { buildAll } from './build.ts'
import { Child, type ChildSpec } from './child.ts'
import { type LocalConfig, loadSecrets, readLocalConfig, type Secrets } from './config.ts'
import { clearLeftovers, removeRunFile, writeRunFile } from './leftovers.ts'
import { welcome } from './welcome.ts'

/** Services of a launcher that was killed notice it and end; this long they may take. */
const LEFTOVERS_END_MS = 12_000
const DRAIN_ORDER = ['demo', 'site', 'edge', 'core']

try {
  await start()
} catch (error) {
  console.error(`\nHeadwater did not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function start(): Promise<void> {
  const startedAt = Date.now()
  const config = readLocalConfig()
  const secrets = loadSecrets(config.dataDir)
  const killed = await clearLeftovers(config.dataDir)
  await requireFreePorts(config, killed ? LEFTOVERS_END_MS : 0)
  await buildAll()
  const logDir = join(config.dataDir, 'logs')
  mkdirSync(logDir, { recursive: true })

  const writeKey = await signWriteKey(secrets.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
  const children = new Map<string, Child>()
  const workerds = new Map<string, number>()
  const recordRun = () => {
    const pids: Record<string, number> = {}
    for (const child of children.values()) if (child.pid) pids[child.name] = child.pid
    for (const [name, pid] of workerds) pids[`${name} workerd`] = pid
    writeRunFile(config.dataDir, { launcher: process.pid, pids })
  }

  for (const spec of services(config, secrets, writeKey)) {
    const child = new Child(spec, {
      logDir,
      onSpawn: recordRun,
      onReady(name, ready, restarted) {
        if (ready.workerd_pid) workerds.set(name, ready.workerd_pid)
        recordRun()
        if (restarted) console.log(`${time()} ${name} is back.`)
      },
      onExit(name, how) {
        if (!running) return
        console.log(
          `${time()} ${name} ended with ${how}; starting it again (log: ${logDir}/${name}.log)`,
        )
        void child.restart()
      },
    })
    children.set(spec.name, child)
  }

  let running = false
  let stopping: Promise<void> | null = null
  const stop = () => {
    stopping ??= stopAll(children).then(() => removeRunFile(config.dataDir))
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
    process.on(signal, () => {
      if (!stopping) console.log('\nStopping: finishing what is in flight …')
      running = false
      void stop().then(() => process.exit(0))
    })
  }

  const ready = Promise.all([...children.values()].map((child) => child.start()))
  try {
    await ready
  } catch (error) {
    if (!stopping) await stop().then(() => Promise.reject(error))
    return
  }
  running = true
  console.log(welcome(config, writeKey, Date.now() - startedAt))
}

function services(config: LocalConfig, secrets: Secrets, writeKey: string): ChildSpec[] {
  const { host, dataDir, ports } = config
  const url = (port: number) => `http://localhost:${port}`
  const loopback = (port: number) => `http://127.0.0.1:${port}`
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    NODE_ENV: 'production',
    HOST: host,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
  }
  return [
    {
      name: 'core',
      command: ['core/main.ts', 'all'],
      env: {
        ...env,
        ...secrets,
        QUERY_PORT: String(ports.query),
        AUTH_PORT: String(ports.auth),
        BRIDGE_PORT: String(ports.bridge),
        AUTH_URL: url(ports.auth),
        SITE_ORIGINS: `${url(ports.site)},${loopback(ports.site)}`,
        // One process inserts for all partitions, one after the other: more of them are only more parts.
        LOG_PARTITIONS: '1',
      },
    },
    {
      name: 'edge',
      command: ['edge/serve.ts'],
      env: {
        ...env,
        WRITE_KEY_SECRET: secrets.WRITE_KEY_SECRET,
        BRIDGE_SECRET: secrets.BRIDGE_SECRET,
        EDGE_PORT: String(ports.edge),
        BRIDGE_URL: loopback(ports.bridge),
        AUTH_URL: loopback(ports.auth),
      },
    },
    {
      name: 'site',
      command: ['site/serve.ts'],
      env: {
        ...env,
        SITE_PORT: String(ports.site),
        QUERY_URL: url(ports.query),
        EDGE_URL: url(ports.edge),
        DEMO_URL: url(ports.demo),
        WRITE_KEY: writeKey,
      },
    },
    {
      name: 'demo',
      command: ['sdks/demo/serve.ts'],
      env: {
        ...env,
        DEMO_PORT: String(ports.demo),
        EDGE_URL: url(ports.edge),
        SITE_URL: url(ports.site),
        WRITE_KEY: writeKey,
      },
    },
  ]
}

// The edge stops taking events before the core stops storing them.
async function stopAll(children: Map<string, Child>): Promise<void> {
  for (const name of DRAIN_ORDER) await children.get(name)?.stop()
}

async function requireFreePorts({ host, ports }: LocalConfig, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs
  for (const [name, port] of Object.entries(ports)) {
    let taken = await isTaken(host, port)
    while (taken && Date.now() < deadline) {
      await sleep(100)
      taken = await isTaken(host, port)
    }
    if (taken) {
      const variable = `${name.toUpperCase()}_PORT`
      throw new Error(`port ${port} (${name}) is taken; stop what uses it or set ${variable}`)
    }
  }
}

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function time(): string {
  return new Date().toLocaleTimeString('en-GB')
}
