import type { OpenAPIHono } from '@hono/zod-openapi'
import { type AlertDeps, addNotices, addWebhookSecret } from '../../alerts/alert-api.ts'
import { savedAlert } from '../../alerts/saved-alert.ts'
import { savedSubscription } from '../../alerts/saved-subscription.ts'
import { addCode } from './code-api.ts'
import type { AnyKind } from './operations.ts'
import { savedAnnotation } from './saved-annotation.ts'
import { addSavedKind } from './saved-api.ts'
import { savedCohort } from './saved-cohort.ts'
import { savedDashboard } from './saved-dashboard.ts'
import { savedInsight } from './saved-insight.ts'
import { addSettings } from './settings-api.ts'

/** What tells people of itself. */
const NOTICES: readonly AnyKind[] = [savedAlert, savedSubscription]
/** Every kind of what people save; each stands after those that it can refer to. */
const SAVED_KINDS: readonly AnyKind[] = [
  savedCohort,
  savedInsight,
  savedDashboard,
  savedAnnotation,
  ...NOTICES,
]

export function addSaved(app: OpenAPIHono, deps: AlertDeps): void {
  // Before those that take an id in the same place.
  addCode(
    app,
    SAVED_KINDS.filter(({ code }) => code),
    deps,
  )
  for (const kind of SAVED_KINDS) addSavedKind(app, kind, deps)
  for (const kind of NOTICES) addNotices(app, kind, deps)
  addWebhookSecret(app, deps)
  addSettings(app, deps)
}
