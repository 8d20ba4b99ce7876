import type { OpenAPIHono } from '@hono/zod-openapi'
import type { RawStore } from '../store/raw-store.ts'
import { StoreError } from '../store/store.ts'
import { addDefinitions, type DefinitionsDeps } from './definitions/definitions-api.ts'
import { addEvents, type EventsDeps } from './explore/events-api.ts'
import { addExport, type ExportDeps } from './export/export-api.ts'
import { addLive, type LiveDeps } from './live/live-api.ts'
import { addSql, type SqlDeps } from './sql/sql-api.ts'

export interface DataDeps
  extends Omit<SqlDeps & ExportDeps & EventsDeps & DefinitionsDeps & LiveDeps, 'raw'> {
  /** Where long answers and foreign statements are asked. @default they are refused */
  raw?: RawStore | undefined
}

/** The events themselves, where insights tell of their numbers: what there is, what arrives, lists, SQL and files. */
export function addData(app: OpenAPIHono, deps: DataDeps): void {
  const raw = deps.raw ?? NO_RAW_STORE
  addEvents(app, deps)
  addDefinitions(app, deps)
  addLive(app, deps)
  addSql(app, { ...deps, raw })
  addExport(app, { ...deps, raw })
}

const away = () => new StoreError('unavailable', 'this store has no raw access')
const NO_RAW_STORE: RawStore = {
  confined: () => Promise.reject(away()),
  stream: () => ({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(away()) }),
  }),
}
