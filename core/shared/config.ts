import { REGION_NAME } from '@headwater/schemas/project-id'
import { z } from 'zod'
import { parseMailbox, parseMailServer } from './mail-server.ts'

// The only file of the core that reads the environment. A bad value stops the boot with the
// variable's name; infra/env/*.env are parsed by the tests.

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const count = (fallback: number, min: number, max: number) =>
  z.coerce.number().int().min(min).max(max).default(fallback)
const secret = z.string().min(32, 'must have at least 32 characters')
const origins = z
  .string()
  .default('http://localhost:3000,http://127.0.0.1:3000')
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine((list) => list.every(isOrigin), 'must be origins such as https://example.com')

const hosts = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((host) => host.trim().toLowerCase() || []))

const addresses = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((broker) => broker.trim() || []))
  .refine((list) => list.every(isAddress), 'must be addresses such as kafka-1:9092')

const region = z
  .string()
  .regex(REGION_NAME, 'must be a letter, then up to 9 letters, digits or dashes')
const regions = z
  .string()
  .default('local')
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.tuple([region], region))

// Refused without being shown: it holds a password.
const mailServer = z
  .string()
  .default('')
  .refine(
    (text) => text === '' || parseMailServer(text) !== null,
    'must be smtp://host:port or smtps://host:port, with user:password@ before the host when it wants them (percent-encoded), and nothing after it',
  )
const mailbox = z
  .string()
  .default('')
  .refine(
    (text) => text === '' || parseMailbox(text) !== null,
    'must be an address such as alerts@example.com or Our numbers <alerts@example.com>',
  )

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/

const optionalUrl = (protocol: RegExp) => z.union([z.literal(''), z.url({ protocol })]).default('')

const Variables = z.object({
  /** Address every service binds. @default 127.0.0.1 */
  HOST: z.string().default('127.0.0.1'),
  QUERY_PORT: port(8001),
  /** Who may ask the query API, `open` or `required`; empty: everybody, if only this machine can reach it. */
  QUERY_ACCESS: z.enum(['open', 'required']).optional(),
  AUTH_PORT: port(8002),
  BRIDGE_PORT: port(8003),
  /** Health and metrics of a consumer that runs alone. */
  CONSUMER_PORT: port(8004),
  /** Folder of everything the embedded deployment keeps. */
  DATA_DIR: z.string().default('.data'),
  /** PostgreSQL of auth, and of what query saves; empty: PGlite in DATA_DIR, and query alone saves nothing. */
  DATABASE_URL: optionalUrl(/^postgres(ql)?$/),
  /** Kafka of the log, host:port, comma separated. Needed by every service that runs alone, but auth. */
  KAFKA_BROKERS: addresses,
  /** Topic of the events. Another name is another log. */
  KAFKA_TOPIC: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,200}$/, 'must be letters, digits, dots, dashes and underscores')
    .default('headwater.events'),
  /** Which client speaks to Kafka; both do the same, and one can follow the other on a live group. */
  KAFKA_CLIENT: z.enum(['kafkajs', 'platformatic']).default('platformatic'),
  /** Copies of a new topic; all but one must be there for a write when there are three or more. */
  KAFKA_REPLICATION: count(1, 1, 16),
  /** A consumer that was not heard of for this long loses its partitions. */
  KAFKA_SESSION_TIMEOUT_MS: count(15_000, 1_000, 300_000),
  /** ClickHouse server of the store. Needed by every service that runs alone, but bridge and auth. */
  CLICKHOUSE_URL: optionalUrl(/^https?$/),
  CLICKHOUSE_USER: z.string().default('default'),
  CLICKHOUSE_PASSWORD: z.string().default(''),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,63}$/, 'must be lower-case letters, digits and underscores')
    .default('headwater'),
  /** Name of the ClickHouse cluster; empty: a single server. */
  CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[a-z0-9_]{0,64}$/, 'must be lower-case letters, digits and underscores')
    .default(''),
  /** Redis that keeps results for all query services; empty: each keeps its own. */
  REDIS_URL: optionalUrl(/^rediss?$/),
  /** Where the query service finds the auth service; empty: it takes AUTH_URL. */
  INTERNAL_AUTH_URL: optionalUrl(/^https?$/),
  /** Signs write keys; shared by auth and edge. */
  WRITE_KEY_SECRET: secret,
  /** Signs batches and internal calls; shared by edge, bridge and auth. */
  BRIDGE_SECRET: secret,
  /** What BRIDGE_SECRET was before: bridge and auth take it as well, while it is being changed. */
  BRIDGE_SECRET_PREVIOUS: z.union([z.literal(''), secret]).default(''),
  /** Signs sessions of the auth service. */
  AUTH_SECRET: secret,
  /** Signs the messages of alerts, another secret for each project; empty: made of AUTH_SECRET. */
  WEBHOOK_SECRET: z.union([z.literal(''), secret]).default(''),
  /** Host names to which alerts may be sent although they are on our own networks, comma separated. */
  WEBHOOK_PRIVATE_HOSTS: hosts,
  /** Server that takes the e-mails of alerts; empty: there are none. */
  SMTP_URL: mailServer,
  /** Whom those are from; needed with SMTP_URL. */
  MAIL_FROM: mailbox,
  /** Where browsers reach the auth service. */
  AUTH_URL: z.url().default('http://localhost:8002'),
  /** Origins that may call the query and auth APIs from a browser, comma separated. */
  SITE_ORIGINS: origins,
  /** Host names, without port, under which the query and auth APIs are called besides loopback. */
  ALLOWED_HOSTS: hosts,
  /** Regions that projects can be pinned to, comma separated; the first is where all others belong. */
  REGIONS: regions,
  /** Region whose records the bridge takes, one of REGIONS; empty: it takes those of all. */
  BRIDGE_REGION: z.string().default(''),
  LOG_PARTITIONS: count(4, 1, 256),
  /** How long the log keeps what every group has read. */
  LOG_RETENTION_HOURS: count(72, 1, 8_760),
  CONSUMER_BATCH_ROWS: count(20_000, 1, 1_000_000),
  CONSUMER_LINGER_MS: count(500, 10, 60_000),
  /** Uuids remembered per partition to catch a client's own retry. */
  CONSUMER_UUID_WINDOW: count(200_000, 1_000, 10_000_000),
  /** The consumer's health is red when the store is behind by more, seconds. */
  HEALTH_MAX_LAG_S: count(300, 1, 86_400),
  /** Health is red when a disk is fuller, percent. */
  HEALTH_MAX_DISK_PERCENT: count(80, 1, 100),
  /** TLS addresses whose certificates the bridge's health watches. */
  HEALTH_CERTIFICATES: addresses,
  /** Health is red when one of those certificates ends within so many days. */
  HEALTH_MIN_CERTIFICATE_DAYS: count(14, 1, 365),
  QUERY_TIMEOUT_MS: count(30_000, 100, 600_000),
  /** Statements of one project that a query service runs at one time; more wait. */
  QUERY_MAX_RUNNING: count(4, 1, 64),
  /** Statements of one project that may wait; more are refused. */
  QUERY_MAX_WAITING: count(100, 0, 10_000),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
const Checked = Variables.refine(
  ({ BRIDGE_REGION, REGIONS }) => BRIDGE_REGION === '' || REGIONS.includes(BRIDGE_REGION),
  { path: ['BRIDGE_REGION'], error: 'must be one of REGIONS' },
).refine(({ SMTP_URL, MAIL_FROM }) => SMTP_URL === '' || MAIL_FROM !== '', {
  path: ['MAIL_FROM'],
  error: 'is needed with SMTP_URL: whom mail is from',
})
const Config = Checked.transform((config) => ({
  ...config,
  QUERY_ACCESS: config.QUERY_ACCESS ?? (isOnLoopback(config) ? 'open' : 'required'),
}))
export type Config = z.infer<typeof Config>
export const CONFIG_VARIABLES = Object.keys(Variables.shape)

/** Reads and checks the environment. Throws one error that names every bad variable. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  // `NAME=` in a file means nothing, and must not become the number 0.
  const set = Object.entries(env).filter(([, value]) => value !== '')
  const parsed = Config.safeParse(Object.fromEntries(set))
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`invalid configuration\n  ${faults.join('\n  ')}`)
}

interface Reach {
  HOST: string
  ALLOWED_HOSTS: readonly string[]
}

/** Whether nobody else can reach the services; one that is called by another name stands behind a proxy. */
export function isOnLoopback({ HOST, ALLOWED_HOSTS }: Reach): boolean {
  return LOOPBACK.test(HOST) && ALLOWED_HOSTS.length === 0
}

function isAddress(text: string): boolean {
  return /^[^\s:/]+:\d{1,5}$/.test(text)
}

// A slash at its end would make an origin match no browser's.
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}
