// The scripted service is no proof that the real one is understood: here each SDK sends to the real edge in
// front of the real core.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoreProcess, SECRETS, startCore } from '../../core/core-process.ts'
import { type EdgeProcess, startEdgeProcess } from '../../edge/local/edge-process.ts'
import { freePorts } from '../../infra/services/ports.ts'
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
let core: CoreProcess
let edge: EdgeProcess
let writeKey: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-real-edge-'))
  const ports = (await freePorts(4)).map(String)
  const [AUTH_PORT = '', QUERY_PORT = '', BRIDGE_PORT = '', EDGE_PORT = ''] = ports
  const addresses = { AUTH_PORT, QUERY_PORT, BRIDGE_PORT }
  core = await startCore('all', { ...SECRETS, ...addresses, DATA_DIR: folder, LOG_LEVEL: 'warn' })
  const { auth: AUTH_URL = '', bridge: BRIDGE_URL = '' } = core.urls
  const settings = { EDGE_PORT, DATA_DIR: folder, BRIDGE_URL, AUTH_URL, SEAL_MAX_AGE_MS: '50' }
  edge = await startEdgeProcess({ ...SECRETS, ...settings })
  writeKey = await signWriteKey(SECRETS.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
}, 90_000)
afterAll(async () => {
  edge?.process.kill('SIGTERM')
  core?.child.kill('SIGTERM')
  await core?.exit
  rmSync(folder, { recursive: true, force: true })
})

async function stored(lib: string): Promise<Row[]> {
  const response = await fetch(
    `${core.urls.query}/api/export?project=default&format=ndjson&date_from=all`,
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
      await adapter.do('init', { write_key: writeKey, host: edge.url, options: { flush_at: 20 } })
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
