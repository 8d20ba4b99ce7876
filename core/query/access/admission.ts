import { AsyncLocalStorage } from 'node:async_hooks'
import type { Role } from '@headwater/schemas/asker'
import { QueryRefusal } from '../errors.ts'
import { rolesFrom } from './needed-roles.ts'

/** One request, and what its asker may do: for as long as it is answered, be it a stream. */
export interface Admission {
  /** Who asks; null when everybody may. */
  name: string | null
  /** The least role for what is asked. */
  needed: Role
  /** The role in a project as it is now; null when there is no such project for who asks. */
  roleIn(project: string): Promise<Role | null>
  /** The role in the project that was asked about; null until that was checked. */
  role: Role | null
}

/**
 * Travels with the request, so that no route has to hand it on, and none can name another asker: what
 * runs outside of a request is the service itself.
 */
const admissions = new AsyncLocalStorage<Admission>()

export const runAs = <Result>(admission: Admission, work: () => Result): Result =>
  admissions.run(admission, work)

/**
 * Lets a request go on that may do what it asks in this project. Throws `unknown_project`, the same for
 * one that there is not and for one of others, and `forbidden`. Called again, it tells how that is by then.
 */
export async function requireProject(id: string): Promise<void> {
  const admission = admissions.getStore()
  if (!admission) throw new Error('a project was asked for outside of a request')
  const role = await admission.roleIn(id)
  if (!role) {
    throw new QueryRefusal('unknown_project', `there is no project ${id}`, { field: 'project' })
  }
  refuseBelow(admission.needed, role, { what: 'this' })
  admission.role = role
}

/** Throws `forbidden` when the asker is less: part of what is asked needs more than the operation does. */
export function requireRole(needed: Role, wanted: Wanted): void {
  refuseBelow(needed, askerRole(), wanted)
}

export const isAtLeast = (role: Role): boolean => rolesFrom(role).includes(askerRole())

interface Wanted {
  /** What they want to do, as they would say it. */
  what: string
  /** The field that says so. */
  field?: string
}

/** What the asker is in the project; the service itself is an owner. */
export const askerRole = (): Role => {
  const admission = admissions.getStore()
  if (!admission) return 'owner'
  if (admission.role) return admission.role
  throw new Error('the role was needed before the project was')
}

/** Who is named as the author of a change; null when that is nobody in particular. */
export const authorName = (): string | null => admissions.getStore()?.name ?? null

function refuseBelow(needed: Role, role: Role, { what, field }: Wanted): void {
  const allowed = rolesFrom(needed)
  if (allowed.includes(role)) return
  const message = `${what} needs the role ${needed} in the project; yours is ${role}`
  throw new QueryRefusal('forbidden', message, { allowed, ...(field && { field }) })
}
