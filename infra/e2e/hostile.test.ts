import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openChdbStore } from '../../core/store/chdb.ts'
import { ROOT } from '../local/config.ts'
import { untilDrained } from './drained.ts'
import { type Stack, startStack } from './stack.ts'

const FOLDER = join(ROOT, 'schemas/fixtures/hostile')

/** One hostile event: its JSON as text, or as bytes when it is not even text. */
interface Hostile {
  name: string
  text?: string
  base64?: string
}

const hostiles = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Hostile | Hostile[])

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(async () => {
  await stack.remove()
})

it('stores both good neighbours of every hostile event, and never answers 5xx', async () => {
  expect(hostiles.length).toBeGreaterThanOrEqual(14)
  for (const [index, hostile] of hostiles.entries()) {
    const response = await fetch(stack.url('edge', '/batch'), {
      method: 'POST',
      body: batchAround(index, hostile),
    })
    const text = await response.text()
    expect(response.status, `${hostile.name}: ${text}`).toBe(200)
    const answer = JSON.parse(text) as { accepted: number; dropped: unknown[] }
    expect(answer.accepted + answer.dropped.length, hostile.name).toBe(3)
    expect(answer.accepted, hostile.name).toBeGreaterThanOrEqual(2)
  }
  await untilDrained(stack)
  await stack.stop()
  const stored = await storedNeighbours()
  for (const [index, hostile] of hostiles.entries()) {
    expect(stored, hostile.name).toContain(`before-${index}`)
    expect(stored, hostile.name).toContain(`after-${index}`)
  }
  expect(stored.length).toBe(hostiles.length * 2)
})

function batchAround(index: number, hostile: Hostile): Uint8Array<ArrayBuffer> {
  const neighbour = (side: string) =>
    `{"event":"neighbour","distinct_id":"${side}-${index}","properties":{"a":1}}`
  const event = hostile.base64
    ? Buffer.from(hostile.base64, 'base64')
    : Buffer.from(hostile.text ?? '')
  const head = `{"api_key":"${stack.writeKey}","batch":[${neighbour('before')},`
  const tail = `,${neighbour('after')}]}`
  return new Uint8Array(Buffer.concat([Buffer.from(head), event, Buffer.from(tail)]))
}

async function storedNeighbours(): Promise<string[]> {
  const store = await openChdbStore({ path: `${stack.dataDir}/store` })
  const rows = await store.query<{ distinct_id: string }>({
    text: "SELECT distinct_id FROM events WHERE event = 'neighbour'",
  })
  await store.close()
  return rows.map((row) => row.distinct_id)
}
