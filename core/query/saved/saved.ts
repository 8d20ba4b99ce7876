import type { OpenAPIHono } from '@hono/zod-openapi'
import { type AlertDeps, addNotices, addWebhookSecret } from '../../alerts/alert-api.ts'
import { withKnownReceivers, withoutMail } from '../../alerts/channels.ts'
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
const NOTICES: readonly AnyKind[] = [
  withKnownReceivers(savedAlert),
  withKnownReceivers(savedSubscription),
]
/** The other kinds of what people save; each stands after those that it can refer to. */
const SAVED_KINDS: readonly AnyKind[] = [savedCohort, savedInsight, savedDashboard, savedAnnotation]

export function addSaved(app: OpenAPIHono, deps: AlertDeps): void {
  const notices = deps.mail ? NOTICES : NOTICES.map(withoutMail)
  const kinds = [...SAVED_KINDS, ...notices]
  // Before those that take an id in the same place.
  addCode(
    app,
    kinds.filter(({ code }) => code),
    deps,
  )
  for (const kind of kinds) addSavedKind(app, kind, deps)
  for (const kind of notices) addNotices(app, kind, deps)
  addWebhookSecret(app, deps)
  addSettings(app, deps)
}
