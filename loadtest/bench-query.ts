// `npm run bench:query`: every insight through the query API's HTTP, beside the best SQL that a person
// would write for the same answer, on the same ClickHouse and the same events, in turns.
// Options: --events N --rounds N --folder FOLDER (kept and used again) --only NAME
// --peers: the same questions on PostgreSQL, and on DuckDB when its package is there.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startClickHouse } from '../infra/services/clickhouse.ts'
import { JOURNEY_QUESTIONS } from './bench-journeys.ts'
import { type BenchQuestion, COUNT_QUESTIONS } from './bench-questions.ts'
import { openDuckDbPeer, openPostgresPeer } from './peers.ts'
import { cpuMsBelow } from './process-cpu.ts'
import { type QueryTarget, startQueryTarget } from './query-target.ts'
import { quantile } from './sample.ts'

/** Of each question on a peer; the quickest counts, in their favour. */
const PEER_ROUNDS = 3
/** Below this the overhead of HTTP and JSON counts, and has a target of its own. */
const SMALL_MS = 100

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '7' },
    folder: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'boolean' },
  },
})
const events = Number(values.events)
const rounds = Number(values.rounds)
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'headwater-bench-query-'))
mkdirSync(folder, { recursive: true })
const server = await startClickHouse({ folder })
try {
  const target = await startQueryTarget(server.url, events)
  console.log(
    `${target.rows} events, ${target.megabytes} MB on disk, loaded in ${target.loadedInS} s`,
  )
  const asked = [...COUNT_QUESTIONS, ...JOURNEY_QUESTIONS].filter(({ name }) =>
    name.includes(values.only ?? ''),
  )
  for (const question of asked) await measure(question, target)
  if (values.peers) await measurePeers(asked, target)
  await target.close()
} finally {
  await server.stop()
  if (values.folder === undefined) rmSync(folder, { recursive: true })
}

async function measure(question: BenchQuestion, target: QueryTarget): Promise<void> {
  const { name, ask, sql, ofAnswer, ofRows } = question
  const both = { whole: [] as number[], floor: [] as number[] }
  const cpu = { whole: 0, floor: 0 }
  // One turn more than is counted: the first one reads from disk.
  for (let round = 0; round <= rounds; round++) {
    const before = cpuMsBelow(process.pid)
    const floor = await timed(() => target.sql(sql))
    const between = cpuMsBelow(process.pid)
    const whole = await timed(() => target.ask(ask))
    requireSame(name, ofAnswer(whole.result), ofRows(floor.result))
    if (round === 0) continue
    both.whole.push(whole.ms)
    both.floor.push(floor.ms)
    cpu.floor += between - before
    cpu.whole += cpuMsBelow(process.pid) - between
  }
  const ratios = both.floor.map((ms, i) => ms / (both.whole[i] ?? ms))
  const [whole, floor] = [quantile(both.whole, 0.5), quantile(both.floor, 0.5)]
  // The store's own work is told less wrongly than time by a machine that does other things, too.
  const work = ` (store's CPU ${(cpu.floor / cpu.whole).toFixed(2)} ×)`
  const verdict =
    floor >= SMALL_MS ? ` ${quantile(ratios, 0.5).toFixed(2)} × (target 0.9)${work}` : ''
  console.log(
    `${name.padEnd(36)} HTTP ${whole.toFixed(0).padStart(5)} ms, by hand ${floor.toFixed(0).padStart(5)} ms${verdict}`,
  )
}

async function measurePeers(asked: readonly BenchQuestion[], target: QueryTarget): Promise<void> {
  for (const open of [openPostgresPeer, openDuckDbPeer]) {
    const peer = await open(folder, target.read)
    if (!peer) {
      console.log('DuckDB: not installed (npm install --no-save @duckdb/node-api@1.5.6-r.1)')
      continue
    }
    console.log(`${peer.name}: loaded and indexed in ${peer.loadedInS} s`)
    for (const { name, ask, standard, ofAnswer, ofRows } of asked) {
      if (standard === undefined) continue
      const expected = ofAnswer(await target.ask(ask))
      const times: number[] = []
      for (let round = 0; round < PEER_ROUNDS; round++) {
        const { ms, result } = await timed(() => peer.sql(standard))
        requireSame(`${name} on ${peer.name}`, expected, ofRows(result))
        times.push(ms)
      }
      console.log(
        `${name.padEnd(36)} ${peer.name} ${Math.min(...times)
          .toFixed(0)
          .padStart(6)} ms`,
      )
    }
    await peer.close()
  }
}

function requireSame(name: string, answer: readonly number[], rows: readonly number[]): void {
  const digits = (numbers: readonly number[]) => numbers.map((n) => n.toPrecision(9)).join(' ')
  if (digits(answer) === digits(rows)) return
  throw new Error(`${name}: answered ${digits(answer)}, by hand ${digits(rows)}`)
}

async function timed<Result>(run: () => Promise<Result>): Promise<{ ms: number; result: Result }> {
  const started = performance.now()
  const result = await run()
  return { ms: performance.now() - started, result }
}
