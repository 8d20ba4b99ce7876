// The scripted service is no proof that the real one is understood: here each SDK sends to the real edge in
// front of the real core.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRETS } from '../../core/core-process.ts'
import { type CoreAndEdge, startCoreAndEdge } from '../../infra/local/core-and-edge.ts'
import { Adapter } from './adapter.ts'
import { captureAll, many, until } from './scenario.ts'
import { SDKS } from './sdks.ts'

interface Row {
  uuid: string
  event: string
  distinct_id: string
  lib: string
  properties: Record<string, unknown>
  person_set: Record<string, unknown>
  person_set_once: Record<string, unknown>
}

let folder: string
let stack: CoreAndEdge
let writeKey: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-real-edge-'))
  stack = await startCoreAndEdge(folder)
  writeKey = await signWriteKey(SECRETS.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
}, 90_000)
afterAll(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function stored(lib: string): Promise<Row[]> {
  const response = await fetch(
    `${stack.core.urls.query}/api/export?project=default&format=ndjson&date_from=all`,
  )
  expect(response.status).toBe(200)
  const rows = (await response.text()).split('\n').filter(Boolean)
  return rows.map((row) => JSON.parse(row) as Row).filter((row) => row.lib === lib)
}

describe.each(SDKS)('$name at the real edge', (sdk) => {
  it.skipIf(sdk.whyNot())('has each event stored once, with what it says of persons', async () => {
    const shared = await sdk.share?.()
    const adapter = new Adapter([...sdk.command, ...(shared?.args ?? [])])
    try {
      await adapter.do('init', {
        write_key: writeKey,
        host: stack.edge.url,
        options: { flush_at: 20 },
      })
      const uuids = await captureAll(adapter, many(150))
      const ann = {
        distinct_id: `ann-${sdk.name}`,
        set: { name: 'Ann' },
        set_once: { first: 'news' },
      }
      await adapter.do('identify', { ...ann, anonymous_id: 'anon-1' })
      const { ok, value } = await adapter.ask('capture', {
        event: 'x'.repeat(201),
        distinct_id: 'ann',
      })
      await adapter.do('shutdown', { timeout_ms: 10_000 })
      expect(await adapter.ended()).toBe(0)

      const isStored = async () => (await stored(sdk.name)).length >= 151
      await until('all are stored', isStored, 60_000)
      const rows = await stored(sdk.name)
      const named = rows.filter(({ event }) => event.startsWith('event '))
      expect(named.map(({ uuid }) => uuid).sort()).toEqual(uuids.toSorted())
      expect(rows).toHaveLength(151)
      expect(rows.find(({ event }) => event === '$identify')).toMatchObject({
        distinct_id: ann.distinct_id,
        person_set: ann.set,
        person_set_once: expect.objectContaining(ann.set_once),
      })
      expect(rows.filter(({ uuid }) => ok && uuid === value)).toEqual([])
    } finally {
      await adapter.kill()
      await shared?.close()
    }
  })
})
