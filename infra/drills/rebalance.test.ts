import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drillConfig } from './config.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { Fuses } from './fuses.ts'
import { askStore } from './stored.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const { churnMs } = drillConfig()
const CHANGE_MS = 5_000
const MOST_CONSUMERS = 3
/** Longer than the session lasts, by far. */
const STOPPED_MS = 14_000
const REACHED_MS = 200_000

const folder = mkdtempSync(join(tmpdir(), 'headwater-fuses-'))
const fuses = new Fuses(folder)
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({
    consumers: 2,
    script: { consumer: 'infra/drills/crashing.ts' },
    env: { FUSES: folder },
  })
})
afterAll(async () => {
  await deployment.stop()
  rmSync(folder, { recursive: true })
})

it('stores all once while consumers come and go every 5 s', async () => {
  await underLoad(deployment, ledger, `consumers come and go for ${churnMs / 1000} s`, async () => {
    for (let elapsed = 0; elapsed < churnMs; elapsed += CHANGE_MS) {
      const [oldest, ...others] = deployment.consumers()
      const isFull = others.length + 1 >= MOST_CONSUMERS
      const change = isFull && oldest ? deployment.remove(oldest) : deployment.addConsumer()
      await Promise.all([change, sleep(CHANGE_MS)])
    }
  })
})

it('stores all once when a consumer is stopped for longer than its session, and goes on', async () => {
  await underLoad(deployment, ledger, 'consumer stopped and continued', async () => {
    for (const name of deployment.consumers()) {
      await sleep(1_000)
      await stopFor(deployment.child(name).pid)
    }
  })
})

it('stores all once when a stopped consumer sends its insert after another took over', async () => {
  await underLoad(deployment, ledger, 'insert of a replaced consumer', async () => {
    for (let i = 0; i < 2; i++) {
      fuses.add('stop before insert')
      await fuses.untilBurnt(REACHED_MS)
      const stopped = await firstStopped()
      const before = await storedRows()
      await sleep(STOPPED_MS)
      // Others have taken over and store what it had planned.
      await expect.poll(storedRows, { timeout: 20_000 }).toBeGreaterThan(before)
      process.kill(stopped, 'SIGCONT')
      await sleep(3_000)
    }
  })
})

async function stopFor(pid: number | undefined): Promise<void> {
  if (!pid) throw new Error('it does not run')
  process.kill(pid, 'SIGSTOP')
  await sleep(STOPPED_MS)
  process.kill(pid, 'SIGCONT')
}

async function firstStopped(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    for (const name of deployment.consumers()) {
      const { pid } = deployment.child(name)
      const state = pid && readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
      if (pid && state === 'T') return pid
    }
    await sleep(100)
  }
  throw new Error('no consumer is stopped')
}

async function storedRows(): Promise<number> {
  const [row] = await askStore<{ n: string }>(
    deployment.clickhouse.url,
    'SELECT count() AS n FROM events',
  )
  return Number(row?.n)
}
