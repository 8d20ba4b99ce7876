import { statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { connect } from 'node:tls'
import type { Hono } from 'hono'
import type { Metrics } from './metrics.ts'

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
    checks.map(async ({ name, run }) => {
      const timeout = new Promise<string>((resolve) => {
        setTimeout(resolve, CHECK_TIMEOUT_MS, `no answer in ${CHECK_TIMEOUT_MS} ms`).unref()
      })
      const wrong = await Promise.race([run(), timeout]).catch(() => 'does not answer')
      return [name, wrong ?? 'ok'] as const
    }),
  )
  return Object.fromEntries(found)
}

/**
 * The doors for whoever runs the service: `/_live` answers while the process does, `/_health` is 503
 * with the reasons when a person should look, `/_metrics` is for Prometheus.
 */
export function addOperations(
  app: Pick<Hono, 'get'>,
  { checks, metrics }: { checks: readonly HealthCheck[]; metrics: Metrics },
): void {
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

/** Red when the file system of a folder is fuller than this. */
export function diskCheck(folder: string, maxPercent: number): HealthCheck {
  return {
    name: 'disk',
    async run() {
      const { blocks, bavail } = await statfs(folder)
      const percent = Math.round((1 - bavail / blocks) * 100)
      return percent > maxPercent ? `${percent} % of the disk is used` : null
    },
  }
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
