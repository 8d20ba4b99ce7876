import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readOperatorConfig } from '../operations/config.ts'
import { rewindConsumers } from '../operations/rewind-consumers.ts'
import { Topics } from '../operations/topic.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { readBacklog } from './drained.ts'
import { askStore } from './stored.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const ledger = emptyLedger()
let deployment: Deployment
let data: string
let backup: string
beforeAll(async () => {
  // Small calls: so the consumers go back by far less than what is restored.
  const env = { CONSUMER_BATCH_ROWS: '500' }
  deployment = await startDeployment({ consumers: 2, env })
  data = join(deployment.folder, 'clickhouse/data')
  backup = join(deployment.folder, 'backup')
})
afterAll(() => deployment.stop())

it('stores all once while ClickHouse is stopped for a copy', async () => {
  await underLoad(deployment, ledger, 'before the copy and during it', async () => {
    await sleep(5_000)
    await deployment.clickhouse.stop()
    cpSync(data, backup, { recursive: true })
    await deployment.clickhouse.start()
  })
})

it('fills a store that was restored from the copy again from the log, once, and says how far it is', async () => {
  await underLoad(deployment, ledger, 'after the copy', () => sleep(3_000))
  const before = await storedRows()
  await underLoad(deployment, ledger, 'restored from the copy', async () => {
    await sleep(1_000)
    const config = readOperatorConfig([], deployment.env)
    await expect(rewindConsumers(config, () => {})).rejects.toThrow(/are all of them stopped/)
    await Promise.all(deployment.consumers().map((name) => deployment.remove(name)))
    await deployment.clickhouse.stop()
    rmSync(data, { recursive: true })
    cpSync(backup, data, { recursive: true })
    await deployment.clickhouse.start()
    const restored = await storedRows()
    expect(restored).toBeGreaterThan(4 * 500)
    expect(restored).toBeLessThan(before)
    const said: string[] = []
    await rewindConsumers(config, (line) => said.push(line))
    console.log(`${restored} of ${before} rows restored; ${said.at(-1)}`)
    const { logRecords } = await readBacklog(deployment)
    expect(logRecords).toBeGreaterThanOrEqual(before - restored)
    expect(logRecords).toBeLessThan(await logEnd())
    await Promise.all([deployment.addConsumer(), deployment.addConsumer()])
  })
})

/** Records on the log since it was made. */
async function logEnd(): Promise<number> {
  const topics = new Topics(readOperatorConfig([], deployment.env))
  const standings = await topics.standings('headwater.events', 'nobody')
  await topics.close()
  return standings.reduce((sum, { records }) => sum + records, 0)
}

async function storedRows(): Promise<number> {
  const [row] = await askStore<{ n: string }>(
    deployment.clickhouse.url,
    'SELECT count() AS n FROM events',
  )
  return Number(row?.n)
}
