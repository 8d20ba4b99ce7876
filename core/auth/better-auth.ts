import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { bearer } from 'better-auth/plugins/bearer'
import { organization } from 'better-auth/plugins/organization'
import type { Logger } from '../shared/logger.ts'
import type { Database } from './database.ts'
import { accessControl, roles } from './roles.ts'

const MIN_PASSWORD_LENGTH = 10
/** Guesses per address and minute, of a password or of anything else that lets somebody in. */
const SIGN_IN_LIMIT = { window: 60, max: 10 }
const REQUEST_LIMIT = { window: 10, max: 100 }
const READ_KEY_CHECKS_PER_MINUTE = 1_200
/** Set by our own server from the socket; what a client sends under this name is removed. */
export const CLIENT_IP_HEADER = 'x-headwater-client-ip'
export const READ_KEY_CONFIG = 'read'
export const READ_KEY_PREFIX = 'rk_'
const READ_KEY_RANDOM_CHARACTERS = 48
const READ_KEY_SHOWN_CHARACTERS = 8

export interface AuthDeps {
  db: Database
  /** Signs sessions. */
  secret: string
  /** Where browsers reach us. */
  url: string
  /** Origins whose pages may sign in. */
  origins: readonly string[]
  logger: Logger
  /** Runs after a user was made; a failure is healed by the user's next request. */
  onUserCreated(user: { id: string; name: string }): Promise<void>
}

export type AuthOptions = ReturnType<typeof authOptions>
export type Auth = ReturnType<typeof createAuth>

export const createAuth = (deps: AuthDeps) => betterAuth(authOptions(deps))

/** Users, sessions, organisations and read keys are better-auth's; the settings are ours. */
export function authOptions(deps: AuthDeps) {
  const { db, secret, url, origins, logger, onUserCreated } = deps
  return {
    appName: 'Headwater',
    baseURL: url,
    basePath: '/api/auth',
    secret,
    database: { db, type: 'postgres' as const, transaction: true },
    // Our own pages too, under whatever name: the guard has checked the host.
    trustedOrigins: (request?: Request) =>
      request ? [...origins, new URL(request.url).origin] : [...origins],
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true, minPasswordLength: MIN_PASSWORD_LENGTH },
    rateLimit: {
      enabled: true,
      // In the database, so that a restart or a second process does not give new guesses.
      storage: 'database' as const,
      ...REQUEST_LIMIT,
      customRules: { '/sign-in/*': SIGN_IN_LIMIT, '/sign-up/*': SIGN_IN_LIMIT },
    },
    // Read keys are made and revoked per project, through our own routes.
    disabledPaths: ['create', 'update', 'delete', 'get', 'list'].map((name) => `/api-key/${name}`),
    advanced: {
      cookiePrefix: 'headwater',
      useSecureCookies: url.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [CLIENT_IP_HEADER] },
      // The schema was migrated a moment ago.
      database: { validateSchema: false },
    },
    logger: {
      level: 'warn' as const,
      log: (level: 'debug' | 'info' | 'warn' | 'error', message: string, ...facts: unknown[]) =>
        logger.log(level, 'better_auth', { message, facts }),
    },
    databaseHooks: { user: { create: { after: onUserCreated } } },
    plugins: [
      // Pages of another site than ours get no cookie of ours: they say who they are by header.
      bearer(),
      organization({ ac: accessControl, roles, disableOrganizationDeletion: true }),
      apiKey([
        {
          configId: READ_KEY_CONFIG,
          references: 'organization' as const,
          requireName: true,
          maximumNameLength: 100,
          defaultPrefix: READ_KEY_PREFIX,
          defaultKeyLength: READ_KEY_RANDOM_CHARACTERS,
          startingCharactersConfig: { charactersLength: READ_KEY_SHOWN_CHARACTERS },
          rateLimit: { enabled: true, timeWindow: 60_000, maxRequests: READ_KEY_CHECKS_PER_MINUTE },
        },
      ]),
    ],
  }
}
