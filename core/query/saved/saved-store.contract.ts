import { DEFAULT_SETTINGS } from '@headwater/schemas/insights/settings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metadataOn } from './metadata.ts'
import type { Draft, Item, SavedStore, SavedWriter } from './saved-store.ts'
import { changeSettings, removeSettings, settingsOf } from './settings.ts'
import type { MetadataDatabase } from './tables.ts'
import type { OpenDatabase } from './test-metadata.ts'

const NOW = Date.UTC(2026, 5, 17, 12)

/** Every database passes; `open` gives an empty one. */
export function describeSavedStore(name: string, open: OpenDatabase): void {
  describe(`SavedStore: ${name}`, () => {
    let db: MetadataDatabase
    let store: SavedStore
    beforeAll(async () => {
      db = await open()
      store = (await metadataOn(() => db)()).saved
    })
    afterAll(() => db.destroy())

    const create = (project: string, id: string, facts: Partial<Draft> = {}) =>
      store.write(project, (writer) => createOne(writer, id, facts))
    const all = { limit: 100 }
    const ids = async (project: string, wanted = {}) =>
      (await store.list(project, 'insight', { ...all, ...wanted })).rows.map(({ id }) => id)

    it('migrates twice, and by several at once, to the same tables', async () => {
      await Promise.all([metadataOn(() => db)(), metadataOn(() => db)()])
      await create('twice', 'a')
      await metadataOn(() => db)()
      expect(await ids('twice')).toEqual(['a'])
    })

    it('keeps every state of an item', async () => {
      const first = await create('states', 'a', { body: { n: 1 } })
      expect(first).toMatchObject({ version: 1, body: { n: 1 }, created_at: NOW, deleted_at: null })
      const second = await store.write('states', (w) =>
        w.change(first, draft('a', { body: { n: 2 } }), NOW + 1),
      )
      const gone = await store.write('states', (w) => w.remove(second, NOW + 2))
      expect(gone).toMatchObject({ version: 3, created_at: NOW, deleted_at: NOW + 2 })
      expect(await ids('states')).toEqual([])
      expect(await ids('states', { deleted: true })).toEqual(['a'])
      await store.write('states', (w) => w.change(gone, draft('a', { body: { n: 1 } }), NOW + 3))
      expect(await ids('states')).toEqual(['a'])
      const versions = await store.versions(first, { limit: 10 })
      expect(versions.map(({ version, body, deleted }) => [version, body, deleted])).toEqual([
        [4, { n: 1 }, false],
        [3, { n: 2 }, true],
        [2, { n: 2 }, false],
        [1, { n: 1 }, false],
      ])
      expect(await store.versions(first, { limit: 1, before: 3 })).toMatchObject([{ version: 2 }])
    })

    it('names the author of every state', async () => {
      const first = await create('authors', 'a')
      await store.by('ann').write('authors', (w) => w.change(first, draft('a'), NOW + 1))
      const second = await store.find('authors', 'insight', 'a')
      await store.by('bob').write('authors', (w) => w.remove(second as Item, NOW + 2))
      const versions = await store.versions(first, { limit: 10 })
      expect(versions.map(({ author }) => author)).toEqual(['bob', 'ann', null])
    })

    it('undoes all of a write that fails', async () => {
      const failing = store.write('undone', async (writer) => {
        await createOne(writer, 'a')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await store.find('undone', 'insight', 'a')).toBeNull()
      await create('undone', 'a')
    })

    it('lets the writes of a project run after one another', async () => {
      const item = await create('counter', 'a', { body: 0 })
      const increment = () =>
        store.write('counter', async (writer) => {
          const now = (await writer.find('counter', 'insight', item.id)) as Item
          return writer.change(now, draft('a', { body: Number(now.body) + 1 }), NOW)
        })
      await Promise.all(Array.from({ length: 8 }, increment))
      expect(await store.find('counter', 'insight', 'a')).toMatchObject({ body: 8, version: 9 })
    })

    it('keeps projects and kinds apart', async () => {
      await create('one', 'same', { body: 1 })
      await create('two', 'same', { body: 2, key: 'other' })
      expect(await store.find('two', 'insight', 'same')).toMatchObject({ body: 2 })
      expect(await store.find('one', 'dashboard', 'same')).toBeNull()
      expect(await store.findLive('one', 'insight', ['same', 'same'])).toMatchObject([{ body: 1 }])
      expect(await store.findLive('three', 'insight', ['same'])).toEqual([])
      await store.write('two', async (writer) => {
        expect(await writer.findKey('insight', 'same')).toBeNull()
        expect(await writer.usersOf('x', ['insight'])).toEqual([])
        expect(await writer.count('insight')).toBe(1)
      })
    })

    it('refuses two live items of one key, and takes the key of a deleted one', async () => {
      const first = await create('keys', 'a', { key: 'k' })
      await expect(create('keys', 'b', { key: 'k' })).rejects.toThrow()
      await store.write('keys', (writer) => writer.remove(first, NOW))
      await create('keys', 'b', { key: 'k' })
      const found = await store.write('keys', (writer) => writer.findKey('insight', 'k'))
      expect(found).toMatchObject({ id: 'b' })
    })

    it('lists page by page, in order', async () => {
      for (const id of ['c', 'a', 'd', 'b', 'e']) await create('pages', id)
      const first = await store.list('pages', 'insight', { limit: 2 })
      const second = await store.list('pages', 'insight', { limit: 2, after: first.next ?? '' })
      const last = await store.list('pages', 'insight', { limit: 2, after: second.next ?? '' })
      const pages = [first, second, last].map(({ rows }) => rows.map(({ id }) => id))
      expect([pages, last.next]).toEqual([[['a', 'b'], ['c', 'd'], ['e']], null])
    })

    it('makes many at once, each with its history, and none when one is wrong', async () => {
      const many = Array.from({ length: 1_201 }, (_, i) => ({ id: `${i}`, ...draft(`${i}`) }))
      const made = await store.write('many', (writer) => writer.create('insight', many, NOW))
      expect(made.map(({ id }) => id)).toEqual(many.map(({ id }) => id))
      expect(await store.write('many', (writer) => writer.count('insight'))).toBe(1_201)
      expect(await store.versions(made[1_200] as Item, { limit: 2 })).toHaveLength(1)
      const twice = [many[0], many[0]].map((one, i) => ({
        ...(one as (typeof many)[0]),
        id: `${i}`,
      }))
      const failing = store.write('twice-at-once', (w) => w.create('insight', twice, NOW))
      await expect(failing).rejects.toThrow()
      expect(await ids('twice-at-once')).toEqual([])
      expect(await store.write('many', (writer) => writer.create('insight', [], NOW))).toEqual([])
    })

    it('finds by text, tag, place and reference', async () => {
      await create('found', 'a', { search: '50% OF Ünits', tags: ['x', 'y'], refs: ['r1'] })
      await create('found', 'b', { search: "it's; _a_", tags: ['y'], refs: ['r1', 'r2'] })
      expect(await ids('found', { search: 'of ün' })).toEqual(['a'])
      expect(await ids('found', { search: '%' })).toEqual(['a'])
      expect(await ids('found', { search: "'s; _" })).toEqual(['b'])
      expect(await ids('found', { tag: 'x' })).toEqual(['a'])
      expect(await ids('found', { tag: 'x', search: "it's" })).toEqual([])
      expect(await ids('found', { refs: ['r2', 'r3'] })).toEqual(['b'])
      expect(await ids('found', { from: 'b', to: 'c' })).toEqual(['b'])
      const users = await store.write('found', (w) => w.usersOf('r1', ['insight', 'alert']))
      expect(users.map(({ id }) => id)).toEqual(['a', 'b'])
    })

    it('keeps the settings of each project, and lets one of two changes at a time through', async () => {
      const change = (project: string, time_zone: string, version: number | null) =>
        store.write(project, (writer) =>
          changeSettings({ ...DEFAULT_SETTINGS, time_zone }, version, {
            project,
            writer,
            now: NOW,
          }),
        )
      const zoneOf = async (project: string) => {
        const { body, version } = await settingsOf(project, store)
        return [body.time_zone, version]
      }
      expect(await zoneOf('set')).toEqual(['UTC', 0])
      const tries = ['Asia/Tokyo', 'Asia/Tokyo'].map((zone) => change('set', zone, 0))
      const outcomes = (await Promise.allSettled(tries)).map(({ status }) => status)
      expect(outcomes.sort()).toEqual(['fulfilled', 'rejected'])
      expect(await zoneOf('set')).toEqual(['Asia/Tokyo', 1])
      expect(await zoneOf('set too')).toEqual(['UTC', 0])
      const { item } = await change('set', 'Europe/Berlin', null)
      await store.write('set', (writer) =>
        removeSettings(item as Item, { project: 'set', writer, now: NOW }),
      )
      expect(await zoneOf('set')).toEqual(['UTC', 3])
      await change('set', 'Asia/Kolkata', 3)
      expect(await zoneOf('set')).toEqual(['Asia/Kolkata', 4])
    })

    it('keeps and looks for whatever text there is', async () => {
      const text = 'a\u0000b\ud800c\u202e\\\'"{}%_😀'
      const body = { text, deep: [{ [text]: null }], number: 1e300 }
      await create('hostile', 'a', { body, search: text })
      expect(await store.find('hostile', 'insight', 'a')).toMatchObject({ body })
      expect(await ids('hostile', { search: text })).toEqual(['a'])
      for (const odd of [{ after: text }, { tag: text }, { refs: ["{'a", '"', '\\', ''] }]) {
        expect(await ids('hostile', odd)).toBeInstanceOf(Array)
      }
    })
  })
}

async function createOne(writer: SavedWriter, id: string, facts: Partial<Draft> = {}) {
  const [item] = await writer.create('insight', [{ id, ...draft(id, facts) }], NOW)
  return item as Item
}

const draft = (id: string, facts: Partial<Draft> = {}): Draft => ({
  key: id,
  body: {},
  sort: id,
  search: '',
  tags: [],
  refs: [],
  ...facts,
})
