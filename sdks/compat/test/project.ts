import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { inject } from 'vitest'
import { FaultProxy } from './fault-proxy.ts'

const WAIT_MS = 60_000
const POLL_MS = 100
/** How often in a row everything must look stored: a batch may be between two stages. */
const CALM_LOOKS = 3

/** One event as the store exports it, which writes whole numbers as text. */
export interface StoredEvent {
  uuid: string
  event: string
  distinct_id: string
  person_id: string
  timestamp: string
  time_note: string
  properties: Record<string, unknown>
  person_set: Record<string, unknown>
  person_set_once: Record<string, unknown>
  [column: string]: unknown
}

export interface Person {
  distinct_ids: string[]
  properties: Record<string, unknown>
}

/** A project of its own for one test, and the host that its client is given. */
export interface Project {
  writeKey: string
  proxy: FaultProxy
  /** Everything that was accepted, once it is stored: the oldest first, and every copy of an event. */
  events(): Promise<StoredEvent[]>
  /** The same, each with its properties as they were sent. */
  wholeEvents(): Promise<StoredEvent[]>
  /** Null when nobody has the id. */
  person(distinctId: string): Promise<Person | null>
  close(): Promise<void>
}

/** Makes a project as its owner does, over the API. */
export async function openProject(): Promise<Project> {
  const stack = inject('stack')
  const id = `p${randomBytes(8).toString('hex')}`
  const asOwner = { 'content-type': 'application/json', cookie: stack.cookie, origin: stack.auth }
  const ask = async <Body>(url: string, init: RequestInit = {}): Promise<Body> => {
    const response = await fetch(url, init)
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Body
  }
  const body = JSON.stringify({ id, name: id })
  await ask(`${stack.auth}/api/projects`, { method: 'POST', headers: asOwner, body })
  const keys = await ask<{ write_keys: { key: string }[] }>(
    `${stack.auth}/api/projects/${id}/write-keys`,
    { headers: asOwner },
  )
  const proxy = await FaultProxy.start(stack.edge)
  const events = async () => {
    await untilStored()
    const all = `project=${id}&format=ndjson&date_from=all`
    const response = await fetch(`${stack.query}/api/export?${all}`)
    if (!response.ok) throw new Error(await response.text())
    const lines = (await response.text()).split('\n').filter((line) => line !== '')
    return lines.map((line) => JSON.parse(line) as StoredEvent).sort(byTime)
  }
  return {
    writeKey: keys.write_keys[0]?.key ?? '',
    proxy,
    events,
    wholeEvents: async () =>
      Promise.all(
        (await events()).map(({ uuid }) =>
          ask<StoredEvent>(`${stack.query}/api/events/${uuid}?project=${id}`),
        ),
      ),
    async person(distinctId) {
      const asked = `project=${id}&distinct_id=${encodeURIComponent(distinctId)}`
      const { persons } = await ask<{ persons: Person[] }>(`${stack.query}/api/persons?${asked}`)
      return persons[0] ?? null
    },
    close: () => proxy.close(),
  }
}

// The ids of one client, made in one millisecond, are in the order in which it made them.
const byTime = (a: StoredEvent, b: StoredEvent) =>
  a.timestamp.localeCompare(b.timestamp) || a.uuid.localeCompare(b.uuid)

/** Resolves when no shard of the edge holds anything back and the consumer is at the log's end. */
async function untilStored(): Promise<void> {
  const deadline = Date.now() + WAIT_MS
  for (let calm = 0; calm < CALM_LOOKS; ) {
    if (Date.now() > deadline) throw new Error(`not stored in ${WAIT_MS / 1000} s`)
    calm = (await isStored()) ? calm + 1 : 0
    await sleep(POLL_MS)
  }
}

async function isStored(): Promise<boolean> {
  const { edge, query } = inject('stack')
  const metrics = await (await fetch(`${edge}/_metrics`)).text()
  const backlog = [...metrics.matchAll(/^headwater_edge_backlog_bytes(?:\{[^}]*\})? (\d+)/gm)]
  if (backlog.some(([, bytes]) => bytes !== '0')) return false
  const freshness = await fetch(`${query}/api/freshness?project=default`)
  const { lag_records } = (await freshness.json()) as { lag_records: number }
  return lag_records === 0
}
