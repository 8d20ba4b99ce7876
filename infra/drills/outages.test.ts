import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drillConfig } from './config.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { readBacklog } from './drained.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const { outageMs, backoffMaxMs } = drillConfig()
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({ env: { BACKOFF_MAX_MS: String(backoffMaxMs) } })
})
afterAll(() => deployment.stop())

// While the service is away the edge or the log takes everything in. Afterwards the load goes on, so the
// backlog is gone after outage / (speed - 1) when it drains at `speed` times the incoming rate.
it.each([
  { name: 'the broker', speed: 2, service: () => deployment.kafka },
  { name: 'ClickHouse', speed: 3, service: () => deployment.clickhouse },
])('captures while $name is away, and drains at $speed × the incoming rate', async (outage) => {
  const { name, speed, service } = outage
  const limitMs = outageMs / (speed - 1)
  let tookMs = Number.POSITIVE_INFINITY
  await underLoad(deployment, ledger, `${name} away for ${outageMs / 1000} s`, async () => {
    await sleep(2_000)
    const before = await captured()
    await service().kill()
    await sleep(outageMs)
    const during = (await captured()) - before
    expect(during).toBeGreaterThan(0)
    await service().start()
    const started = Date.now()
    // Level with the load again, not empty: the load goes on.
    await expect.poll(isLevel, { timeout: limitMs + 30_000, interval: 250 }).toBe(true)
    tookMs = Date.now() - started
  })
  console.log(`${name}: level again ${tookMs} ms after its return; limit ${limitMs} ms`)
  expect(tookMs).toBeLessThan(limitMs)
})

async function captured(): Promise<number> {
  const metrics = await (await fetch(`${deployment.url('edge')}/_metrics`)).text()
  const counts = [
    ...metrics.matchAll(/^headwater_edge_accepted_events_total(?:\{[^}]*\})? (\d+)/gm),
  ]
  return counts.reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Nothing older than a few seconds waits anywhere. */
async function isLevel(): Promise<boolean> {
  const { edgeBytes, logRecords } = await readBacklog(deployment).catch(() => ({
    edgeBytes: Number.POSITIVE_INFINITY,
    logRecords: Number.POSITIVE_INFINITY,
  }))
  return edgeBytes < 500_000 && logRecords < 2_000
}
