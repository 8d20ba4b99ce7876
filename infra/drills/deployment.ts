import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import { Child, type ChildSpec } from '../local/child.ts'
import { type ClickHouseServer, startClickHouse } from '../services/clickhouse.ts'
import { type KafkaCluster, startKafkaCluster } from '../services/kafka.ts'
import { freePorts } from '../services/ports.ts'
import { type PostgresServer, startPostgres } from '../services/postgres.ts'
import { type RedisServer, startRedis } from '../services/redis.ts'
import { drillConfig } from './config.ts'
import { keepEveryPart } from './stored.ts'

export interface DeploymentOptions {
  /** @default 1 */
  brokers?: 1 | 3
  /** @default 4 */
  partitions?: number
  /** How many consumers start. @default 1 */
  consumers?: number
  /** More, or other, variables of our services. */
  env?: Record<string, string>
  /** Data folders elsewhere, such as on a small disk. @default in a folder of its own */
  folders?: Partial<Record<'kafka' | 'clickhouse' | 'edge', string>>
  /** Whether ClickHouse merges parts, which hides what was stored twice. @default false */
  merges?: boolean
  /** Runs a service through another script, which takes the service's name. */
  script?: Partial<Record<'bridge' | 'consumer', string>>
}

export type OurService = 'bridge' | 'query' | 'auth' | 'edge'

/** Everything of the distributed Headwater on the real services, one process each, on loopback. */
export interface Deployment {
  readonly folder: string
  readonly kafka: KafkaCluster
  readonly clickhouse: ClickHouseServer
  readonly postgres: PostgresServer
  readonly redis: RedisServer
  readonly writeKey: string
  /** What our services are told. */
  readonly env: Record<string, string>
  url(service: OurService | `consumer-${number}`): string
  /** How services have ended, one after the other: `exit code 0`, `signal SIGKILL`. */
  readonly exits: readonly { name: string; how: string }[]
  /** A service's process; consumers are `consumer-1`, `consumer-2` and so on. */
  child(name: string): Child
  consumers(): string[]
  /** SIGKILL; the service is started again at once, as a supervisor does. */
  kill(name: string): void
  /** A further consumer. Resolves when it has joined. */
  addConsumer(): Promise<string>
  /** SIGTERM; the service stays away. */
  remove(name: string): Promise<void>
  /** SIGTERM and a start, as a deploy does. */
  restart(name: string): Promise<void>
  /** The same with other variables, which all that start later have as well. Resolves when they serve. */
  configure(names: readonly string[], env: Record<string, string>): Promise<void>
  stop(): Promise<void>
}

const SCRIPTS: Record<OurService, [string, ...string[]]> = {
  bridge: ['core/main.ts', 'bridge'],
  query: ['core/main.ts', 'query'],
  auth: ['core/main.ts', 'auth'],
  edge: ['edge/serve.ts'],
}
const OUR_SERVICES = Object.keys(SCRIPTS) as OurService[]
/** Short, so that a drill sees what an hour would show. */
const SESSION_TIMEOUT_MS = '6000'
/** It is we who kill them, again and again: no reason to wait for longer each time. */
const LAST_RESTART_MS = 600

/** Starts it all. Rejects, with everything stopped, when a part does not come up. */
export async function startDeployment(options: DeploymentOptions = {}): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-drill-'))
  const running = new RunningDeployment(folder, options)
  try {
    await running.start()
    return running
  } catch (error) {
    await running.stop()
    throw error
  }
}

class RunningDeployment implements Deployment {
  readonly folder: string
  readonly exits: { name: string; how: string }[] = []
  readonly #options: DeploymentOptions
  readonly #children = new Map<string, Child>()
  readonly #ports = new Map<string, number>()
  readonly #commands = new Map<string, string[]>()
  readonly #parts: { stop(): Promise<void> }[] = []
  #made: Made | undefined
  #consumerCount = 0
  #stopping = false

  constructor(folder: string, options: DeploymentOptions) {
    this.folder = folder
    this.#options = options
  }

  async start(): Promise<void> {
    const { brokers = 1, folders = {}, consumers = 1 } = this.#options
    const place = (name: 'kafka' | 'clickhouse' | 'edge') =>
      folders[name] ?? join(this.folder, name)
    const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
      this.#parts.push(part)
      return part
    }
    const [kafka, clickhouse, postgres, redis] = await Promise.all([
      startKafkaCluster({ folder: place('kafka'), brokers }).then(keep),
      startClickHouse({ folder: place('clickhouse') }).then(keep),
      startPostgres({ folder: join(this.folder, 'postgres') }).then(keep),
      startRedis({ folder: join(this.folder, 'redis') }).then(keep),
    ])
    const ports = await freePorts(OUR_SERVICES.length)
    for (const [i, name] of OUR_SERVICES.entries()) this.#ports.set(name, ports[i] ?? 0)
    const secret = () => randomBytes(24).toString('hex')
    const secrets = { WRITE_KEY_SECRET: secret(), BRIDGE_SECRET: secret(), AUTH_SECRET: secret() }
    const key = { project_id: 'default', epoch: 1 }
    this.#made = {
      kafka,
      clickhouse,
      postgres,
      redis,
      writeKey: await signWriteKey(secrets.WRITE_KEY_SECRET, key),
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        NODE_ENV: 'production',
        DATA_DIR: place('edge'),
        KAFKA_BROKERS: kafka.addresses,
        KAFKA_REPLICATION: String(brokers),
        KAFKA_SESSION_TIMEOUT_MS: SESSION_TIMEOUT_MS,
        CLICKHOUSE_URL: clickhouse.url,
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        LOG_PARTITIONS: String(this.#options.partitions ?? 4),
        BRIDGE_URL: this.url('bridge'),
        AUTH_URL: this.url('auth'),
        ...Object.fromEntries(
          OUR_SERVICES.map((name) => [`${name.toUpperCase()}_PORT`, String(this.#port(name))]),
        ),
        ...secrets,
        ...this.#options.env,
      },
    }
    await Promise.all([
      ...OUR_SERVICES.map((name) => this.#startService(name, this.#commandOf(name))),
      ...Array.from({ length: consumers }, () => this.addConsumer()),
    ])
    if (!this.#options.merges) await keepEveryPart(clickhouse.url)
  }

  get kafka() {
    return this.#get().kafka
  }
  get clickhouse() {
    return this.#get().clickhouse
  }
  get postgres() {
    return this.#get().postgres
  }
  get redis() {
    return this.#get().redis
  }
  get writeKey() {
    return this.#get().writeKey
  }
  get env() {
    return this.#get().env
  }

  url(service: OurService | `consumer-${number}`): string {
    return `http://127.0.0.1:${this.#port(service)}`
  }

  child(name: string): Child {
    const child = this.#children.get(name)
    if (!child) throw new Error(`there is no ${name}`)
    return child
  }

  consumers(): string[] {
    return [...this.#children.keys()].filter((name) => name.startsWith('consumer-'))
  }

  kill(name: string): void {
    const { pid } = this.child(name)
    if (pid) process.kill(pid, 'SIGKILL')
  }

  async addConsumer(): Promise<string> {
    const name = `consumer-${++this.#consumerCount}`
    const [port = 0] = await freePorts(1)
    this.#ports.set(name, port)
    const script = this.#options.script?.consumer ?? 'core/main.ts'
    await this.#startService(name, [script, 'consumer'])
    return name
  }

  async remove(name: string): Promise<void> {
    const child = this.child(name)
    this.#children.delete(name)
    await child.stop()
  }

  async restart(name: string): Promise<void> {
    const { pid } = this.child(name)
    if (pid) process.kill(pid, 'SIGTERM')
  }

  async configure(names: readonly string[], env: Record<string, string>): Promise<void> {
    Object.assign(this.#get().env, env)
    for (const name of names) {
      await this.remove(name)
      await this.#startService(name, this.#commands.get(name) ?? [])
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    // Whoever sends ends before whoever receives.
    await this.#children.get('edge')?.stop()
    await Promise.all([...this.#children.values()].map((child) => child.stop()))
    await Promise.allSettled(this.#parts.map((part) => part.stop()))
    if (!drillConfig().keepFolders) rmSync(this.folder, { recursive: true, force: true })
  }

  #get(): Made {
    if (!this.#made) throw new Error('not started')
    return this.#made
  }

  #port(service: string): number {
    return this.#ports.get(service) ?? 0
  }

  #commandOf(name: OurService): string[] {
    const script = name === 'bridge' ? this.#options.script?.bridge : undefined
    return script ? [script, name] : SCRIPTS[name]
  }

  async #startService(name: string, command: string[]): Promise<void> {
    this.#commands.set(name, command)
    const logDir = join(this.folder, 'logs')
    mkdirSync(logDir, { recursive: true })
    const env = { ...this.#get().env, CONSUMER_PORT: String(this.#port(name)) }
    const spec: ChildSpec = { name, command, env }
    const child: Child = new Child(spec, {
      logDir,
      lastRestartMs: LAST_RESTART_MS,
      onSpawn() {},
      onReady() {},
      onExit: (_, how) => {
        this.exits.push({ name, how })
        if (!this.#stopping && this.#children.get(name) === child) void child.restart()
      },
    })
    this.#children.set(name, child)
    await child.start()
  }
}

type Made = Pick<Deployment, 'kafka' | 'clickhouse' | 'postgres' | 'redis' | 'writeKey' | 'env'>
