import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readOptions, run } from '../operations/kafka-partitions.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import { Fuses } from './fuses.ts'
import { askStore } from './stored.ts'
import { emptyLedger, underLoad } from './under-load.ts'

const REACHED_MS = 200_000
const OLD = 'headwater.events'
const NEW = 'headwater.events.2'

const folder = mkdtempSync(join(tmpdir(), 'headwater-fuses-'))
const fuses = new Fuses(folder)
const ledger = emptyLedger()
let deployment: Deployment
beforeAll(async () => {
  deployment = await startDeployment({
    partitions: 4,
    consumers: 2,
    script: { bridge: 'infra/drills/crashing.ts' },
    env: { FUSES: folder, KAFKA_TOPIC: OLD },
  })
})
afterAll(async () => {
  await deployment.stop()
  rmSync(folder, { recursive: true })
})

it('goes on with the old topic when its consumers are away and the operator turns back', async () => {
  await underLoad(deployment, ledger, 'sealed and opened again', async () => {
    await sleep(1_000)
    const [first = '', second = ''] = deployment.consumers()
    await Promise.all([deployment.remove(first), deployment.remove(second)])
    await sleep(1_000)
    const sealing = operate('--partitions', '8', '--timeout', '3')
    await expect(sealing).rejects.toThrow(/still to be read/)
    expect((await operate('--check'))[0]).toMatch(/4 partitions, [1-9]\d* records to read, sealed/)
    await operate('--reopen')
    await Promise.all([deployment.addConsumer(), deployment.addConsumer()])
  })
  expect((await operate('--check'))[0]).toBe(`${OLD}: 4 partitions, 0 records to read`)
})

it('goes from 4 to 8 partitions under load while a batch is in doubt: all once, in order', async () => {
  await underLoad(deployment, ledger, 'from 4 to 8 partitions', async () => {
    await sleep(1_000)
    // The log has the batch, and the edge will never be told.
    fuses.add('after append')
    await fuses.untilBurnt(REACHED_MS)
    const said = await operate('--partitions', '8')
    expect(said.at(-1)).toContain(`KAFKA_TOPIC=${NEW}`)
    const services = [...deployment.consumers(), 'query', 'bridge']
    await deployment.configure(services, { KAFKA_TOPIC: NEW })
    await sleep(2_000)
  })
  expect((await operate('--check'))[0]).toBe(`${NEW}: 8 partitions, 0 records to read`)
  expect(await usedPartitions()).toEqual([
    { topic: OLD, partitions: 4 },
    { topic: NEW, partitions: 8 },
  ])
  expect(await repeatsSkipped()).toBeGreaterThan(0)
  expect(await outOfOrder()).toEqual([])
})

async function operate(...line: string[]): Promise<string[]> {
  const said: string[] = []
  await run(readOptions(line, deployment.env), (words) => said.push(words))
  return said
}

async function usedPartitions() {
  const rows = await askStore<{ topic: string; partitions: string }>(
    deployment.clickhouse.url,
    `SELECT splitByChar('/', log_id)[2] AS topic, uniqExact(log_partition) AS partitions
     FROM events GROUP BY topic ORDER BY topic`,
  )
  return rows.map(({ topic, partitions }) => ({ topic, partitions: Number(partitions) }))
}

/** Copies of the batch in doubt that the new topic brought. */
async function repeatsSkipped(): Promise<number> {
  const texts = await Promise.all(
    deployment.consumers().map(async (name) => {
      const url = deployment.url(name as `consumer-${number}`)
      return (await fetch(`${url}/_metrics`)).text()
    }),
  )
  const counts = texts.join('\n').matchAll(/consumer_skipped_total\{kind="repeat"\} (\d+)/g)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** People of whom the new topic has an event that a shard sent before one in the old topic. */
function outOfOrder(): Promise<unknown[]> {
  return askStore(
    deployment.clickhouse.url,
    `SELECT distinct_id, shard FROM events GROUP BY distinct_id, shard
     HAVING countIf(endsWith(log_id, '${OLD}')) > 0 AND countIf(endsWith(log_id, '${NEW}')) > 0
       AND maxIf((seq, idx), endsWith(log_id, '${OLD}'))
         >= minIf((seq, idx), endsWith(log_id, '${NEW}'))`,
  )
}
