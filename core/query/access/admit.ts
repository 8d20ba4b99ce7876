import { type Asker, CREDENTIAL, ROLES, type Role } from '@headwater/schemas/asker'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { QueryRefusal } from '../errors.ts'
import { type Admission, runAs } from './admission.ts'
import type { KnownAskers } from './known-askers.ts'
import { NEEDED_ROLES } from './needed-roles.ts'

const BEARER = /^bearer +(\S+)$/i
/** Who has just made a project, or was just let into one, does not wait for longer. */
const JUST_LET_IN_MS = 2_000

export interface AdmitDeps {
  /** Who may ask. @default everybody, as an owner of every project */
  askers: KnownAskers | undefined
  projectExists(id: string): Promise<boolean>
}

/** The door of every route below it. Throws `unauthorized`, and an Error at an answer that it let nobody through to. */
export function admit({ askers, projectExists }: AdmitDeps): MiddlewareHandler {
  return async (c, next) => {
    const asking = askers
      ? await identify(askers, credentialIn(c))
      : { name: null, roleIn: async (id: string) => ((await projectExists(id)) ? OWNER : null) }
    const admission: Admission = { ...asking, needed: neededRole(c), role: null }
    await runAs(admission, next)
    if (admission.role === null && c.res.ok) throw new Error(`${c.req.path} asked for no project`)
  }
}

const OWNER: Role = 'owner'

async function identify(askers: KnownAskers, credential: string) {
  const { name } = known(await askers.find(credential))
  return {
    name,
    async roleIn(project: string) {
      const role = roleOf(known(await askers.find(credential)), project)
      return role ?? roleOf(known(await askers.find(credential, JUST_LET_IN_MS)), project)
    },
  }
}

const roleOf = ({ projects }: Asker, project: string): Role | null =>
  projects.find(({ id }) => id === project)?.role ?? null

function known(asker: Asker | null): Asker {
  if (asker) return asker
  throw unauthorized('nobody has this credential, or it has ended')
}

function credentialIn(c: Context): string {
  const header = c.req.header('authorization')
  const credential = header && BEARER.exec(header)?.[1]
  if (credential && CREDENTIAL.test(credential)) return credential
  throw unauthorized(
    header
      ? 'the header Authorization is not Bearer and a credential'
      : 'this needs the header Authorization: Bearer <read key, or token of a session>',
  )
}

const unauthorized = (message: string) =>
  new QueryRefusal('unauthorized', message, { field: 'authorization' })

// Of all that matches: /api/dashboards/export is also /api/dashboards/{id}.
function neededRole(c: Context): Role {
  const routes = matchedRoutes(c).filter(({ method }) => method !== 'ALL')
  const needed = new Set(routes.map((route) => NEEDED_ROLES[operationOf(route)]))
  return ROLES.findLast((role) => needed.has(role)) ?? OWNER
}

const operationOf = ({ method, path }: { method: string; path: string }): string =>
  `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`

/** Throws when it is not said who may use a route. */
export function requireRoles({ routes }: Pick<Hono, 'routes'>): void {
  const operations = routes.filter(({ method }) => method !== 'ALL').map(operationOf)
  const missing = operations.filter(
    (operation) => operation.includes(' /api/') && !Object.hasOwn(NEEDED_ROLES, operation),
  )
  if (missing.length === 0) return
  throw new Error(`core/query/access/needed-roles.ts does not say who may ${missing.join(', ')}`)
}
