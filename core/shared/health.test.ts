import { once } from 'node:events'
import { createServer } from 'node:tls'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import {
  addOperations,
  certificateCheck,
  diskCheck,
  folderUsed,
  type HealthCheck,
  showDisks,
} from './health.ts'
import { createMetrics } from './metrics.ts'
import { makeCertificate } from './test-certificate.ts'

const well: HealthCheck = { name: 'log', run: async () => null }

it('is red with the reasons as soon as one check is not well', async () => {
  const full: HealthCheck = { name: 'disk', run: async () => '93 % of the disk is used' }
  const away: HealthCheck = { name: 'store', run: () => Promise.reject(new Error('secret host')) }
  const { status, body } = await ask('/_health', [well, full, away])
  expect(status).toBe(503)
  expect(body).toEqual({
    status: 'failing',
    checks: { log: 'ok', disk: '93 % of the disk is used', store: 'does not answer' },
  })
})

it('is green when all are well, and red when one never answers', async () => {
  expect(await ask('/_health', [well])).toEqual({
    status: 200,
    body: { status: 'ok', checks: { log: 'ok' } },
  })
  const hanging: HealthCheck = { name: 'log', run: () => new Promise(() => {}) }
  expect((await ask('/_health', [hanging])).status).toBe(503)
})

it('lives while it answers, whatever its health', async () => {
  const bad: HealthCheck = { name: 'log', run: async () => 'away' }
  expect(await ask('/_live', [bad])).toEqual({ status: 200, body: { status: 'ok' } })
})

it('tells a disk that is fuller than allowed', async () => {
  const used = async () => 0.934
  expect(await diskCheck('disk', used, 94).run()).toBeNull()
  expect(await diskCheck('disk', used, 80).run()).toBe('93 % of the disk is used')
  expect(await folderUsed('/')).toBeGreaterThan(0)
  expect(await folderUsed('/')).toBeLessThanOrEqual(1)
})

it('shows each check, and how full the disks are, to Prometheus', async () => {
  const metrics = createMetrics()
  const full: HealthCheck = { name: 'disk', run: async () => '93 % of the disk is used' }
  addOperations(new Hono(), { checks: [well, full], metrics })
  showDisks(metrics, { store: async () => 0.93 })
  const text = await metrics.metrics()
  expect(text).toContain('headwater_health_ok{check="log"} 1\n')
  expect(text).toContain('headwater_health_ok{check="disk"} 0\n')
  expect(text).toContain('headwater_disk_used_ratio{disk="store"} 0.93\n')
})

it('tells a certificate that ends soon', async () => {
  const server = createServer(makeCertificate(365)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  expect(await certificateCheck(`127.0.0.1:${port}`, 14).run()).toBeNull()
  expect(await certificateCheck(`127.0.0.1:${port}`, 400).run()).toMatch(/ends in \d+ days/)
  server.close()
  await expect(certificateCheck('127.0.0.1:1', 14).run()).rejects.toThrow()
})

async function ask(path: string, checks: readonly HealthCheck[]) {
  const app = new Hono()
  addOperations(app, { checks, metrics: createMetrics() })
  const response = await app.request(path)
  return { status: response.status, body: await response.json() }
}
