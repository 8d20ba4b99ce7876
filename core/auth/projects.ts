import { randomUUID } from 'node:crypto'
import { MAX_PROJECT_ID_LENGTH } from '@headwater/schemas/limits'
import { isProjectId, pinnedId } from '@headwater/schemas/project-id'
import type { Project } from './contract.ts'
import type { Database } from './database.ts'
import { AuthError } from './errors.ts'
import { DEFAULT_ORGANIZATION_ID } from './migrate.ts'
import { mayDo, type Permission } from './roles.ts'

const MAX_PROJECTS_PER_ORGANIZATION = 100
const FIRST_WRITE_KEY_NAME = 'Default'

/** What is stored of a project: its region is in its id. */
export type StoredProject = Omit<Project, 'region'>

/** A project as one user sees it. */
export interface Access {
  project: StoredProject
  role: string
}

export interface Membership {
  id: string
  name: string
  role: string
}

/**
 * Gives a new user a place: the first one of all becomes the owner of the default organisation,
 * every other one gets an organisation of their own. Safe to run again.
 */
export async function admitUser(db: Database, user: { id: string; name: string }): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // The lock makes two first users come one after the other: only one may own the default.
    await trx
      .selectFrom('organization')
      .select('id')
      .where('id', '=', DEFAULT_ORGANIZATION_ID)
      .forUpdate()
      .executeTakeFirst()
    const members = trx.selectFrom('member').select('id').limit(1)
    if (await members.where('userId', '=', user.id).executeTakeFirst()) return
    let organizationId = DEFAULT_ORGANIZATION_ID
    if (await members.where('organizationId', '=', organizationId).executeTakeFirst()) {
      organizationId = randomUUID()
      const name = `${user.name}'s organisation`
      const organization = { id: organizationId, name, slug: organizationId }
      await trx
        .insertInto('organization')
        .values({ ...organization, createdAt: new Date() })
        .execute()
    }
    const member = { id: randomUUID(), organizationId, userId: user.id, role: 'owner' }
    await trx
      .insertInto('member')
      .values({ ...member, createdAt: new Date() })
      .execute()
  })
}

/** The user's organisations, oldest first; never empty, since a user without one gets one. */
export async function listMemberships(
  db: Database,
  user: { id: string; name: string },
): Promise<Membership[]> {
  const memberships = db
    .selectFrom('member')
    .innerJoin('organization', 'organization.id', 'member.organizationId')
    .select(['organization.id', 'organization.name', 'member.role'])
    .where('member.userId', '=', user.id)
    .orderBy('member.createdAt')
  const found = await memberships.execute()
  if (found.length > 0) return found
  await admitUser(db, user)
  return memberships.execute()
}

export async function listProjects(db: Database, userId: string): Promise<StoredProject[]> {
  const rows = await visibleProjects(db, userId).orderBy('projects.created_at').execute()
  return rows.map(toProject)
}

/** The roles of the user in every project of theirs, as better-auth keeps them. */
export function listAccess(db: Database, userId: string): Promise<{ id: string; role: string }[]> {
  return visibleProjects(db, userId)
    .clearSelect()
    .select(['projects.id', 'member.role'])
    .orderBy('projects.id')
    .execute()
}

/**
 * The project, when the user may do this to it. Throws `not_found` when it is not theirs, exactly as
 * when it does not exist, and `forbidden` when their role does not allow it.
 */
export async function requireAccess(
  db: Database,
  userId: string,
  projectId: string,
  permission?: Permission,
): Promise<Access> {
  const row = await visibleProjects(db, userId)
    .where('projects.id', '=', projectId)
    .executeTakeFirst()
  if (!row) throw new AuthError('not_found', `There is no project "${projectId}".`)
  requireRole(row.role, permission)
  return { project: toProject(row), role: row.role }
}

export interface WantedProject {
  id: string
  name: string
  organization_id?: string | undefined
  region?: string | undefined
}

/** Makes a project with its first write key. Throws `project_exists` when the id is taken by anybody. */
export async function createProject(
  db: Database,
  memberships: readonly Membership[],
  wanted: WantedProject,
  regions: readonly string[],
): Promise<StoredProject> {
  const id = idFor(wanted, regions)
  const organization = chooseOrganization(memberships, wanted.organization_id)
  requireRole(organization.role, { project: ['create'] })
  return db.transaction().execute(async (trx) => {
    const { count } = await trx
      .selectFrom('projects')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('organization_id', '=', organization.id)
      .executeTakeFirstOrThrow()
    if (Number(count) >= MAX_PROJECTS_PER_ORGANIZATION) {
      const message = `An organisation has at most ${MAX_PROJECTS_PER_ORGANIZATION} projects.`
      throw new AuthError('limit_reached', message)
    }
    const project = await trx
      .insertInto('projects')
      .values({ id, organization_id: organization.id, name: wanted.name })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!project) throw new AuthError('project_exists', 'This project id is taken.', 'id')
    await trx
      .insertInto('write_keys')
      .values({ project_id: id, epoch: 1, name: FIRST_WRITE_KEY_NAME })
      .execute()
    return toProject(project)
  })
}

export async function projectExists(db: Database, id: string): Promise<boolean> {
  const row = await db.selectFrom('projects').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

// The region is part of the id, so that every key and record says where it belongs, and none can move.
function idFor({ id, region }: WantedProject, regions: readonly string[]): string {
  if (region === undefined) return id
  if (!regions.includes(region)) {
    const message = `There is no region "${region}"; there are: ${regions.join(', ')}.`
    throw new AuthError('invalid_request', message, 'region')
  }
  const pinned = pinnedId(region, id)
  if (isProjectId(pinned)) return pinned
  const message = `"${pinned}", the id with its region, is longer than ${MAX_PROJECT_ID_LENGTH} characters.`
  throw new AuthError('invalid_request', message, 'id')
}

function visibleProjects(db: Database, userId: string) {
  return db
    .selectFrom('projects')
    .innerJoin('member', 'member.organizationId', 'projects.organization_id')
    .selectAll('projects')
    .select('member.role')
    .where('member.userId', '=', userId)
}

function chooseOrganization(memberships: readonly Membership[], wanted?: string): Membership {
  const found = wanted ? memberships.filter(({ id }) => id === wanted) : memberships
  const [organization] = found
  if (organization && found.length === 1) return organization
  const message = wanted
    ? `There is no organisation "${wanted}".`
    : 'You belong to several organisations: say which one.'
  throw new AuthError('invalid_request', message, 'organization_id')
}

function requireRole(role: string, permission?: Permission): void {
  if (!permission || mayDo(role, permission)) return
  throw new AuthError('forbidden', `Your role "${role}" does not allow this.`)
}

function toProject(row: {
  id: string
  name: string
  organization_id: string
  created_at: Date
}): StoredProject {
  const { id, name, organization_id, created_at } = row
  return { id, name, organization_id, created_at: created_at.toISOString() }
}
