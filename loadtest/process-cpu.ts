import { readFileSync } from 'node:fs'
import { descendants } from './process-memory.ts'

/** Of one clock tick, as the kernel tells them to programs. */
const TICK_MS = 10

/** CPU time of all processes below one since they started, in ms; to a tick each. */
export const cpuMsBelow = (root: number): number =>
  descendants(root).reduce((sum, pid) => sum + cpuMsOf(pid), 0)

function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system] = [fields[11], fields[12]].map(Number)
    return ((user ?? 0) + (system ?? 0)) * TICK_MS
  } catch {
    // It ended in between.
    return 0
  }
}
