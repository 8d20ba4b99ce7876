import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RealService } from '../services/service.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { SmallDisk } from './small-disk.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const FULL_MS = 8_000

// Only root may mount a disk.
const isRoot = process.getuid?.() === 0
const disks = { edge: new SmallDisk(48), kafka: new SmallDisk(160), clickhouse: new SmallDisk(400) }
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  if (!isRoot) return
  for (const disk of Object.values(disks)) disk.mount()
  const folder = (name: keyof typeof disks) => {
    const path = join(disks[name].folder, 'data')
    mkdirSync(path)
    chmodSync(path, 0o777)
    return path
  }
  deployment = await startDeployment({
    folders: { edge: folder('edge'), kafka: folder('kafka'), clickhouse: folder('clickhouse') },
  })
})
afterAll(async () => {
  if (!isRoot) return
  await deployment.stop()
  for (const disk of Object.values(disks)) disk.remove()
})

it.runIf(isRoot)(
  'answers capture with a retryable status while the disk of the edge is full',
  async () => {
    await underLoad(deployment, ledger, 'disk of the edge full', async () => {
      await sleep(2_000)
      disks.edge.fill()
      await expect.poll(capture, { timeout: FULL_MS, interval: 200 }).toBe(503)
      await sleep(FULL_MS)
      disks.edge.free()
      await expect.poll(capture, { timeout: 20_000, interval: 200 }).toBe(200)
    })
  },
)

it.runIf(isRoot)(
  'keeps capturing while the disk of Kafka is full, and goes on when there is room',
  async () => {
    await underLoad(deployment, ledger, 'disk of Kafka full', async () => {
      const supervisor = keepRunning(deployment.kafka.brokers)
      await sleep(2_000)
      disks.kafka.fill()
      await sleep(FULL_MS)
      expect(await capture()).toBe(200)
      disks.kafka.free()
      await sleep(5_000)
      await supervisor.stop()
    })
  },
)

it.runIf(isRoot)(
  'keeps capturing while the disk of ClickHouse is full, and goes on when there is room',
  async () => {
    await underLoad(deployment, ledger, 'disk of ClickHouse full', async () => {
      const supervisor = keepRunning([deployment.clickhouse])
      await sleep(2_000)
      disks.clickhouse.fill()
      await sleep(FULL_MS)
      expect(await capture()).toBe(200)
      disks.clickhouse.free()
      await sleep(2_000)
      await supervisor.stop()
    })
  },
)

/** The status of one event, sent once; when it was taken, the ledger knows it. */
async function capture(): Promise<number> {
  const uuid = randomUUID()
  const response = await fetch(`${deployment.url('edge')}/capture`, {
    method: 'POST',
    body: JSON.stringify({
      api_key: deployment.writeKey,
      uuid,
      event: 'probe',
      distinct_id: 'probe',
    }),
  })
  if (response.status === 200) ledger.acknowledged.add(uuid)
  if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  return response.status
}

// A broker without room ends by itself; whoever supervises it starts it until it stays.
function keepRunning(services: readonly RealService[]) {
  let running = true
  const done = (async () => {
    while (running) {
      for (const service of services) if (!service.pid) await service.start().catch(() => {})
      await sleep(500)
    }
  })()
  return {
    async stop() {
      running = false
      await done
      for (const service of services) if (!service.pid) await service.start()
    },
  }
}
