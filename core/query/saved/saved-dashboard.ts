import {
  type DashboardBody,
  dashboardBody,
  dashboardCode,
  SavedDashboard,
} from '@headwater/schemas/insights/dashboard'
import type { AskedInsight } from '@headwater/schemas/insights/insight'
import type { InsightBody } from '@headwater/schemas/insights/saved'
import { resolveCohorts } from '../cohort/resolve.ts'
import { settleCohorts } from '../cohort/settle.ts'
import { cohortRefs, renameSaved } from '../cohort/walk.ts'
import { questionRange } from '../date-range.ts'
import { QueryRefusal } from '../errors.ts'
import { filterConditions } from '../filters.ts'
import { Statement } from '../statement.ts'
import type { Kind, Writing } from './kind.ts'
import { requireLive } from './references.ts'
import type { Item, SavedReader } from './saved-store.ts'

export const savedDashboard: Kind<DashboardBody> = {
  kind: 'dashboard',
  path: '/api/dashboards',
  fields: dashboardBody,
  shown: SavedDashboard,
  example: {
    name: 'The week',
    date_from: '-7d',
    tiles: [{ text: '## How the week went', x: 0, y: 0, w: 12, h: 1 }],
  },
  usedBy: ['subscription'],

  async check(body, writing) {
    checkDates(body, writing.now)
    await checkFilters(body, writing)
    const wanted = body.tiles.flatMap((tile, i) =>
      'insight' in tile ? [{ id: tile.insight, field: `tiles.${i}.insight` }] : [],
    )
    await requireLive('insight', wanted, writing)
  },

  index: ({ name, description, tags, tiles, filters }) => ({
    name,
    tags,
    search: [name, description, ...tags].join('\n'),
    refs: [
      ...tiles.flatMap((tile) => ('insight' in tile ? [tile.insight] : [])),
      ...cohortRefs(filters),
    ],
  }),

  code: {
    fields: dashboardCode,
    to: (body, keyOf) => ({
      ...body,
      filters: renameSaved(body.filters, keyOf),
      tiles: body.tiles.map((tile) =>
        'insight' in tile ? { ...tile, insight: keyOf(tile.insight) } : tile,
      ),
    }),
    from(code, _, idOf) {
      const { tiles, filters } = code as DashboardBody
      const named = tiles.map((tile, i) => {
        if (!('insight' in tile)) return tile
        const ref = { kind: 'insight', key: tile.insight, field: `tiles.${i}.insight` } as const
        return { ...tile, insight: idOf(ref) }
      })
      const byId = (key: string, field: string) => idOf({ kind: 'cohort', key, field })
      return { ...code, tiles: named, filters: renameSaved(filters, byId, 'filters') }
    },
  },

  show: async (item, { saved }) => ({ insights: await insightsOf(item, saved) }),
}

/** The insights of a dashboard's tiles, each once, as the dashboard asks them. */
export async function insightsOf(dashboard: Item, reader: SavedReader) {
  const body = dashboard.body as DashboardBody
  const ids = body.tiles.flatMap((tile) => ('insight' in tile ? [tile.insight] : []))
  const found = await reader.findLive(dashboard.project, 'insight', ids)
  const byId = new Map(found.map((item) => [item.id, item]))
  return [...new Set(ids)].flatMap((id) => {
    const item = byId.get(id)
    if (!item) return []
    const { name, description, query } = item.body as InsightBody
    return [{ id, key: item.key, name, description, query: questionOn(body, query) }]
  })
}

/** The question that a dashboard asks for an insight: its own dates come before the insight's. */
export function questionOn(
  { date_from, date_to, filters }: Pick<DashboardBody, 'date_from' | 'date_to' | 'filters'>,
  query: AskedInsight,
): AskedInsight {
  const { date_to: _, ...rest } = query
  const dated =
    date_from === undefined ? query : { ...rest, date_from, ...(date_to && { date_to }) }
  return { ...dated, filters: [...query.filters, ...filters] } as AskedInsight
}

async function checkFilters(
  { filters }: DashboardBody,
  { project, writer, now }: Writing,
): Promise<void> {
  const resolved = await resolveCohorts({ project, filters }, writer)
  filterConditions(settleCohorts(resolved.filters, now), new Statement(project))
}

function checkDates({ date_from, date_to }: DashboardBody, now: number): void {
  if (date_from !== undefined) {
    questionRange({ date_from, date_to, time_zone: 'UTC' }, { now, firstEventAt: null })
  } else if (date_to !== undefined) {
    throw new QueryRefusal('invalid_query', 'date_to needs a date_from', { field: 'date_to' })
  }
}
