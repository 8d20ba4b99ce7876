import { projectPath, signInternal } from '@headwater/schemas/internal-signature'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'

export interface RemoteProjectsDeps {
  /** Where the auth service is. */
  url: string
  secret: string
  clock: Clock
  logger: Logger
}

const FRESH_MS = 60_000
/** A project that was just made is found after this. */
const MISSING_FRESH_MS = 2_000
const TIMEOUT_MS = 2_000
/** An auth that failed is not asked again before, so that not every question waits for it. */
const AWAY_MS = 2_000
const MAX_REMEMBERED = 10_000

interface Answer {
  exists: boolean
  at: number
}

/**
 * Asks the auth service whether there is a project. Resolves with null when that cannot be told: auth is
 * away, and was never asked about it. An old answer counts while auth is away.
 */
export function remoteProjects(deps: RemoteProjectsDeps): (id: string) => Promise<boolean | null> {
  const answers = new Map<string, Answer>()
  let awayUntil = Number.NEGATIVE_INFINITY
  return async (id) => {
    const now = deps.clock()
    const known = answers.get(id)
    if (known && now - known.at < (known.exists ? FRESH_MS : MISSING_FRESH_MS)) return known.exists
    if (now < awayUntil) return known?.exists ?? null
    try {
      const exists = await ask(deps, id)
      if (answers.size >= MAX_REMEMBERED) answers.clear()
      answers.set(id, { exists, at: now })
      return exists
    } catch (error) {
      awayUntil = deps.clock() + AWAY_MS
      deps.logger.log('warn', 'auth_away', { error })
      return known?.exists ?? null
    }
  }
}

async function ask({ url, secret, clock }: RemoteProjectsDeps, id: string): Promise<boolean> {
  const path = projectPath(id)
  const headers = await signInternal(secret, path, clock())
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(`${url}${path}`, { headers, signal })
  await response.body?.cancel()
  if (response.status === 200) return true
  if (response.status === 404) return false
  throw new Error(`auth answered ${response.status}`)
}
