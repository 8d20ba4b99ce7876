import { AsyncLocalStorage } from 'node:async_hooks'

/** The database did not answer: that says nothing about what it was asked. */
export class DatabaseAway extends Error {
  constructor(cause: unknown) {
    super(`the database does not answer: ${describe(cause)}`, { cause })
    this.name = 'DatabaseAway'
    const noticing = notices.getStore()
    if (noticing) noticing.away = true
  }
}

const notices = new AsyncLocalStorage<{ away: boolean }>()

/**
 * Resolves with whether the database was found away in the course of this work. better-auth makes other
 * errors of it on the way, even such that blame the caller.
 */
export async function noticeAway(work: () => Promise<void>): Promise<boolean> {
  const notice = { away: false }
  await notices.run(notice, work)
  return notice.away
}

// Of a host with several addresses the message is empty.
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return cause.message || ('code' in cause ? String(cause.code) : cause.name)
}
