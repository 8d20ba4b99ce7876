import { Code, ImportParams, ImportReport } from '@headwater/schemas/insights/code'
import { INSIGHT_EXAMPLES } from '@headwater/schemas/insights/examples'
import { ProjectParam } from '@headwater/schemas/insights/saved'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { answers, refusal } from '../routes.ts'
import { exportCode, importCode } from './code.ts'
import { randomId } from './names.ts'
import type { AnyKind } from './operations.ts'
import { openSaved, type SavedDeps } from './saved-api.ts'

export const IMPORT_PATH = '/api/dashboards/import'

const { project: _, ...question } = INSIGHT_EXAMPLES.stickiness
const example = {
  version: 1,
  insights: [{ key: 'how-often', name: 'How often people come', query: question }],
  dashboards: [
    { key: 'week', name: 'The week', tiles: [{ insight: 'how-often', x: 0, y: 0, w: 6, h: 4 }] },
  ],
}
const tags = ['Saved: as code']
const keepsNothing = refusal(
  'This service keeps nothing (`not_configured`), or its database is away',
)

const exportRoute = createRoute({
  method: 'get',
  path: '/api/dashboards/export',
  tags,
  summary: 'All that is set up in a project, as one document',
  request: { query: ProjectParam },
  responses: { ...answers('The document', Code), 503: keepsNothing },
})

const importRoute = createRoute({
  method: 'put',
  path: IMPORT_PATH,
  tags,
  summary: 'Make a project what a document says',
  description:
    'Things are matched by their keys. The same document twice changes nothing the second time; what is wrong with it is said before anything is changed.',
  request: {
    query: ImportParams,
    body: { required: true, content: { 'application/json': { schema: Code, example } } },
  },
  responses: {
    ...answers('What was changed, or would be', ImportReport),
    409: refusal('With prune: something that the document names uses what it does not (`in_use`)'),
    413: refusal('The document is too big'),
    503: keepsNothing,
  },
})

/** GET /api/dashboards/export and PUT /api/dashboards/import. */
export function addCode(app: OpenAPIHono, kinds: readonly AnyKind[], deps: SavedDeps): void {
  const { newId = randomId, clock } = deps

  app.openapi(exportRoute, async (c) => {
    const { project } = c.req.valid('query')
    const { saved } = await openSaved(project, deps)
    // A write, so that nobody else's falls between its parts.
    const document = await saved.write(project, (writer) => exportCode(project, kinds, writer))
    return c.json(document, 200)
  })

  app.openapi(importRoute, async (c) => {
    const { project, prune = false, dry_run = false } = c.req.valid('query')
    const document = c.req.valid('json')
    const { saved } = await openSaved(project, deps)
    const options = { prune, dry_run, newId }
    const writing = saved.write(project, async (writer) => {
      const report = await importCode(document, kinds, options, { project, writer, now: clock() })
      if (dry_run) throw new Undone(report)
      return report
    })
    const report = await writing.catch((error: unknown) => {
      if (error instanceof Undone) return error.report
      throw error
    })
    return c.json(report, 200)
  })
}

/** Undoes a write that was only tried. */
class Undone extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport) {
    super('only tried')
    this.report = report
  }
}
