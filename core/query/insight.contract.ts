import { readdirSync, readFileSync } from 'node:fs'
import type { EventRow } from '@headwater/schemas/row'
import { PROPERTY_COLUMNS } from '@headwater/schemas/row'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleRows } from '../store/sample-row.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { testClient } from './test-api.ts'

/** An event as a sender writes it, of what a fixture cares about. */
export interface FixtureEvent {
  event: string
  distinct_id: string
  timestamp: string
  properties?: Record<string, unknown>
}

/** Histories with questions about them: a file of schemas/fixtures/insights holds several. */
interface Fixture {
  name: string
  now: string
  events: FixtureEvent[]
  cases: { name: string; question: { kind: string }; answer: Record<string, unknown> }[]
}

const FOLDER = new URL('../../schemas/fixtures/insights/', import.meta.url)

export interface OpenInsightStore {
  store: EventStore & QueryStore
  remove(): Promise<void>
}

/** What every insight must answer on every store. `open` gives a store that was migrated. */
export function describeInsights(name: string, open: () => Promise<OpenInsightStore>): void {
  describe(`insights: ${name}`, () => {
    let opened: OpenInsightStore
    let projects = 0
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.remove())

    for (const fixture of readFixtures()) {
      describe(`${fixture.file}: ${fixture.name}`, () => {
        const project = `fixture-${projects++}`
        beforeAll(() => insertFixture(opened.store, project, fixture.events))

        it.each(fixture.cases)('$name', async ({ question, answer }) => {
          const now = Date.parse(fixture.now)
          const freshness = { read: async () => ({ complete_until: now, lag_records: 0 }) }
          const api = testClient({ store: opened.store, clock: () => now, freshness })
          const { status, body } = await api.post('/api/query', { project, ...question })
          expect(status, JSON.stringify(body)).toBe(200)
          expect(rounded(body)).toMatchObject(rounded(answer) as object)
        })
      })
    }
  })
}

/** Every published history, in the order of the files. */
export function readFixtures(): (Fixture & { file: string })[] {
  const files = readdirSync(FOLDER).sort()
  return files.flatMap((file) => {
    const fixtures: Fixture[] = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    return fixtures.map((fixture) => ({ ...fixture, file }))
  })
}

async function insertFixture(
  store: EventStore,
  project: string,
  events: readonly FixtureEvent[],
): Promise<void> {
  await store.insert(
    'events',
    sampleRows(events.map((event) => fixtureRow(project, event))),
    project,
  )
}

/** The row that an event becomes; the server's properties are in their columns. */
export function fixtureRow(project_id: string, fixture: FixtureEvent): Partial<EventRow> {
  const columns: Record<string, unknown> = {}
  const properties: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fixture.properties ?? {})) {
    if (Object.hasOwn(PROPERTY_COLUMNS, name)) {
      columns[PROPERTY_COLUMNS[name as keyof typeof PROPERTY_COLUMNS]] = value
    } else properties[name] = value
  }
  const { event, distinct_id } = fixture
  const timestamp = Date.parse(fixture.timestamp)
  return { project_id, event, distinct_id, timestamp, properties, ...columns } as Partial<EventRow>
}

// Means and quantiles are sums of doubles: their last digits depend on the order of the rows.
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(9))
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)]))
}
