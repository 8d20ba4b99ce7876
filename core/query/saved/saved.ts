import type { OpenAPIHono } from '@hono/zod-openapi'
import { addCode } from './code-api.ts'
import type { AnyKind } from './operations.ts'
import { savedAnnotation } from './saved-annotation.ts'
import { addSavedKind, type SavedDeps } from './saved-api.ts'
import { savedDashboard } from './saved-dashboard.ts'
import { savedInsight } from './saved-insight.ts'

/** Every kind of what people save. */
export const SAVED_KINDS: readonly AnyKind[] = [savedInsight, savedDashboard, savedAnnotation]

export function addSaved(app: OpenAPIHono, deps: SavedDeps): void {
  // Before those that take an id in the same place.
  addCode(
    app,
    SAVED_KINDS.filter(({ code }) => code),
    deps,
  )
  for (const kind of SAVED_KINDS) addSavedKind(app, kind, deps)
}
