import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Which processes belong to a data folder: written by the launcher, read by the next one. */
export interface RunFile {
  launcher: number
  /** Process id by name: each service, and what it starts, such as `edge workerd`. */
  pids: Record<string, number>
}

const WAIT_MS = 10_000
/** Services of a launcher that was killed notice it and end; this long they may take. */
export const LEFTOVERS_END_MS = 12_000

export function writeRunFile(dataDir: string, run: RunFile): void {
  const path = join(dataDir, 'run.json')
  writeFileSync(`${path}.new`, JSON.stringify(run))
  renameSync(`${path}.new`, path)
}

/** A launcher that stopped in order leaves nothing to clear. */
export function removeRunFile(dataDir: string): void {
  rmSync(join(dataDir, 'run.json'), { force: true })
}

/**
 * Ends what a killed launcher left behind, so that two processes never write one data folder.
 * Returns whether there was such a launcher.
 * Throws when the folder's launcher is still alive: that one is somebody's, not a leftover.
 */
export async function clearLeftovers(dataDir: string): Promise<boolean> {
  const path = join(dataDir, 'run.json')
  if (!existsSync(path)) return false
  const run = JSON.parse(readFileSync(path, 'utf8')) as RunFile
  if (run.launcher !== process.pid && isOurs(run.launcher)) {
    throw new Error(`already running on ${dataDir} (process ${run.launcher}); stop it first`)
  }
  const alive = Object.values(run.pids).filter(isOurs)
  for (const pid of alive) signal(pid, 'SIGTERM')
  const deadline = Date.now() + WAIT_MS
  for (let left = alive; left.length > 0; left = left.filter(isOurs)) {
    if (Date.now() > deadline) for (const pid of left) signal(pid, 'SIGKILL')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

// A pid alone proves nothing: it may be somebody else's process by now.
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    if (/\) Z /.test(stat)) return false
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return /workerd|core\/main\.ts|edge\/serve\.ts|site\/serve\.ts|demo\/serve\.ts|local\/(start|run-all)\.ts/.test(
      command,
    )
  } catch {
    return false
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in between.
  }
}
