import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than a drain, so that a restart waits for the process it replaces. */
const DEFAULT_WAIT_MS = 12_000
const RETRY_MS = 100
const SQLITE_BUSY = 5

export interface FolderLock {
  release(): void
}

/**
 * Takes a folder for this process alone: its databases would be destroyed by a second one. The
 * operating system gives the lock back when the process dies, however it dies. Rejects when another
 * process still holds it after `waitMs`.
 */
export async function lockFolder(folder: string, waitMs = DEFAULT_WAIT_MS): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true })
  const deadline = Date.now() + waitMs
  const file = new DatabaseSync(join(folder, 'core.lock'), { timeout: 0 })
  for (;;) {
    try {
      file.exec('BEGIN EXCLUSIVE')
      return { release: () => file.close() }
    } catch (error) {
      const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
      if (!busy || Date.now() >= deadline) {
        file.close()
        throw busy ? new Error(`another process uses the folder ${folder}`) : error
      }
    }
    await sleep(RETRY_MS)
  }
}
