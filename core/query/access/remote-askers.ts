import { AskerAnswer } from '@headwater/schemas/asker'
import { ASKERS_PATH, askerPath, signInternal } from '@headwater/schemas/internal-signature'
import type { Clock } from '../../shared/clock.ts'
import type { FindAsker } from './known-askers.ts'

export interface RemoteAskersDeps {
  /** Where the auth service is. */
  url: string
  secret: string
  clock: Clock
}

const TIMEOUT_MS = 2_000

/** Asks the auth service who holds a credential. */
export const remoteAskers =
  ({ url, secret, clock }: RemoteAskersDeps): FindAsker =>
  async (credential) => {
    const signed = await signInternal(secret, askerPath(credential), clock())
    const response = await fetch(`${url}${ASKERS_PATH}`, {
      method: 'POST',
      headers: { ...signed, 'content-type': 'application/json' },
      body: JSON.stringify({ credential }),
      // Nobody else is to be told it.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status === 200) return AskerAnswer.parse(await response.json()).asker
    await response.body?.cancel()
    throw new Error(`auth answered ${response.status}`)
  }
