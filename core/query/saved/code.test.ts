import { readFileSync } from 'node:fs'
import { Code, type ImportReport } from '@headwater/schemas/insights/code'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insightOn, openSavedApi, type SavedApi } from './test-saved.ts'

const RUNS = 40

let api: SavedApi
beforeAll(async () => {
  api = await openSavedApi()
})
afterAll(() => api.close())

const put = (project: string, document: unknown, options = '') =>
  api.call('PUT', `/api/dashboards/import?project=${project}${options}`, document)
const get = async (project: string): Promise<Code> =>
  (await api.get(`/api/dashboards/export?project=${project}`)).body
const counts = ({ created, updated, unchanged, removed }: ImportReport) =>
  [created, updated, unchanged, removed].map(({ length }) => length)

const query = { kind: 'stickiness', series: [{ event: '$pageview' }] }
const place = { x: 0, y: 0, w: 6, h: 4 }
const DOCUMENT = {
  version: 1,
  insights: [
    { key: 'b', name: 'B', query },
    { key: 'a', name: 'A', query },
  ],
  dashboards: [{ key: 'week', name: 'Week', tiles: [{ insight: 'a', ...place }] }],
}

describe('a document of dashboards', () => {
  it('makes a project what it says, once', async () => {
    const first = await put('once', DOCUMENT)
    expect(first.status, JSON.stringify(first.body)).toBe(200)
    expect(first.body.created).toEqual([
      { kind: 'insight', key: 'b' },
      { kind: 'insight', key: 'a' },
      { kind: 'dashboard', key: 'week' },
    ])
    expect(counts((await put('once', DOCUMENT)).body)).toEqual([0, 0, 3, 0])
    const { items } = (await api.get('/api/insights?project=once')).body
    expect(items.map(({ version }: { version: number }) => version)).toEqual([1, 1])
  })

  it('is what the project exports, without ids and projects, in the order of the keys', async () => {
    await put('exported', DOCUMENT)
    const document = await get('exported')
    expect(Code.parse(document)).toEqual(document)
    expect(document.insights.map(({ key }) => key)).toEqual(['a', 'b'])
    expect(JSON.stringify(document)).not.toMatch(/exported|ins_|dash_/)
    const other = await put('copy', document)
    expect(counts(other.body)).toEqual([3, 0, 0, 0])
    expect(JSON.stringify(await get('copy'))).toBe(JSON.stringify(document))
  })

  it('changes only what differs, and keeps its history', async () => {
    await put('changed', DOCUMENT)
    const [b, a] = DOCUMENT.insights
    const next = { ...DOCUMENT, insights: [{ ...b, name: 'Bee' }, a] }
    const { body } = await put('changed', next)
    expect([body.updated, counts(body)]).toEqual([[{ kind: 'insight', key: 'b' }], [0, 1, 2, 0]])
    const { items } = (await api.get('/api/insights?project=changed&search=bee')).body
    expect(items).toMatchObject([{ name: 'Bee', version: 2 }])
  })

  it('leaves alone what it does not name, unless it is to prune', async () => {
    await put('pruned', DOCUMENT)
    await api.made('/api/insights?project=pruned', insightOn('pruned', 'by hand'))
    expect(counts((await put('pruned', DOCUMENT)).body)).toEqual([0, 0, 3, 0])
    const tried = await put('pruned', DOCUMENT, '&prune=true&dry_run=true')
    expect(tried.body).toMatchObject({ dry_run: true, removed: [{ key: 'by-hand' }] })
    expect((await get('pruned')).insights).toHaveLength(3)
    expect(counts((await put('pruned', DOCUMENT, '&prune=true')).body)).toEqual([0, 0, 3, 1])
    expect((await get('pruned')).insights).toHaveLength(2)
    const empty = { version: 1 }
    expect(counts((await put('pruned', empty, '&prune=true')).body)).toEqual([0, 0, 0, 3])
    const nothing = { cohorts: [], insights: [], dashboards: [], alerts: [], subscriptions: [] }
    expect(await get('pruned')).toEqual({ version: 1, ...nothing })
  })

  it('holds alerts and subscriptions, and takes them away before what they look at', async () => {
    const channels = [{ type: 'webhook', url: 'https://example.com/hook' }]
    const notice = { every: 'day', channels }
    const [first] = DOCUMENT.insights
    const whole = {
      ...DOCUMENT,
      insights: [{ ...first, query: { ...query, kind: 'trends' } }, DOCUMENT.insights[1]],
      alerts: [
        {
          ...{ key: 'low', name: 'Low', insight: 'b', ...notice },
          condition: { type: 'below', threshold: 1 },
        },
      ],
      subscriptions: [
        { key: 'd', name: 'D', of: { dashboard: 'week' }, ...notice },
        { key: 'i', name: 'I', of: { insight: 'a' }, ...notice },
      ],
    }
    const first_import = await put('notices', whole)
    expect(first_import.status, JSON.stringify(first_import.body)).toBe(200)
    const document = await get('notices')
    expect(document).toMatchObject({
      alerts: [{ key: 'low', insight: 'b', value: 'series.0.values.-1' }],
      subscriptions: [{ of: { dashboard: 'week' } }, { of: { insight: 'a' } }],
    })
    expect(JSON.stringify(document)).not.toMatch(/ins_|dash_|notices/)
    expect(counts((await put('notices', document, '&prune=true')).body)).toEqual([0, 0, 6, 0])
    expect(counts((await put('notices-copy', document)).body)).toEqual([6, 0, 0, 0])
    const { body } = await put('notices', { version: 1 }, '&prune=true')
    expect(body.removed.map(({ kind }: { kind: string }) => kind)).toEqual([
      ...['subscription', 'subscription', 'alert', 'dashboard', 'insight', 'insight'],
    ])
  })

  it('holds the settings of a project that was told any', async () => {
    const outside = { property: '$host', operator: 'is_not', value: 'localhost' }
    const settings = { time_zone: 'Asia/Tokyo', internal_users_filters: [outside] }
    const change = { kind: 'settings', key: 'settings' }
    const made = await put('settings', { ...DOCUMENT, settings })
    expect(made.body.created.at(-1)).toEqual(change)
    const document = await get('settings')
    expect(document.settings).toEqual({
      ...settings,
      week_start: 'monday',
      filter_internal_by_default: false,
    })
    expect(counts((await put('settings', document, '&prune=true')).body)).toEqual([0, 0, 4, 0])
    expect(counts((await put('settings-copy', document)).body)).toEqual([4, 0, 0, 0])
    expect(JSON.stringify(await get('settings-copy'))).toBe(JSON.stringify(document))
    const sunday = { ...document, settings: { ...settings, week_start: 'sunday' } }
    expect((await put('settings', sunday)).body.updated).toEqual([change])
    expect((await put('settings', DOCUMENT)).body.removed).toEqual([])
    expect((await get('settings')).settings).toMatchObject({ week_start: 'sunday' })
    expect((await put('settings', DOCUMENT, '&prune=true')).body.removed).toEqual([change])
    expect(await get('settings')).not.toHaveProperty('settings')
    const now = (await api.get('/api/settings?project=settings')).body
    expect(now).toMatchObject({ version: 3, time_zone: 'UTC' })
    expect(counts((await put('settings', document)).body)).toEqual([1, 0, 3, 0])
  })

  it('names what is wrong with its settings, and changes nothing', async () => {
    const filters = [{ property: 'a', operator: 'gt', value: 'x' }]
    const settings = { internal_users_filters: filters }
    const { status, body } = await put('bad-settings', { ...DOCUMENT, settings })
    expect([status, body.error.field]).toEqual([400, 'settings.internal_users_filters.0.value'])
    expect((await get('bad-settings')).insights).toEqual([])
  })

  it('is understood as the documentation shows it', async () => {
    const text = readFileSync(
      new URL('../../../docs/insights/dashboards.md', import.meta.url),
      'utf8',
    )
    const [, document = ''] = /```json\n(.*?)```/s.exec(text) ?? []
    expect(counts((await put('documented', JSON.parse(document))).body)).toEqual([2, 0, 0, 0])
    const [, insight = ''] = /api\/insights\?project=default.*? -d '(.*?)'\n/s.exec(text) ?? []
    await api.made('/api/insights?project=default', JSON.parse(insight))
  })

  it('changes nothing when it is only tried', async () => {
    const { body } = await put('tried', DOCUMENT, '&dry_run=true')
    expect([body.dry_run, counts(body)]).toEqual([true, [3, 0, 0, 0]])
    expect((await get('tried')).insights).toEqual([])
  })

  it('changes nothing when a part of it is wrong', async () => {
    const wrong = { ...DOCUMENT, dashboards: [{ key: 'x', name: 'X', date_to: '-1d' }] }
    const { status, body } = await put('wrong', wrong)
    expect([status, body.error.field]).toEqual([400, 'dashboards.0.date_to'])
    expect((await get('wrong')).insights).toEqual([])
  })

  it('does not prune what a dashboard of it shows', async () => {
    await put('shown', DOCUMENT)
    const { status, body } = await put('shown', { ...DOCUMENT, insights: [] }, '&prune=true')
    expect([status, body.error.code]).toEqual([409, 'in_use'])
    expect((await get('shown')).insights).toHaveLength(2)
  })

  it('does not see what another project has', async () => {
    await put('theirs', DOCUMENT)
    const { body } = await put('ours', { ...DOCUMENT, insights: [] })
    expect(body.error.field).toBe('dashboards.0.tiles.0.insight')
    expect((await put('nobody', DOCUMENT)).body.error.code).toBe('unknown_project')
  })

  it.each([
    [{ version: 2 }, 'version'],
    [{ charts: [] }, 'charts'],
    [{ insights: [{ name: 'x', query }] }, 'insights.0.key'],
    [{ insights: [{ key: 'x', name: 'x', query: { kind: 'guess' } }] }, 'insights.0.query.kind'],
    [
      { insights: [{ key: 'x', name: 'x', query: { ...query, project: 'p' } }] },
      'insights.0.query.project',
    ],
    [
      { insights: [{ key: 'x', name: 'x', query: { ...query, date_from: '2026-02-30' } }] },
      'insights.0.query.date_from',
    ],
    [{ insights: [DOCUMENT.insights[0], DOCUMENT.insights[0]] }, 'insights.1.key'],
    [
      { dashboards: [{ key: 'x', name: 'x', tiles: [{ insight: 'none', ...place }] }] },
      'dashboards.0.tiles.0.insight',
    ],
  ])('is refused as %j, naming the place', async (change, field) => {
    const { status, body } = await put('bad', { version: 1, ...change })
    expect([status, body.error.field], JSON.stringify(body)).toEqual([400, field])
  })

  const key = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,5}$/)
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  const name = fc.oneof(fc.constantFrom("x'; --", '名前', '😀 %_'), fc.stringMatching(/^\w{1,9}$/))
  const insight = fc.record({
    key,
    name,
    description: text,
    tags: fc.uniqueArray(fc.stringMatching(/^\w{1,4}$/), { maxLength: 3 }),
    query: fc.record({
      kind: fc.constant('stickiness'),
      series: fc.array(fc.record({ event: fc.string({ minLength: 1, maxLength: 9 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
      filters: fc.array(fc.record({ property: fc.constantFrom('a', 'b.c'), value: text }), {
        maxLength: 2,
      }),
      cumulative: fc.boolean(),
    }),
  })
  const tile = fc.record({ x: fc.nat(6), y: fc.nat(50), w: fc.integer({ min: 1, max: 6 }), text })
  const document = fc
    .record({
      insights: fc.uniqueArray(insight, { minLength: 1, maxLength: 5, selector: (i) => i.key }),
      dashboards: fc.uniqueArray(
        fc.record({
          key,
          name,
          shown: fc.array(fc.nat()),
          tiles: fc.array(tile, { maxLength: 4 }),
        }),
        { maxLength: 3, selector: (dashboard) => dashboard.key },
      ),
    })
    .map(({ insights, dashboards }) => ({
      version: 1,
      insights,
      dashboards: dashboards.map(({ shown, tiles, ...dashboard }) => ({
        ...dashboard,
        tiles: tiles.map(({ text, ...where }, i) => {
          const target = insights[(shown[i] ?? 0) % insights.length]?.key
          return text === '' || i < shown.length
            ? { insight: target, ...where, h: 1 }
            : { text, ...where, h: 1 }
        }),
      })),
    }))

  it('comes out as it went in, from whatever was there before', async () => {
    let runs = 0
    const property = fc.asyncProperty(document, document, async (before, wanted) => {
      const project = `trip-${runs++}`
      const first = await put(project, before)
      expect(first.status, JSON.stringify(first.body)).toBe(200)
      const second = await put(project, wanted, '&prune=true')
      expect(second.status, JSON.stringify(second.body)).toBe(200)
      const exported = await get(project)
      await put(`${project}-fresh`, wanted)
      expect(JSON.stringify(exported)).toBe(JSON.stringify(await get(`${project}-fresh`)))
      expect(exported).toMatchObject(sorted(wanted))
      const again = counts((await put(project, exported, '&prune=true')).body)
      const size = wanted.insights.length + wanted.dashboards.length
      expect(again).toEqual([0, 0, size, 0])
    })
    await fc.assert(property, { numRuns: RUNS })
  }, 120_000)
})

const sorted = (document: { insights: { key: string }[]; dashboards: { key: string }[] }) => {
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)
  return {
    insights: document.insights.toSorted(byKey),
    dashboards: document.dashboards.toSorted(byKey),
  }
}
