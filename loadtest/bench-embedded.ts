// `npm run bench:pipeline`: the whole embedded stack on this machine. Prints how fast it is ready, what
// it weighs idle, and events per second from capture to queryable at a steady rate.
// Options: --rate EVENTS_PER_S --seconds N --batch EVENTS_PER_REQUEST
// --questions: as long again while heavy questions are asked without a pause, and what that costs.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openChdbStore } from '../core/store/chdb.ts'
import { type Stack, startStack } from '../infra/e2e/stack.ts'
import { askHeavily } from './heavy-questions.ts'
import { memoryOf } from './memory.ts'
import { probeFreshness } from './probe.ts'
import { percentile } from './sample.ts'
import { steadyLoad } from './steady-load.ts'

const IDLE_MS = 15_000
const DRAIN_TIMEOUT_MS = 60_000

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '11000' },
    seconds: { type: 'string', default: '120' },
    batch: { type: 'string', default: '100' },
    questions: { type: 'boolean' },
  },
})
const [rate, seconds, batch] = [values.rate, values.seconds, values.batch].map(Number) as [
  number,
  number,
  number,
]

const stack = await startStack({ LOG_LEVEL: 'warn' })
try {
  await stack.stop()
  await stack.restart()
  const warm = /ready \(([\d.]+) s\)/.exec(stack.screen)?.[1]
  await sleep(IDLE_MS)
  console.log(`warm start: ready in ${warm} s`)
  for (const [name, bytes] of memoryOf(stack.pids())) {
    console.log(`idle memory: ${name} ${(bytes / 1024 ** 2).toFixed(0)} MB`)
  }
  await (values.questions ? measureQuestions(stack) : measure(stack))
} finally {
  await stack.remove()
}

async function measure(stack: Stack): Promise<void> {
  const probe = probeFreshness(stack)
  const load = await steadyLoad({
    url: stack.url('edge', '/batch'),
    writeKey: stack.writeKey,
    rate,
    seconds,
    batch,
  })
  const delays = await probe.stop()
  const drainedMs = await drained(stack, load.accepted + delays.length)
  await stack.stop()
  const facts = await readStored(stack.dataDir)
  const lost = load.accepted + delays.length - facts.stored
  console.log(`offered ${rate} events/s in requests of ${batch} for ${seconds} s`)
  console.log(
    `acknowledged: ${load.accepted} events, ${(load.accepted / load.seconds).toFixed(0)}/s`,
  )
  console.log(
    `answer time: p50 ${percentile(load.latencies, 50)} ms, p99 ${percentile(load.latencies, 99)} ms`,
  )
  console.log(`refused for now (503): ${load.retries}`)
  console.log(
    `acknowledged to queryable, ${delays.length} probes: p50 ${percentile(delays, 50)} ms, ` +
      `p99 ${percentile(delays, 99)} ms, max ${percentile(delays, 100)} ms`,
  )
  console.log(`received to inserted, every row: p50 ${facts.p50} ms, p99 ${facts.p99} ms`)
  console.log(
    `drained ${drainedMs} ms after the last answer; lost ${lost}, doubled ${facts.doubled}`,
  )
}

/** The same load twice, and then once more beside heavy questions: by how much they slow it. */
async function measureQuestions(stack: Stack): Promise<void> {
  const load = () => {
    const url = stack.url('edge', '/batch')
    return steadyLoad({ url, writeKey: stack.writeKey, rate, seconds, batch })
  }
  await load()
  const phases: { name: string; from: number; to: number; latencies: number[] }[] = []
  const phase = async (name: string) => {
    const from = Date.now()
    const { latencies } = await load()
    phases.push({ name, from, to: Date.now(), latencies })
  }
  await phase('alone')
  const asking = askHeavily(stack.url('query', ''))
  await phase('beside questions')
  const { answered, refused } = await asking.stop()
  await sleep(IDLE_MS)
  await stack.stop()
  console.log(`offered ${rate} events/s; ${answered} heavy questions answered, ${refused} refused`)
  for (const { name, from, to, latencies } of phases) {
    const { p50, p99 } = await readStored(stack.dataDir, { from, to })
    console.log(
      `${name}: answer time p50 ${percentile(latencies, 50)} ms, p99 ${percentile(latencies, 99)} ms; ` +
        `received to inserted p50 ${p50} ms, p99 ${p99} ms`,
    )
  }
}

async function drained(stack: Stack, expected: number): Promise<number> {
  const started = Date.now()
  while (Date.now() - started < DRAIN_TIMEOUT_MS) {
    const url = stack.url('query', '/api/trends?project=default&event=*&date_from=-1d')
    const result = (await (await fetch(url)).json()) as { series: { total: number }[] }
    if (result.series[0]?.total === expected) break
    await sleep(100)
  }
  return Date.now() - started
}

async function readStored(dataDir: string, { from, to } = { from: 0, to: Date.now() }) {
  const store = await openChdbStore({ path: `${dataDir}/store` })
  const [row] = await store.query<Record<'stored' | 'ids' | 'p50' | 'p99', string>>({
    text: `SELECT count() AS stored, uniqExact(uuid) AS ids,
      round(quantile(0.5)(delay)) AS p50, round(quantile(0.99)(delay)) AS p99
      FROM (SELECT uuid, dateDiff('millisecond', received_at, inserted_at) AS delay FROM events
        WHERE received_at >= fromUnixTimestamp64Milli({from:Int64})
          AND received_at < fromUnixTimestamp64Milli({to:Int64}))`,
    params: { from, to },
  })
  await store.close()
  const stored = Number(row?.ids ?? 0)
  return { stored, doubled: Number(row?.stored ?? 0) - stored, p50: row?.p50, p99: row?.p99 }
}
