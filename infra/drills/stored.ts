import { expect } from 'vitest'
import type { Ledger } from '../faults/load.ts'
import type { Deployment } from './deployment.ts'

export interface Verdict {
  acknowledged: number
  lost: string[]
  doubled: string[]
  /** Stored, but never answered 2xx: allowed only for a request whose answer was lost. */
  unknown: string[]
}

/** Asks ClickHouse directly; resolves with the rows. */
export async function askStore<Row>(url: string, sql: string): Promise<Row[]> {
  const response = await fetch(`${url}/?database=headwater&default_format=JSONEachRow`, {
    method: 'POST',
    body: sql,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}

/** No part is ever merged: a merge would hide that a row was stored twice. */
export async function keepEveryPart(url: string): Promise<void> {
  const settings = [
    'max_bytes_to_merge_at_max_space_in_pool = 1',
    'parts_to_delay_insert = 100000',
    'parts_to_throw_insert = 100000',
  ]
  await askStore(url, `ALTER TABLE events MODIFY SETTING ${settings.join(', ')}`)
}

/** Compares what is stored with what was answered 2xx, by uuid. */
export async function judge({ clickhouse }: Deployment, ledger: Ledger): Promise<Verdict> {
  const rows = await askStore<{ uuid: string; copies: string }>(
    clickhouse.url,
    'SELECT toString(uuid) AS uuid, count() AS copies FROM events GROUP BY uuid',
  )
  const stored = new Map(rows.map(({ uuid, copies }) => [uuid, Number(copies)]))
  return {
    acknowledged: ledger.acknowledged.size,
    lost: [...ledger.acknowledged].filter((uuid) => !stored.has(uuid)),
    doubled: [...stored].filter(([, copies]) => copies > 1).map(([uuid]) => uuid),
    unknown: [...stored.keys()].filter((uuid) => !ledger.acknowledged.has(uuid)),
  }
}

/** Fails with the uuids of what is lost or doubled; prints the figures. */
export async function expectExactlyOnce(deployment: Deployment, ledger: Ledger, what: string) {
  const verdict = await judge(deployment, ledger)
  console.log(
    `${what}: ${verdict.acknowledged} events acknowledged in ${ledger.requests} requests ` +
      `(${ledger.retries} retries); lost ${verdict.lost.length}, doubled ${verdict.doubled.length}`,
  )
  expect(verdict.acknowledged).toBeGreaterThan(0)
  expect(verdict).toMatchObject({ lost: [], doubled: [], unknown: [] })
}
