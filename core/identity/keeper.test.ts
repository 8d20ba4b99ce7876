import { describe, expect, it } from 'vitest'
import { StoreError } from '../store/store.ts'
import type { IdentityEvent } from './identity-event.ts'
import { type IdentityStore, keep } from './keeper.ts'
import { startIdentity } from './start.ts'

const event = (facts: Partial<IdentityEvent>): IdentityEvent => ({
  uuid: '00000000-0000-4000-8000-0000000000ff',
  project_id: 'p',
  event: '$identify',
  distinct_id: 'ann',
  at: '1750000000000',
  personless: 0,
  anon: '',
  alias: '',
  set: {},
  set_types: {},
  once: {},
  once_types: {},
  unset: null,
  add: {},
  increment: {},
  group_type: '',
  group_key: '',
  group_set: {},
  group_set_types: {},
  ...facts,
})

/** Remembers what was inserted; fails to read about projects named `broken`. */
function storeOf(inserted: Record<string, Record<string, unknown>[]>): IdentityStore {
  return {
    async insert(table, rows) {
      inserted[table] = [...(inserted[table] ?? []), ...rows.map((row) => JSON.parse(row))]
    },
    async query<Row>({ text, params = {} }: { text: string; params?: Record<string, unknown> }) {
      if (params.project === 'broken') throw new StoreError('too_heavy', 'too much')
      const isJournal = text.includes('FROM person_links\n')
      const links = (inserted.person_links ?? []).filter((row) => row.project_id === params.project)
      return (isJournal ? links : []) as Row[]
    },
  }
}

describe('keeping events', () => {
  it('settles every project that can be, and says when one cannot', async () => {
    const inserted: Record<string, Record<string, unknown>[]> = {}
    const events = ['broken', 'fine'].map((project_id) => event({ project_id, anon: 'anon' }))
    await expect(keep(storeOf(inserted), events)).rejects.toThrow('too much')
    expect(inserted.person_overrides?.map(({ project_id }) => project_id)).toEqual(['fine', 'fine'])
    expect(inserted.person_links).toHaveLength(2)
  })

  it('keeps numbers and text apart, and leaves out what is too long', async () => {
    const inserted: Record<string, Record<string, unknown>[]> = {}
    const set = {
      n: '12',
      text: '12',
      list: ['1', '2'],
      'a%2Eb': { c: '3' },
      long: 'x'.repeat(7e4),
    }
    const set_types = { n: 'Int64', list: 'Array(Nullable(Int64))', 'a%2Eb.c': 'Int64' }
    await keep(storeOf(inserted), [event({ set: { ...set, ['y'.repeat(201)]: 1 }, set_types })])
    const values = inserted.actor_properties?.map(({ name, value }) => [name, value])
    expect(values).toEqual([
      ['n', '12'],
      ['text', '"12"'],
      ['list', '[1,2]'],
      ['a.b', '{"c":3}'],
    ])
  })

  it('adds up what one event adds to one property', async () => {
    const inserted: Record<string, Record<string, unknown>[]> = {}
    const add = { n: 1, bad: 'x', none: '', list: ['1'] }
    await keep(storeOf(inserted), [event({ add, increment: { n: '2.5' } })])
    expect(inserted.actor_properties).toEqual([
      expect.objectContaining({ name: 'n', kind: 'add', value: '3.5' }),
    ])
  })
})

describe('the rounds', () => {
  it('read less at one time when a round fails, and the same again', async () => {
    const pages: unknown[] = []
    const store = {
      insert: async () => {},
      dataVersion: async () => String(pages.length),
      async query<Row>({ text, params = {} }: { text: string; params?: Record<string, unknown> }) {
        if (text.includes('now64(3)')) return [{ now: '5000000' }] as Row[]
        if (/AS overrides|kind = 'merge'/.test(text)) return [] as Row[]
        if (text.includes('AS month,')) return [{ month: 202606, events: '40000' }] as Row[]
        if (text.includes('count() AS events')) return [{ events: '40000' }] as Row[]
        pages.push([params.pages, params.from])
        if (pages.length < 3) throw new StoreError('too_heavy', 'too much')
        return [] as Row[]
      },
    }
    const logger = { log: () => {} } as unknown as Parameters<typeof startIdentity>[0]['logger']
    const identity = startIdentity({ store, clock: () => 0, logger })
    await identity.catchUp().catch(() => {})
    await identity.catchUp().catch(() => {})
    await identity.catchUp().catch(() => {})
    await identity.close()
    expect(pages.slice(0, 3)).toEqual([
      [2, 0],
      [4, 0],
      [8, 0],
    ])
  })
})
