import {
  DEFAULT_PAGE,
  HistoryParams,
  historyOf,
  ProjectParam,
} from '@headwater/schemas/insights/saved'
import {
  ChangedSettings,
  ProjectSettings,
  SettingsBody,
} from '@headwater/schemas/insights/settings'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { answers, refusal } from '../routes.ts'
import { historyPage, openSaved, requireSeen, type SavedDeps } from './saved-api.ts'
import { headers } from './saved-routes.ts'
import {
  changeSettings,
  SETTINGS,
  type StoredSettings,
  settingsOf,
  shownSettings,
} from './settings.ts'

const path = '/api/settings'
const tags = ['Settings']
const problems = {
  503: refusal('This service keeps nothing (`not_configured`), or its database is away'),
}
const example = {
  version: 0,
  time_zone: 'Europe/Berlin',
  week_start: 'sunday',
  internal_users_filters: [
    { type: 'person', property: 'email', operator: 'not_contains', value: '@example.com' },
  ],
  filter_internal_by_default: true,
} as const

const readRoute = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'What the questions of a project mean where they do not say it',
  request: { query: ProjectParam },
  responses: {
    ...answers('The settings; `version` 0 while nobody changed them', ProjectSettings),
    ...problems,
  },
})

const changeRoute = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Replace the settings of a project',
  description:
    'The version that was changed is named in the body or in `If-Match`: a change of an older one is refused. Every answer from now on is by the new settings.',
  request: {
    query: ProjectParam,
    headers,
    body: { required: true, content: { 'application/json': { schema: ChangedSettings, example } } },
  },
  responses: {
    ...answers('The settings as they are now', ProjectSettings),
    409: refusal('They were changed meanwhile (`version_conflict`)'),
    ...problems,
  },
})

const historyRoute = createRoute({
  method: 'get',
  path: `${path}/history`,
  tags,
  summary: 'Every version of the settings of a project, the newest first',
  request: { query: HistoryParams },
  responses: { ...answers('A page of versions', historyOf(SettingsBody)), ...problems },
})

/** GET and PUT /api/settings, GET /api/settings/history. */
export function addSettings(app: OpenAPIHono, deps: SavedDeps): void {
  const { clock } = deps

  app.openapi(readRoute, async (c) => {
    const { project } = c.req.valid('query')
    const { saved } = await openSaved(project, deps)
    const settings = await settingsOf(project, saved)
    return c.json(shownSettings(settings), 200, tagOf(settings))
  })

  app.openapi(changeRoute, async (c) => {
    const { project } = c.req.valid('query')
    const { version, ...body } = c.req.valid('json')
    const seen = requireSeen(version, c.req.valid('header'))
    const { saved } = await openSaved(project, deps)
    const changed = await saved.write(project, (writer) =>
      changeSettings(body, seen, { project, writer, now: clock() }),
    )
    return c.json(shownSettings(changed), 200, tagOf(changed))
  })

  app.openapi(historyRoute, async (c) => {
    const { project, limit = DEFAULT_PAGE, before } = c.req.valid('query')
    const { saved } = await openSaved(project, deps)
    const item = await saved.find(project, SETTINGS, SETTINGS)
    const found = item ? await saved.versions(item, { limit: limit + 1, before }) : []
    return c.json(
      historyPage(found, limit, ({ body }) => body as SettingsBody),
      200,
    )
  })
}

const tagOf = ({ version }: StoredSettings) => ({ etag: `"${version}"` })
