// `npm run seed`: loads a believable history through the capture API. Ends with exit code 1 when an
// event was dropped or refused, and 2 when the command line is wrong.
import type { DroppedEvent } from '@headwater/schemas/event'
import { type Delivery, deliver } from './deliver.ts'
import { makeHistory } from './history.ts'
import { readOptions, type SeedOptions, USAGE } from './options.ts'
import type { SeedEvent } from './visit.ts'

const PROGRESS_MS = process.stdout.isTTY ? 100 : 5_000

if (process.argv.includes('--help')) {
  console.log(USAGE)
  process.exit(0)
}
try {
  process.exitCode = await seed(await readOptions(process.argv.slice(2), Date.now()))
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  const isUsage =
    error instanceof Error &&
    /^(invalid --|no write key|Unknown option|Unexpected)/.test(error.message)
  if (isUsage) console.error(`\n${USAGE}`)
  process.exitCode = isUsage ? 2 : 1
}

async function seed({ endMs, url, writeKey, concurrency, ...options }: SeedOptions) {
  // The history has whole days; what lies ahead of now has not happened.
  const history = makeHistory({ ...options, endMs }).filter((e) => Date.parse(e.timestamp) <= endMs)
  console.log(
    `Sending ${count(history.length)} events of ${options.days} days and today to ${url} …`,
  )
  const started = Date.now()
  let shown = 0
  const delivery = await deliver(history, {
    url,
    writeKey,
    concurrency,
    onProgress(progress) {
      if (Date.now() - shown < PROGRESS_MS) return
      shown = Date.now()
      showProgress(progress, history.length)
    },
  })
  const seconds = (Date.now() - started) / 1000
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
  console.log(summary(history, delivery, seconds))
  return delivery.dropped.length === 0 && delivery.accepted === history.length ? 0 : 1
}

function showProgress({ accepted, dropped }: Delivery, total: number): void {
  const done = accepted + dropped.length
  const line = `${Math.floor((done / total) * 100)} %  ${count(done)} of ${count(total)} events`
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${line}`)
  else console.log(line)
}

function summary(history: SeedEvent[], { accepted, dropped, retries }: Delivery, seconds: number) {
  const people = new Set(history.map(({ distinct_id }) => distinct_id)).size
  const names = countBy(history, ({ event }) => event)
  const reasons = countBy(dropped, ({ reason }: DroppedEvent) => reason)
  return [
    `Accepted ${count(accepted)} events of ${count(people)} persons in ${seconds.toFixed(1)} s:` +
      ` ${count(Math.round(accepted / seconds))} events/s, ${retries} retries.`,
    ...names.map(([name, number]) => `  ${count(number).padStart(9)}  ${name}`),
    ...(dropped.length > 0 ? [`Dropped ${count(dropped.length)} events:`] : []),
    ...reasons.map(([reason, number]) => `  ${count(number).padStart(9)}  ${reason}`),
  ].join('\n')
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
