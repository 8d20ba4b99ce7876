import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Event } from '@headwater/schemas/event'
import type { Random } from '../random.ts'

const SENDERS = 24
const PEOPLE = 400
const DAY_MS = 86_400_000
const ATTEMPT_TIMEOUT_MS = 10_000

export interface LoadOptions {
  url: string
  writeKey: string
  random: Random
  /** Events to have acknowledged at the least. */
  minEvents: number
  /** The load goes on while this says so, also beyond minEvents. */
  goOn(): boolean
  /** Pause of each sender between two requests, ms. */
  pauseMs: number
}

export interface Ledger {
  /** Every uuid that was answered 2xx. */
  acknowledged: Set<string>
  requests: number
  retries: number
}

/**
 * Sends a seeded load the way real clients do: single events and batches, some gzipped, clocks that
 * are off by days, events out of order, and every request retried with the same uuids until it is
 * answered 2xx. Throws when a request is refused for good, since nothing in this load is invalid.
 */
export async function runLoad(options: LoadOptions): Promise<Ledger> {
  const ledger: Ledger = { acknowledged: new Set(), requests: 0, retries: 0 }
  const sender = async () => {
    while (ledger.acknowledged.size < options.minEvents || options.goOn()) {
      const events = makeEvents(options.random)
      await sendUntilAcknowledged(events, options, ledger)
      for (const { uuid } of events) if (uuid) ledger.acknowledged.add(uuid)
      await sleep(options.pauseMs * options.random.next() * 2)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  return ledger
}

function makeEvents(random: Random): Event[] {
  const count = random.next() < 0.3 ? 1 : random.int(2, 40)
  const clockErrorMs = random.pick([0, 0, 0, -3 * DAY_MS, 2 * 3_600_000, -7 * 60_000])
  return Array.from({ length: count }, () => ({
    uuid: random.uuid(),
    event: random.pick(['$pageview', 'feature_click', 'signup_click', 'load_event']),
    distinct_id: `person-${random.int(1, PEOPLE)}`,
    // Out of order within the request, and over a month's end now and then.
    timestamp: new Date(Date.now() + clockErrorMs - random.int(0, 40 * DAY_MS)).toISOString(),
    properties: { n: random.int(0, 1_000_000), text: 'x'.repeat(random.int(0, 300)) },
  }))
}

async function sendUntilAcknowledged(events: Event[], options: LoadOptions, ledger: Ledger) {
  const gzip = options.random.next() < 0.5
  for (let attempt = 0; ; attempt++) {
    ledger.requests++
    if (attempt > 0) ledger.retries++
    const status = await send(events, gzip, options).catch(() => 0)
    if (status === 200) return
    if (status >= 400 && status < 500) throw new Error(`capture refused a good request: ${status}`)
    await sleep(Math.min(200 * 2 ** attempt, 2_000) * (0.5 + options.random.next()))
  }
}

async function send(events: Event[], gzip: boolean, { url, writeKey }: LoadOptions) {
  const single = events.length === 1 && events[0]
  const sent_at = new Date().toISOString()
  const body = JSON.stringify(
    single
      ? { ...single, api_key: writeKey, sent_at }
      : { api_key: writeKey, batch: events, sent_at },
  )
  const response = await fetch(`${url}${single ? '/capture' : '/batch'}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: gzip ? gzipSync(body) : body,
    signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
  })
  const answer = (await response.json()) as { accepted?: number }
  if (response.status === 200 && answer.accepted !== events.length) {
    throw new Error(`capture accepted ${answer.accepted} of ${events.length} good events`)
  }
  return response.status
}
