import { ROLES, type Role } from '@headwater/schemas/asker'
import { createAccessControl } from 'better-auth/plugins/access'
import {
  adminAc,
  defaultStatements,
  memberAc,
  ownerAc,
} from 'better-auth/plugins/organization/access'

/** What can be done to what, beyond better-auth's own organisations and members. */
const statements = {
  ...defaultStatements,
  project: ['create'],
  writeKey: ['create', 'revoke'],
  // The name and the actions are the api-key plugin's own.
  apiKey: ['create', 'read', 'update', 'delete'],
} as const

export const accessControl = createAccessControl(statements)

const everything = {
  project: ['create'],
  writeKey: ['create', 'revoke'],
  apiKey: ['create', 'read', 'delete'],
} as const

export const roles = {
  owner: accessControl.newRole({ ...ownerAc.statements, ...everything }),
  admin: accessControl.newRole({ ...adminAc.statements, ...everything }),
  member: accessControl.newRole({ ...memberAc.statements, apiKey: ['read'] }),
}

export type Permission =
  | { project: ['create'] }
  | { writeKey: ['create' | 'revoke'] }
  | { apiKey: ['create' | 'delete'] }

/** True when any of the member's roles (comma separated, as better-auth keeps them) allows it. */
export function mayDo(memberRoles: string, permission: Permission): boolean {
  return memberRoles
    .split(',')
    .some((name) => isRole(name) && roles[name].authorize(permission).success)
}

/** The highest of the member's roles, as the query API knows them; null when it knows none. */
export function highestRole(memberRoles: string): Role | null {
  const names = memberRoles.split(',')
  return ROLES.findLast((role) => isRole(role) && names.includes(role)) ?? null
}

function isRole(name: string): name is keyof typeof roles {
  return Object.hasOwn(roles, name)
}
