import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Letter } from '@headwater/schemas/dead-letter'
import type { ApiError } from '@headwater/schemas/insight'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { poisoned, record } from '../consumer/test-consumer.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { testClient } from './test-api.ts'
import { TestLetters } from './test-letters.ts'

let store: ChdbStore
let letters: TestLetters
let tests = 0
let [mine, theirs, shard] = ['', '', '']
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-letters-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
})
beforeEach(() => {
  tests++
  mine = `mine-${tests}`
  theirs = `theirs-${tests}`
  shard = `local:0@${String(tests).padStart(16, '0')}`
  letters = new TestLetters(store, { logId: `log ${tests}`, project: mine })
})
afterAll(() => store.close())

/** Poison of two projects, by turns. */
async function kill(count: number): Promise<void> {
  const project = (i: number) => (i % 2 === 0 ? mine : theirs)
  await letters.append(
    Array.from({ length: count }, (_, i) => poisoned(record(i, { project: project(i), shard }))),
  )
  await letters.consume()
}
const show = (id: string, project = mine) =>
  letters.api.get<Letter & ApiError>(`/api/dead-letters/${id}`, { project })

describe('the list', () => {
  it('has the letters of one project, the newest first, with what can be read of them', async () => {
    await kill(5)
    const { letters: found, next } = await letters.list()
    expect(found.map(({ id }) => id.slice(8))).toEqual(['-0-4', '-0-2', '-0-0'])
    expect(next).toBe(null)
    expect(found[0]).toMatchObject({
      project: mine,
      event: 'e',
      distinct_id: 'ann',
      uuid: '00000000-0000-4000-8000-000000000004',
      replayed_at: null,
    })
    expect(found[0]?.error).toContain('Cannot parse')
    expect(Date.now() - Date.parse(found[0]?.dead_at ?? '')).toBeLessThan(60_000)
    expect((await letters.list(theirs)).letters.map(({ id }) => id.slice(8))).toEqual([
      '-0-3',
      '-0-1',
    ])
  })

  it('is read page by page, each letter once, also while others die', async () => {
    await kill(10)
    const ids: string[] = []
    let page = await letters.list(mine, { limit: '2' })
    for (;;) {
      ids.push(...page.letters.map(({ id }) => id.slice(11)))
      if (page.next === null) break
      await letters.append([poisoned(record(100 + ids.length, { seq: 9, project: mine, shard }))])
      await letters.consume()
      page = await letters.list(mine, { limit: '2', before: page.next })
    }
    expect(ids).toEqual(['8', '6', '4', '2', '0'])
  })

  it('has nothing of a project without letters', async () => {
    await kill(1)
    expect(await letters.list(theirs)).toEqual({ letters: [], next: null })
  })

  it('tells the logs of letters apart that have the same place', async () => {
    await kill(1)
    const newer = new TestLetters(store, { logId: 'another', project: mine })
    await newer.append([poisoned(record(50, { project: mine, shard }))])
    await newer.consume()
    const ids = (await letters.list()).letters.map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect((await show(id)).body.id).toBe(id)
    const logs = await Promise.all(ids.map(async (id) => (await show(id)).body.log.id))
    expect(logs).toEqual(['another', letters.log.id])
  })
})

describe('a letter', () => {
  it('has its whole record, and where it was', async () => {
    const poison = poisoned(record(0, { project: mine, shard }))
    const padded = poison.value.replace('"e"', `"${'long '.repeat(2_000)}"`)
    await letters.append([{ ...poison, value: padded }])
    await letters.consume()
    const { body } = await show((await letters.letterAt(0)).id)
    expect(body).toMatchObject({
      record_key: `${mine}:ann`,
      record: padded,
      log: { id: letters.log.id, partition: 0, offset: 0 },
      shard: poison.shard,
      seq: 1,
      idx: 0,
      replays: [],
    })
  })

  it('can be one that is no JSON at all', async () => {
    await letters.append([
      { ...record(0, { project: mine, shard }), value: '{"event":"cut off","distinct_id":"b' },
    ])
    await letters.consume()
    const { id, ...summary } = await letters.letterAt(0)
    expect(summary).toMatchObject({ event: 'cut off', distinct_id: null })
    expect((await show(id)).body.record).toBe('{"event":"cut off","distinct_id":"b')
  })

  it('is not there for another project', async () => {
    await kill(2)
    const { id } = await letters.letterAt(1, theirs)
    const { status, body } = await show(id)
    expect([status, body.error.code, body.error.field]).toEqual([404, 'unknown_letter', 'id'])
    const page = await letters.api.get<ApiError>('/api/dead-letters', {
      project: mine,
      before: id,
    })
    expect([page.status, page.body.error.field]).toEqual([404, 'before'])
    const replay = await letters.tryReplay<ApiError>({ ids: [id] })
    expect([replay.status, replay.body.error.field]).toEqual([404, 'ids'])
  })
})

describe('refusals', () => {
  it.each([
    ['/api/dead-letters', {}, 'project'],
    ['/api/dead-letters', { project: 'No Such' }, 'project'],
    ['/api/dead-letters', { project: 'default', limit: '0' }, 'limit'],
    ['/api/dead-letters', { project: 'default', limit: '201' }, 'limit'],
    ['/api/dead-letters', { project: 'default', limit: 'many' }, 'limit'],
    ['/api/dead-letters', { project: 'default', before: 'yesterday' }, 'before'],
    ['/api/dead-letters', { project: 'default', after: '1' }, 'after'],
    ['/api/dead-letters/0-17', { project: 'default' }, 'id'],
    ["/api/dead-letters/'; DROP", { project: 'default' }, 'id'],
    ['/api/dead-letters/00000000-99999999999-0', { project: 'default' }, 'id'],
    ['/api/dead-letters/00000000-4294967296-0', { project: 'default' }, 'id'],
    ['/api/dead-letters/00000000-0-9999999999999999', { project: 'default' }, 'id'],
    ['/api/dead-letters/00000000-0-0', {}, 'project'],
  ])('names the field of %s %j', async (path, params, field) => {
    const { status, body } = await letters.api.get<ApiError>(path, params)
    expect([status, body.error.code, body.error.field]).toEqual([400, 'invalid_query', field])
  })

  it.each([
    [{}, 'ids'],
    [{ ids: [] }, 'ids'],
    [{ ids: ['x'] }, 'ids.0'],
    [{ ids: ['00000000-0-0'], all: true }, 'all'],
    [{ all: false }, 'all'],
    [{ all: true, force: true }, 'force'],
    [{ all: true, record: '{}' }, 'record'],
    [{ ids: ['00000000-0-0', '00000000-0-1'], record: '{}' }, 'record'],
    [{ ids: ['00000000-0-0'], project: '*' }, 'project'],
    [{ ids: ['00000000-0-0'], colour: 'red' }, 'colour'],
  ])('names the field of the replay %j', async (order, field) => {
    const { status, body } = await letters.tryReplay<ApiError>(order)
    expect([status, body.error.code, body.error.field]).toEqual([400, 'invalid_query', field])
  })

  it('says that a letter or a project does not exist, and replays none of the others', async () => {
    await kill(1)
    const { id } = await letters.letterAt(0)
    const { status, body } = await letters.tryReplay<ApiError>({ ids: [id, '00000000-0-0'] })
    expect([status, body.error.code]).toEqual([404, 'unknown_letter'])
    expect(letters.log.records).toHaveLength(1)
    const nobody = await letters.tryReplay<ApiError>({ project: 'nobody', ids: [id] })
    expect([nobody.status, nobody.body.error.code]).toEqual([404, 'unknown_project'])
  })

  it('answers 503 where there is no log to append to', async () => {
    const client = testClient({ store })
    const order = { project: mine, all: true }
    const { status, body } = await client.post<ApiError>('/api/dead-letters/replay', order)
    expect([status, body.error.code]).toEqual([503, 'log_unavailable'])
  })
})
