import type { EachBatchPayload } from 'kafkajs'

const LEFT = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])

/**
 * Keeps the membership alive during a long call. When it is gone `giveUp` is called, and the promise
 * rejects as soon as the work has ended, so that the client joins again.
 */
export async function whileBeating(
  { heartbeat }: EachBatchPayload,
  intervalMs: number,
  giveUp: () => void,
  work: () => Promise<void>,
): Promise<void> {
  let lost: Error | null = null
  const beat = () =>
    heartbeat().catch((error: Error & { type?: string }) => {
      // Anything else is a broker that may come back; the group decides whether it was too long.
      if (!LEFT.has(error.type ?? '')) return
      lost = error
      giveUp()
    })
  const timer = setInterval(beat, intervalMs)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  if (lost) throw lost
  await heartbeat().catch((error: unknown) => {
    throw joinAgain(error)
  })
}

/**
 * What makes the client look for the group's coordinator, and join again. By itself it asks the one it
 * knows, five times and ever more slowly, though that broker may be away for good.
 */
export function joinAgain(cause: unknown): Error {
  const type = 'NOT_COORDINATOR_FOR_GROUP'
  return Object.assign(new Error('the group is to be joined again', { cause }), { type })
}
