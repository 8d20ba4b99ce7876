import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, it } from 'vitest'
import type { CrashPoint } from './crashing.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { Fuses } from './fuses.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const REACHED_MS = 200_000
const SCRIPT = 'infra/drills/crashing.ts'

const folder = mkdtempSync(join(tmpdir(), 'headwater-fuses-'))
const fuses = new Fuses(folder)
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({
    script: { bridge: SCRIPT, consumer: SCRIPT },
    env: { FUSES: folder },
  })
})
afterAll(async () => {
  await deployment.stop()
  rmSync(folder, { recursive: true })
})

it.each<CrashPoint[]>([['before append', 'after append', 'before append', 'after append']])(
  'stores all once when the bridge is killed: %s, %s',
  async (...points) => {
    await underLoad(deployment, ledger, 'bridge killed', async () => {
      for (const point of points) fuses.add(point)
      await fuses.untilBurnt(REACHED_MS)
    })
  },
)

it('stores all once when the consumer is killed at five points', async () => {
  await underLoad(deployment, ledger, 'consumer killed', async () => {
    const points: CrashPoint[] = ['after poll', 'before insert', 'after insert']
    for (const point of [...points, ...points]) fuses.add(point)
    await fuses.untilBurnt(REACHED_MS)
    for (const point of ['in migration', 'in rebalance'] as const) {
      fuses.add(point)
      // Each of them is passed only by a consumer that starts.
      deployment.kill('consumer-1')
      await fuses.untilBurnt(REACHED_MS)
    }
  })
})

it('stores all once when the broker is killed', async () => {
  await underLoad(deployment, ledger, 'broker killed', async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(2_000)
      await deployment.kafka.kill()
      await deployment.kafka.start()
    }
    await sleep(2_000)
  })
})

it('stores all once when ClickHouse is killed during inserts', async () => {
  await underLoad(deployment, ledger, 'ClickHouse killed', async () => {
    for (let i = 0; i < 3; i++) {
      await sleep(1_500)
      await deployment.clickhouse.kill()
      await deployment.clickhouse.start()
    }
  })
})

it('goes on capturing when PostgreSQL or Redis is killed', async () => {
  await underLoad(deployment, ledger, 'PostgreSQL and Redis killed', async () => {
    await sleep(500)
    await Promise.all([deployment.postgres.kill(), deployment.redis.kill()])
    await sleep(3_000)
    await Promise.all([deployment.postgres.start(), deployment.redis.start()])
  })
})

it('stores all once when the edge is killed', async () => {
  await underLoad(deployment, ledger, 'edge killed', async () => {
    for (let i = 0; i < 2; i++) {
      await sleep(2_000)
      deployment.kill('edge')
    }
    await sleep(2_000)
  })
})
