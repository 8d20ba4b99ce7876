import { randomUUID } from 'node:crypto'
import type { EventRow } from '@headwater/schemas/row'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClient } from '../query/test-api.ts'
import { silentLogger } from '../shared/logger.ts'
import { sampleRows } from '../store/sample-row.ts'
import type { EventStore, QueryStore } from '../store/store.ts'
import { NO_TARGET } from './journal.ts'
import { act } from './keeper.ts'
import { type IdentityService, startIdentity } from './start.ts'

export interface OpenIdentityStore {
  store: EventStore & QueryStore
  remove(): Promise<void>
}

const NOON = Date.UTC(2026, 5, 15, 12)
const MINUTE = 60_000
const BEFORE = 'before'

/** Who is who must be the same on every store. `open` gives a store that was migrated. */
export function describeIdentity(name: string, open: () => Promise<OpenIdentityStore>): void {
  describe(`identity: ${name}`, () => {
    let opened: OpenIdentityStore
    let identity: IdentityService
    beforeAll(async () => {
      opened = await open()
      const early = [
        seen('anon', 'view'),
        seen('ann', '$identify', { $anon_distinct_id: 'anon' }),
      ].map((row) => ({ ...row, project_id: BEFORE }))
      await opened.store.insert('events', sampleRows(early), randomUUID())
      identity = startIdentity({ store: opened.store, clock: Date.now, logger: silentLogger })
    })
    afterAll(async () => {
      await identity.close()
      await opened.remove()
    })

    let minutes = 0
    const seen = (
      distinct_id: string,
      event: string,
      properties: Record<string, unknown> = {},
    ): Partial<EventRow> & { uuid: string } => ({
      uuid: randomUUID(),
      distinct_id,
      event,
      properties: properties as EventRow['properties'],
      timestamp: NOON + minutes++ * MINUTE,
    })
    const insert = async (project_id: string, rows: readonly Partial<EventRow>[]) => {
      const own = rows.map((row) => ({ ...row, project_id }))
      await opened.store.insert('events', sampleRows(own), randomUUID())
      await identity.catchUp()
    }
    const range = { date_from: '2026-06-15', date_to: '2026-06-15' }
    const persons = async (project: string) => {
      const { status, body } = await testClient({ store: opened.store }).post<{
        series: { counts: number[] }[]
      }>('/api/query', { kind: 'stickiness', project, series: [{ event: '*' }], ...range })
      expect(status, JSON.stringify(body)).toBe(200)
      return body.series[0]?.counts[0]
    }
    const funnel = async (project: string, ...steps: string[]) => {
      const { status, body } = await testClient({ store: opened.store }).post<{
        groups: { steps: { count: number }[] }[]
      }>('/api/funnels', { project, steps: steps.map((event) => ({ event })), ...range })
      expect(status, JSON.stringify(body)).toBe(200)
      return body.groups[0]?.steps.map(({ count }) => count)
    }

    it('lets earlier anonymous events join the person, and undoes it', async () => {
      const project = 'join'
      const identify = seen('ann', '$identify', { $anon_distinct_id: 'anon' })
      await insert(project, [seen('anon', 'view'), seen('bob', 'view')])
      expect(await persons(project)).toBe(2)
      expect(await funnel(project, 'view', 'buy')).toEqual([2, 0])
      await insert(project, [identify, seen('ann', 'buy')])
      expect(await persons(project)).toBe(2)
      expect(await funnel(project, 'view', 'buy')).toEqual([2, 1])
      const undo = {
        uuid: randomUUID(),
        kind: 'undo' as const,
        from_id: 'anon',
        to_id: 'ann',
        target: identify.uuid,
        timestamp: Date.now(),
      }
      await act(opened.store, project, [undo])
      expect(await persons(project)).toBe(3)
      expect(await funnel(project, 'view', 'buy')).toEqual([2, 0])
      const redo = { ...undo, uuid: randomUUID(), kind: 'redo' as const, timestamp: Date.now() + 1 }
      await act(opened.store, project, [redo])
      expect(await persons(project)).toBe(2)
      expect(await funnel(project, 'view', 'buy')).toEqual([2, 1])
    })

    it('comes to the same in whatever order and pieces links arrive', async () => {
      const links = [
        seen('ann', '$identify', { $anon_distinct_id: 'a1' }),
        seen('ann', '$identify', { $anon_distinct_id: 'a2' }),
        seen('bob', '$identify', { $anon_distinct_id: 'a2' }),
        seen('bob', '$create_alias', { alias: 'b2' }),
        seen('cem', '$merge_dangerously', { alias: 'bob' }),
        seen('ann', '$merge_dangerously', { alias: 'cem' }),
        seen('a1', '$merge_dangerously', { alias: 'ann' }),
      ]
      await insert('pieces-all', links)
      for (const link of links.toReversed()) await insert('pieces-one', [link, link])
      const mapping = (project: string) =>
        opened.store.query({
          text: `SELECT distinct_id, canonical, root FROM person_overrides FINAL
            WHERE project_id = {project:String} ORDER BY distinct_id`,
          params: { project },
        })
      const whole = await mapping('pieces-all')
      expect(whole).toHaveLength(6)
      expect(await mapping('pieces-one')).toEqual(whole)
      expect(new Set(whole.map((row) => (row as { canonical: string }).canonical)).size).toBe(1)
    })

    it('maps nobody of another project, whatever the ids are', async () => {
      const hostile = `o'; DROP TABLE events; -- \\ {project:String} \u{1F600}`
      await insert('own', [
        seen(hostile, '$identify', { $anon_distinct_id: "'); --" }),
        seen("'); --", 'view'),
      ])
      await insert('other', [seen(hostile, 'view'), seen("'); --", 'view')])
      expect(await persons('own')).toBe(1)
      expect(await persons('other')).toBe(2)
    })

    it('is settled by two at once as by one', async () => {
      const project = 'both'
      const links = Array.from({ length: 200 }, (_, i) =>
        seen(`known${i % 7}`, '$merge_dangerously', { alias: `anon${i}` }),
      )
      const second = startIdentity({ store: opened.store, clock: Date.now, logger: silentLogger })
      for (let at = 0; at < links.length; at += 50) {
        const rows = links.slice(at, at + 50).map((row) => ({ ...row, project_id: project }))
        await opened.store.insert('events', sampleRows(rows), randomUUID())
        await Promise.all([identity.catchUp(), second.catchUp()])
      }
      await second.close()
      expect(await persons(project)).toBe(7)
    })

    it('is made of events that were stored before anybody looked', async () => {
      await identity.catchUp()
      expect(await persons(BEFORE)).toBe(1)
    })

    it('knows persons and groups by their properties, and merges and separates them', async () => {
      const project = 'known'
      await insert(project, [
        { ...seen('anon', 'view', { $groups: { company: 'acme' } }), person_set: { plan: 'free' } },
        { ...seen('ann', 'view'), person_set: { plan: 'pro' }, person_set_once: { since: 2020 } },
        seen('ann', 'visit', { $add: { visits: 2 } }),
        seen('anon', 'visit', { $add: { visits: 1 } }),
        seen('system', '$groupidentify', {
          ...{ $group_type: 'company', $group_key: 'acme', $group_set: { size: 12 } },
        }),
      ])
      const client = testClient({ store: opened.store, journal: opened.store })
      const views = async (filter: object) => {
        const question = { kind: 'stickiness', project, series: [{ event: 'view' }], ...range }
        const { status, body } = await client.post<{ series: { counts: number[] }[] }>(
          '/api/query',
          { ...question, filters: [filter] },
        )
        expect(status, JSON.stringify(body)).toBe(200)
        return body.series[0]?.counts[0]
      }
      const isPro = { type: 'person', property: 'plan', value: 'pro' }
      const isLarge = {
        type: 'group',
        group: 'company',
        property: 'size',
        operator: 'gt',
        value: 9,
      }
      expect([await views(isPro), await views(isLarge)]).toEqual([1, 1])
      const find = async (distinct_id: string) => {
        const { body } = await client.get<{ persons: { id: string; properties: object }[] }>(
          '/api/persons',
          { project, distinct_id },
        )
        return body.persons[0] ?? { id: '', properties: {} }
      }
      const [ann, anon] = [await find('ann'), await find('anon')]
      expect(ann.properties).toEqual({ plan: 'pro', since: 2020, visits: 2 })
      const order = { project, into: ann.id, persons: [anon.id] }
      const merged = await client.post<{ links: string[] }>('/api/persons/merge', order)
      expect(merged.status, JSON.stringify(merged.body)).toBe(200)
      const whole = { plan: 'pro', since: 2020, visits: 3 }
      expect(await find('anon')).toMatchObject({ id: ann.id, properties: whole })
      const timeline = await client.get<{ events: object[] }>(`/api/persons/${ann.id}/events`, {
        project,
      })
      expect(timeline.body.events).toHaveLength(4)
      const undo = `/api/persons/links/${merged.body.links[0]}/undo`
      expect((await client.post(undo, { project })).status).toBe(200)
      expect(await find('anon')).toMatchObject({ id: anon.id, properties: { visits: 1 } })
    })

    it('takes nothing of a person from an event that is to have none', async () => {
      const project = 'personless'
      const personless = { $process_person_profile: false }
      await insert(project, [
        { ...seen('eve', 'view', personless), person_set: { plan: 'free' } },
        seen('eve', 'view', { ...personless, $add: { visits: 1 }, $unset: ['since'] }),
        { ...seen('eve', '$identify', { ...personless, $anon_distinct_id: 'other' }) },
        { ...seen('eve', 'view', { $process_person_profile: true }), person_set: { since: 2020 } },
        seen('eve', '$groupidentify', {
          ...{
            ...personless,
            $group_type: 'company',
            $group_key: 'acme',
            $group_set: { size: 12 },
          },
        }),
        seen('other', 'view', { $groups: { company: 'acme' } }),
      ])
      const client = testClient({ store: opened.store, journal: opened.store })
      const { body } = await client.get<{ persons: { properties: object }[] }>('/api/persons', {
        project,
        distinct_id: 'eve',
      })
      expect(body.persons[0]?.properties).toEqual({ since: 2020 })
      expect(await persons(project)).toBe(2)
      const filters = [{ type: 'group', group: 'company', property: 'size', value: 12 }]
      const large = await client.post<{ series: { counts: number[] }[] }>('/api/query', {
        ...{ kind: 'stickiness', project, series: [{ event: 'view' }], ...range, filters },
      })
      expect(large.body.series[0]?.counts[0]).toBe(1)
    })

    it('answers anew when a mapping changes', async () => {
      const project = 'versions'
      await insert(project, [seen('a', 'view'), seen('b', 'view')])
      const before = await opened.store.dataVersion()
      const merge = {
        uuid: randomUUID(),
        kind: 'merge' as const,
        from_id: 'a',
        to_id: 'b',
        target: NO_TARGET,
        timestamp: Date.now(),
      }
      await act(opened.store, project, [merge])
      expect(await opened.store.dataVersion()).not.toBe(before)
      expect(await persons(project)).toBe(1)
    })
  })
}
