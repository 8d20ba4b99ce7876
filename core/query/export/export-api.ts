import { ExportQuery } from '@headwater/schemas/insights/export'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Clock } from '../../shared/clock.ts'
import type { RawStore } from '../../store/raw-store.ts'
import { settleCohorts } from '../cohort/settle.ts'
import { ProjectGate } from '../project-gate.ts'
import { answers } from '../routes.ts'
import type { QueryRunner, RunFacts } from '../run.ts'
import type { Settle } from '../settle.ts'
import { compileExport, FILES } from './compile.ts'
import { type AskedExport, ExportParams, toExportQuery } from './params.ts'
import { streamBody } from './stream-body.ts'

/** A slow reader of a large project. */
const EXPORT_TIMEOUT_MS = 2 * 3_600_000
/** Of one project; more wait. */
const GATE = { maxRunning: 2, maxWaiting: 4 }

export interface ExportDeps {
  raw: RawStore
  runner: QueryRunner
  clock: Clock
  requireProject(id: string): Promise<void>
  settle: Settle
  /** Told of every answer. */
  tell(insight: string, project: string, rows: number, facts: RunFacts): void
  /** Told of every failure. */
  refuse(error: unknown, path: string): unknown
}

const { 200: _, ...errors } = answers('', z.unknown())
const file = { schema: z.string().openapi({ format: 'binary' }) }
const responses = {
  200: {
    description:
      'The file, as it is made. A failure midway cuts it off: a whole one ends the response in order',
    content: {
      'text/csv': file,
      'application/x-ndjson': file,
      'application/vnd.apache.parquet': file,
    },
  },
  ...errors,
}

const postRoute = createRoute({
  method: 'post',
  path: '/api/export',
  summary: 'Export events as CSV, NDJSON or Parquet',
  request: {
    body: { required: true, content: { 'application/json': { schema: ExportQuery } } },
  },
  responses,
})

const getRoute = createRoute({
  method: 'get',
  path: '/api/export',
  summary: 'Export events as CSV, NDJSON or Parquet, by a link',
  request: { query: ExportParams },
  responses,
})

/** GET and POST /api/export. */
export function addExport(app: OpenAPIHono, deps: ExportDeps): void {
  const gate = new ProjectGate(GATE)

  async function answer(c: Context, asked: AskedExport): Promise<Response> {
    const { project, format } = asked
    await deps.requireProject(project)
    const query = await deps.settle(asked)
    const now = deps.clock()
    const statement = compileExport(settleCohorts(query, now), now)
    const { complete_until } = await deps.runner.freshness()
    const until = complete_until === null ? null : new Date(complete_until).toISOString()
    const { stream, type, ending } = FILES[format]
    const started = performance.now()
    const body = await streamBody({
      signal: c.req.raw.signal,
      enter: (task, signal) => gate.run(project, task, signal),
      open: (signal) =>
        deps.raw.stream(statement, { format: stream, timeoutMs: EXPORT_TIMEOUT_MS, signal }),
      ended: () =>
        deps.tell('export', project, 0, {
          complete_until: until,
          duration_ms: Math.round(performance.now() - started),
          from_cache: false,
        }),
      failed: (error) => void deps.refuse(error, c.req.path),
    })
    return new Response(body, {
      headers: {
        'content-type': type,
        'content-disposition': `attachment; filename="${project}-events.${ending}"`,
        'cache-control': 'no-store',
        ...(until && { 'headwater-complete-until': until }),
      },
    })
  }

  app.openapi(postRoute, (c) => answer(c, c.req.valid('json')) as never)
  app.openapi(getRoute, (c) => answer(c, toExportQuery(c.req.valid('query'))) as never)
}
