// `npm run bench:pipeline -- --services`: the distributed Headwater on real Kafka, ClickHouse,
// PostgreSQL and Redis, all on this machine. Events per second from capture to queryable, beside the
// floor of inserting the same rows straight into the same ClickHouse, in turns.
// Options: --seconds N --rounds N --batch EVENTS_PER_REQUEST --partitions N --soak EVENTS
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Deployment, startDeployment } from '../infra/drills/deployment.ts'
import { askStore } from '../infra/drills/stored.ts'
import { floodLoad } from './flood-load.ts'
import { type ProcessMemory, processMemory } from './process-memory.ts'
import { quantile } from './sample.ts'

const DRAIN_TIMEOUT_MS = 300_000
const POLL_MS = 100
/** What the consumer inserts at most at once: infra/env/full.env. */
const FLOOR_BATCH_ROWS = 20_000
const FLOOR_MS = 15_000
/** Everything is compiled, and every buffer has its size. */
const STEADY_EVENTS = 500_000

const { values } = parseArgs({
  options: {
    services: { type: 'boolean' },
    seconds: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    batch: { type: 'string', default: '100' },
    partitions: { type: 'string', default: '4' },
    soak: { type: 'string', default: '0' },
  },
})
const seconds = Number(values.seconds)
const batch = Number(values.batch)

const deployment = await startDeployment({
  partitions: Number(values.partitions),
  merges: true,
  env: { LOG_LEVEL: 'warn' },
})
try {
  await runRound(5)
  const rounds: { whole: number; floor: number }[] = []
  for (let i = 0; i < Number(values.rounds); i++) {
    const whole = await runRound(seconds)
    const floor = await insertStraight()
    rounds.push({ whole, floor })
    console.log(
      `round ${i + 1}: capture to queryable ${whole.toFixed(0)} events/s, ` +
        `straight into ClickHouse ${floor.toFixed(0)} rows/s, ratio ${(whole / floor).toFixed(2)}`,
    )
  }
  const ratios = rounds.map(({ whole, floor }) => whole / floor)
  const rates = rounds.map(({ whole }) => whole)
  console.log(
    `capture to queryable: ${quantile(rates, 0.5).toFixed(0)} events/s, ` +
      `${quantile(ratios, 0.5).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ` +
      `${Math.max(...ratios).toFixed(2)}) × floor (target 0.3)`,
  )
  await checkExactlyOnce()
  if (Number(values.soak) > 0) await soak(Number(values.soak))
} finally {
  await deployment.stop()
}

/** Events per second, from the first request until the last event can be asked for. */
async function runRound(forSeconds: number): Promise<number> {
  const before = await countRows()
  const started = performance.now()
  const { accepted } = await flood({ seconds: forSeconds })
  await untilStored(before + accepted)
  return accepted / ((performance.now() - started) / 1000)
}

function flood(limit: { seconds?: number; events?: number }) {
  const { writeKey } = deployment
  return floodLoad({ url: `${deployment.url('edge')}/batch`, writeKey, batch, ...limit })
}

/** Rows per second of one connection that inserts what is stored already, in the consumer's sizes. */
async function insertStraight(): Promise<number> {
  const { url } = deployment.clickhouse
  await askStore(url, 'DROP TABLE IF EXISTS floor')
  await askStore(url, 'CREATE TABLE floor AS events')
  const body = await rowsOf(deployment)
  const started = performance.now()
  let rows = 0
  while (performance.now() - started < FLOOR_MS) {
    await insert(url, body, rows)
    rows += FLOOR_BATCH_ROWS
  }
  const rate = rows / ((performance.now() - started) / 1000)
  await askStore(url, 'DROP TABLE floor')
  return rate
}

async function rowsOf({ clickhouse }: Deployment): Promise<string> {
  const rows = await askStore<unknown>(
    clickhouse.url,
    `SELECT * FROM events LIMIT ${FLOOR_BATCH_ROWS} SETTINGS output_format_json_quote_64bit_integers = 0`,
  )
  return rows.map((row) => JSON.stringify(row)).join('\n')
}

// The settings that the consumer inserts with, but for the token, which is another every time.
async function insert(url: string, body: string, number: number): Promise<void> {
  const settings = new URLSearchParams({
    database: 'headwater',
    query: 'INSERT INTO floor FORMAT JSONEachRow',
    input_format_parallel_parsing: '0',
    max_insert_block_size: '100000000',
    min_insert_block_size_rows: '100000000',
    type_json_skip_duplicated_paths: '1',
    json_type_escape_dots_in_keys: '1',
    date_time_input_format: 'best_effort',
    insert_deduplication_token: `floor ${Date.now()} ${number}`,
  })
  const response = await fetch(`${url}/?${settings}`, { method: 'POST', body })
  if (!response.ok) throw new Error(await response.text())
  await response.body?.cancel()
}

async function countRows(): Promise<number> {
  const sql = 'SELECT uniqExact(log_partition, log_offset) AS n FROM events'
  const [row] = await askStore<{ n: string }>(deployment.clickhouse.url, sql)
  return Number(row?.n)
}

async function untilStored(expected: number): Promise<void> {
  const deadline = Date.now() + DRAIN_TIMEOUT_MS
  for (let stored = 0; stored < expected; ) {
    if (Date.now() > deadline) throw new Error(`${stored} of ${expected} events are queryable`)
    await sleep(POLL_MS)
    const sql = 'SELECT count() AS n FROM events'
    const [row] = await askStore<{ n: string }>(deployment.clickhouse.url, sql)
    stored = Number(row?.n)
  }
}

async function checkExactlyOnce(): Promise<void> {
  const [row] = await askStore<{ rows: string; ids: string }>(
    deployment.clickhouse.url,
    'SELECT count() AS rows, uniqExact(uuid) AS ids FROM events',
  )
  console.log(`stored ${row?.rows} rows of ${row?.ids} events`)
}

/** Memory of every process after a lot of load, beside what it was when everything was warm. */
async function soak(events: number): Promise<void> {
  const before = await countRows()
  const first = await flood({ events: STEADY_EVENTS })
  await untilStored(before + first.accepted)
  const steady = processMemory(process.pid)
  const rest = await flood({ events })
  await untilStored(before + first.accepted + rest.accepted)
  const after = processMemory(process.pid)
  console.log(`memory after ${events} further events, beside what it was after ${STEADY_EVENTS}:`)
  for (const { name, bytes } of after) console.log(line(name, bytes, steady))
}

function line(name: string, bytes: number, steady: readonly ProcessMemory[]): string {
  const was = steady.find((process) => process.name === name)?.bytes ?? Number.NaN
  const mb = (size: number) => (size / 1024 ** 2).toFixed(0)
  return `  ${name}: ${mb(was)} MB, then ${mb(bytes)} MB, ratio ${(bytes / was).toFixed(2)} (target < 1.5)`
}
