import { statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Env, Hono } from 'hono'
import { type Metrics, type Reads, showReadings } from './metrics.ts'

/** Something that pages a person when it is not well. */
export interface HealthCheck {
  name: string
  /** Resolves with what is wrong, or null when all is well. A rejection is wrong, too. */
  run(): Promise<string | null>
}

const CHECK_TIMEOUT_MS = 2_000
const DAY_MS = 86_400_000

/** `ok`, or what is wrong, by check. */
export async function runChecks(checks: readonly HealthCheck[]): Promise<Record<string, string>> {
  const found = await Promise.all(
    checks.map(async (check) => [check.name, (await wrongWith(check)) ?? 'ok'] as const),
  )
  return Object.fromEntries(found)
}

async function wrongWith({ run }: HealthCheck): Promise<string | null> {
  const timeout = new Promise<string>((resolve) => {
    setTimeout(resolve, CHECK_TIMEOUT_MS, `no answer in ${CHECK_TIMEOUT_MS} ms`).unref()
  })
  return Promise.race([run(), timeout]).catch(() => 'does not answer')
}

/**
 * The doors for whoever runs the service: `/_live` answers while the process does, `/_health` is 503
 * with the reasons when a person should look, `/_metrics` is for Prometheus.
 */
export function addOperations<E extends Env>(
  app: Pick<Hono<E>, 'get'>,
  { checks, metrics }: { checks: readonly HealthCheck[]; metrics: Metrics },
): void {
  showHealth(metrics, checks)
  app.get('/_live', (c) => c.json({ status: 'ok' }))
  app.get('/_health', async (c) => {
    const found = await runChecks(checks)
    const isWell = Object.values(found).every((state) => state === 'ok')
    return c.json({ status: isWell ? 'ok' : 'failing', checks: found }, isWell ? 200 : 503)
  })
  app.get('/_metrics', async (c) => {
    const text = await metrics.metrics()
    return c.body(text, 200, { 'content-type': metrics.contentType })
  })
}

function showHealth(metrics: Metrics, checks: readonly HealthCheck[]): void {
  const reads = checks.map((check) => {
    const read = async () => ((await wrongWith(check)) === null ? 1 : 0)
    return [check.name, read] as const
  })
  showReadings(metrics, {
    name: 'headwater_health_ok',
    help: 'Whether the check of the health is green: 1, or red: 0. /_health says why',
    label: 'check',
    reads: Object.fromEntries(reads),
  })
}

/** Shows how full disks are, each by its name. */
export function showDisks(metrics: Metrics, reads: Reads): void {
  const help = 'Used part of the disk of: data (embedded), log (Kafka), store (ClickHouse)'
  showReadings(metrics, { name: 'headwater_disk_used_ratio', help, label: 'disk', reads })
}

/** Red when a disk, read as its used part, is fuller than this. */
export function diskCheck(
  name: string,
  read: () => Promise<number>,
  maxPercent: number,
): HealthCheck {
  return {
    name,
    async run() {
      const percent = Math.round((await read()) * 100)
      return percent > maxPercent ? `${percent} % of the disk is used` : null
    },
  }
}

/** The used part of the file system that a folder is on. */
export async function folderUsed(folder: string): Promise<number> {
  const { blocks, bavail } = await statfs(folder)
  return 1 - bavail / blocks
}

/** Red when the certificate of `host:port` ends within these days, or cannot be had. */
export function certificateCheck(address: string, minDays: number): HealthCheck {
  return {
    name: `certificate ${address}`,
    async run() {
      const days = ((await certificateEnd(address)) - Date.now()) / DAY_MS
      return days < minDays ? `the certificate ends in ${Math.floor(days)} days` : null
    },
  }
}

// Whether it is trusted is its clients' business; here only its end counts.
function certificateEnd(address: string): Promise<number> {
  const [host = '', port = '443'] = address.split(':')
  return new Promise((resolve, reject) => {
    const servername = isIP(host) ? '' : host
    const socket = connect({ host, port: Number(port), servername, rejectUnauthorized: false })
    socket.setTimeout(CHECK_TIMEOUT_MS, () => socket.destroy(new Error('timeout')))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      const { valid_to } = socket.getPeerCertificate()
      socket.destroy()
      resolve(Date.parse(valid_to))
    })
  })
}
