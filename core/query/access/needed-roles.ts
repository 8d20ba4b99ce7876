import { ROLES, type Role } from '@headwater/schemas/asker'

// Who may do what in a project: the one place where it is said. An operation that is not here keeps the
// service from starting.

/** Reading one kind of saved things, and writing it. */
const saved = (path: string, reading: Role): Record<string, Role> => ({
  [`GET ${path}`]: reading,
  [`POST ${path}`]: 'member',
  [`GET ${path}/{id}`]: reading,
  [`PUT ${path}/{id}`]: 'member',
  [`DELETE ${path}/{id}`]: 'member',
  [`GET ${path}/{id}/history`]: reading,
  [`POST ${path}/{id}/restore`]: 'member',
})

/** The same of what tells people of itself. A receiver's address can be a secret: no read key shows it. */
const notices = (path: string): Record<string, Role> => ({
  ...saved(path, 'member'),
  [`POST ${path}/{id}/snooze`]: 'member',
  [`POST ${path}/{id}/test`]: 'member',
  [`GET ${path}/{id}/deliveries`]: 'member',
})

/** The least role for every operation of the API. */
export const NEEDED_ROLES: Readonly<Record<string, Role>> = {
  'GET /api/trends': 'reader',
  'POST /api/funnels': 'reader',
  'POST /api/query': 'reader',
  'POST /api/actors': 'reader',
  'GET /api/events/names': 'reader',
  'POST /api/events': 'reader',
  'GET /api/events/{uuid}': 'reader',
  'GET /api/properties': 'reader',
  'GET /api/freshness': 'reader',
  'GET /api/live': 'reader',
  'POST /api/sql': 'reader',
  'GET /api/sql/schema': 'reader',
  'GET /api/export': 'reader',
  'POST /api/export': 'reader',
  'GET /api/persons': 'reader',
  'GET /api/persons/{id}': 'reader',
  'GET /api/persons/{id}/events': 'reader',
  'GET /api/persons/{id}/links': 'reader',
  'GET /api/cohorts/sizes': 'reader',
  'GET /api/cohorts/{id}/persons': 'reader',
  'GET /api/cohorts/{id}/size': 'reader',
  'GET /api/definitions/events': 'reader',
  'GET /api/definitions/properties': 'reader',
  'GET /api/settings': 'reader',
  'GET /api/settings/history': 'reader',
  'GET /api/dead-letters': 'reader',
  'GET /api/dead-letters/{id}': 'reader',

  ...saved('/api/insights', 'reader'),
  ...saved('/api/dashboards', 'reader'),
  ...saved('/api/annotations', 'reader'),
  ...saved('/api/cohorts', 'reader'),
  ...notices('/api/alerts'),
  ...notices('/api/subscriptions'),
  // It holds alerts and subscriptions, too.
  'GET /api/dashboards/export': 'member',
  'PUT /api/dashboards/import': 'member',
  'PUT /api/definitions/events': 'member',
  'PUT /api/definitions/properties': 'member',

  'PUT /api/settings': 'admin',
  'GET /api/webhooks/secret': 'admin',
  'POST /api/persons/merge': 'admin',
  'POST /api/persons/links/{uuid}/undo': 'admin',
  'POST /api/persons/links/{uuid}/redo': 'admin',
  'POST /api/dead-letters/replay': 'admin',
}

/** The roles that may do what needs this one. */
export const rolesFrom = (needed: Role): Role[] => ROLES.slice(ROLES.indexOf(needed))
