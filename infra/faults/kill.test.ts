import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openChdbStore } from '../../core/store/chdb.ts'
import { untilDrained } from '../e2e/drained.ts'
import { killHard, type Stack, startStack } from '../e2e/stack.ts'
import { type Random, seededRandom } from '../random.ts'
import { runLoad } from './load.ts'

const SEED = 20_261_123
const KILLS = 12
const MIN_EVENTS = 20_000
const TARGETS = ['workerd', 'core', 'tree'] as const

it('loses and doubles nothing when workerd, the core or the whole tree is killed under load', async () => {
  const random = seededRandom(SEED)
  const stack = await startStack()
  try {
    const killer = killRepeatedly(stack, seededRandom(SEED + 1))
    const ledger = await runLoad({
      url: stack.url('edge'),
      writeKey: stack.writeKey,
      random,
      minEvents: MIN_EVENTS,
      goOn: () => !killer.done(),
      pauseMs: 300,
    })
    const kills = await killer.finished
    await untilDrained(stack)
    await stack.stop()

    const stored = await readStored(stack.dataDir)
    const lost = [...ledger.acknowledged].filter((uuid) => !stored.has(uuid))
    const doubled = [...stored].filter(([, count]) => count > 1)
    const unknown = [...stored.keys()].filter((uuid) => !ledger.acknowledged.has(uuid))
    console.log(
      `${ledger.acknowledged.size} events acknowledged in ${ledger.requests} requests ` +
        `(${ledger.retries} retries) through ${kills.join(', ')}; lost ${lost.length}, doubled ${doubled.length}`,
    )
    expect(kills.length).toBeGreaterThanOrEqual(10)
    expect(ledger.acknowledged.size).toBeGreaterThanOrEqual(MIN_EVENTS)
    expect(lost).toEqual([])
    expect(doubled).toEqual([])
    expect(unknown).toEqual([])
  } finally {
    await stack.remove()
  }
})

function killRepeatedly(stack: Stack, random: Random) {
  const kills: string[] = []
  let done = false
  const run = async () => {
    for (let i = 0; i < KILLS; i++) {
      await sleep(random.int(500, 4_000))
      const target = TARGETS[i % TARGETS.length] ?? 'tree'
      await killOne(stack, target)
      kills.push(target)
    }
    return kills
  }
  // A kill that fails must end the load, or the test would only time out.
  const finished = run().finally(() => {
    done = true
  })
  finished.catch(() => {})
  return { finished, done: () => done }
}

async function killOne(stack: Stack, target: (typeof TARGETS)[number]): Promise<void> {
  if (target === 'tree') {
    await stack.killTree()
    await stack.restart()
    return
  }
  const { pids } = stack.pids()
  const pid = target === 'core' ? pids.core : pids['edge workerd']
  if (!pid) throw new Error(`no process id of ${target}`)
  killHard(pid)
}

async function readStored(dataDir: string): Promise<Map<string, number>> {
  const store = await openChdbStore({ path: `${dataDir}/store` })
  try {
    const rows = await store.query<{ uuid: string; copies: string }>({
      text: 'SELECT toString(uuid) AS uuid, count() AS copies FROM events GROUP BY uuid',
    })
    return new Map(rows.map(({ uuid, copies }) => [uuid, Number(copies)]))
  } finally {
    await store.close()
  }
}
