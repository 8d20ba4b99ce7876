import type { OpenAPIHono } from '@hono/zod-openapi'
import { addSavedKind, type SavedDeps } from './saved-api.ts'
import { savedInsight } from './saved-insight.ts'

/** What people save: insights. */
export function addSaved(app: OpenAPIHono, deps: SavedDeps): void {
  addSavedKind(app, savedInsight, deps)
}
