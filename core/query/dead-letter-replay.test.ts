import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Letter } from '@headwater/schemas/dead-letter'
import type { ApiError } from '@headwater/schemas/insight'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Change, poisoned, record } from '../consumer/test-consumer.ts'
import type { StoredRecord } from '../log/log.ts'
import { type ChdbStore, openChdbStore } from '../store/chdb.ts'
import { replayLetters } from './dead-letter-replay.ts'
import { listLetters } from './dead-letters.ts'
import { TestLetters } from './test-letters.ts'

let store: ChdbStore
let tests = 0
let letters: TestLetters
/** What the one letter should have been, and what it is called. */
let good: StoredRecord
let id: string
let change: Change
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-replay-'))
  store = await openChdbStore({ path: join(folder, 'store') })
  await store.migrate()
})
beforeEach(async () => {
  const project = `project-${++tests}`
  letters = new TestLetters(store, { logId: `log ${tests}`, project })
  change = { project, shard: `local:0@${String(tests).padStart(16, '0')}` }
  good = record(0, change)
  await letters.append([poisoned(good)])
  await letters.consume()
  id = (await letters.letterAt(0)).id
})
afterAll(() => store.close())

const show = async (letter = id) =>
  (await letters.api.get<Letter>(`/api/dead-letters/${letter}`, { project: letters.project })).body
const outcomes = async () => (await show()).replays.map(({ outcome }) => outcome)
const correct = (order: object = {}) => letters.replay({ ids: [id], record: good.value, ...order })
const reasons = async (order: Record<string, unknown>) => {
  const { replayed, skips } = await letters.replay(order)
  return [replayed, ...skips.map(({ reason }) => reason)]
}

describe('a replay as it is', () => {
  it('is judged anew: it dies again, as a new letter, and the next record is stored', async () => {
    expect(await letters.replay({ ids: [id] })).toEqual({ replayed: 1, skipped: 0, skips: [] })
    expect(await outcomes()).toEqual(['pending'])
    await letters.append([record(5, change)])
    await letters.consume()
    const again = await letters.letterAt(1)
    const { replays, replayed_at } = await show()
    expect(replays).toMatchObject([{ outcome: 'dead', letter: again.id, corrected: false }])
    expect(replayed_at).toBe(replays[0]?.replayed_at)
    expect(again).toMatchObject({ replayed_at: null, uuid: good.uuid })
    expect(await letters.stored()).toEqual([{ at: 2 }])
  })

  it('is refused to a letter whose record names another project', async () => {
    const poison = poisoned(record(7, change))
    const value = poison.value.replace(letters.project, 'other').replace(/"n":\d+/, '"n":"cut')
    await letters.append([{ ...poison, value }])
    await letters.consume()
    const foreign = await letters.letterAt(1)
    expect(await reasons({ ids: [foreign.id] })).toEqual([0, 'other_project'])
    expect(letters.log.records).toHaveLength(2)
  })
})

describe('a corrected replay', () => {
  it('is stored once, however often it is asked for, also when the consumer restarts', async () => {
    expect(await correct()).toMatchObject({ replayed: 1 })
    await letters.consume()
    expect(await outcomes()).toEqual(['stored'])
    expect(await reasons({ ids: [id] })).toEqual([0, 'already_replayed'])
    expect(await reasons({ ids: [id], force: true })).toEqual([0, 'already_stored'])
    await letters.consume({ restarted: true })
    expect(await reasons({ ids: [id], record: good.value, force: true })).toEqual([
      0,
      'already_stored',
    ])
    expect(await letters.stored('toString(uuid) AS uuid, shard')).toMatchObject([
      { uuid: good.uuid, shard: expect.stringMatching(/^replay@[0-9a-f]{16}$/) },
    ])
  })

  it.each([false, true])(
    'is stored once when forced on its way, restarted: %s',
    async (restarted) => {
      await correct()
      expect(await correct({ force: true })).toMatchObject({ replayed: 1 })
      const [first, second] = [letters.log.records[1], letters.log.records[2]]
      expect(second?.shard).not.toBe(first?.shard)
      letters.log.records.pop()
      await letters.consume()
      if (second) letters.log.records.push(second)
      await letters.consume({ restarted })
      expect(await letters.stored()).toEqual([{ at: 1 }])
      expect(await outcomes()).toEqual(['stored', 'duplicate'])
    },
  )

  it('is stored once when it was not remembered, and is asked for again', async () => {
    letters.failing = 'mark'
    const lost = await letters.tryReplay<ApiError>({ ids: [id], record: good.value })
    expect(lost.status).toBe(500)
    letters.failing = null
    expect((await letters.letterAt(0)).replayed_at).toBe(null)
    expect(await correct()).toMatchObject({ replayed: 1 })
    await letters.consume()
    expect(await letters.stored()).toEqual([{ at: 1 }])
    // Also when the first one had arrived before.
    expect(await reasons({ ids: [id], force: true })).toEqual([0, 'already_stored'])
  })

  it('leaves no mark when the log does not take it', async () => {
    letters.failing = 'append'
    const { status, headers, body } = await letters.tryReplay<ApiError>({ ids: [id] })
    expect([status, body.error.code]).toEqual([503, 'log_unavailable'])
    expect(headers.get('retry-after')).toBe('2')
    expect((await letters.letterAt(0)).replayed_at).toBe(null)
  })

  it('keeps numbers as they were written, and takes whatever layout', async () => {
    const text = good.value.replace('"n":0', '"n":9007199254740993').replaceAll(',', ',\n  ')
    await correct({ record: text })
    await letters.consume()
    expect(await letters.stored('toString(properties.n) AS n')).toEqual([{ n: '9007199254740993' }])
  })

  it('goes to the partition where its copies are known, and has the uuid when it names none', async () => {
    const { uuid, ...rest } = JSON.parse(good.value)
    await correct({ record: JSON.stringify({ ...rest, distinct_id: 'bob' }) })
    expect(letters.log.records[1]).toMatchObject({ key: `${letters.project}:ann`, uuid })
  })

  it('of a letter without a uuid is one event, too', async () => {
    await letters.append([{ ...record(7, change), value: 'nonsense', uuid: 'none' }])
    await letters.consume()
    const broken = await letters.letterAt(1)
    const { uuid, ...rest } = JSON.parse(good.value)
    const replay = { ids: [broken.id], record: JSON.stringify(rest), force: true }
    await letters.replay(replay)
    await letters.replay(replay)
    await letters.consume()
    expect(await letters.stored()).toEqual([{ at: 2 }])
    const other = { ...replay, record: JSON.stringify({ ...rest, uuid }) }
    const { body } = await letters.tryReplay<ApiError>(other)
    expect(body.error.field).toBe('record.uuid')
  })

  it('is refused with the field at fault, and nothing is appended', async () => {
    const record = changed({ event: '' })
    const { status, body } = await letters.tryReplay<ApiError>({ ids: [id], record })
    expect([status, body.error.field]).toEqual([400, 'record.event'])
    expect(letters.log.records).toHaveLength(1)
  })

  it('cannot smuggle another project in by naming it twice', async () => {
    await correct({ record: good.value.replace('{', '{"project_id":"other",') })
    await letters.consume()
    expect(await letters.stored('project_id')).toEqual([{ project_id: letters.project }])
  })
})

describe('all', () => {
  it('replays what never was, in order of the log, and not what dies meanwhile', async () => {
    const more = Array.from({ length: 120 }, (_, i) => poisoned(record(10 + i, change)))
    await letters.append([...more, poisoned(record(999, { project: 'other' }))])
    await letters.consume()
    await letters.replay({ ids: [id] })
    const before = letters.log.records.length
    expect(await letters.replay({ all: true })).toEqual({ replayed: 120, skipped: 0, skips: [] })
    const replayed = letters.log.records.slice(before)
    expect(replayed.map(({ uuid }) => uuid)).toEqual(more.map(({ uuid }) => uuid))
    expect(replayed.map(({ seq }) => seq)).toEqual(more.map((_, i) => i + 1))
    expect(await letters.replay({ all: true })).toMatchObject({ replayed: 0 })
    await letters.consume()
    // 121 of them died again.
    expect(await letters.replay({ all: true })).toMatchObject({ replayed: 121 })
  })
})

describe('the operator', () => {
  it('reaches letters of no project, and gives them one', async () => {
    const nameless = { key: 'no project', value: 'nonsense', uuid: 'none' }
    await letters.append([{ ...record(7, change), ...nameless }])
    await letters.consume()
    const reader = { store, scope: null }
    const { letters: found } = await listLetters(reader, { limit: 2 })
    expect(found.map(({ project }) => project)).toEqual(['', letters.project])
    const deps = { reader, target: letters.target, clock: Date.now }
    const order = { ids: [found[0]?.id ?? ''], record: record(7, change).value, force: false }
    expect(await replayLetters(deps, order)).toMatchObject({ replayed: 1 })
    await letters.consume()
    expect(letters.log.records.at(-1)?.key).toBe(`${letters.project}:ann`)
    expect(await letters.stored('project_id')).toEqual([{ project_id: letters.project }])
  })
})

function changed(fields: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(good.value), ...fields })
}
