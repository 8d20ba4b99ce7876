import { readFileSync } from 'node:fs'
import type { RunFile } from '../infra/local/leftovers.ts'

/**
 * What each process of a stack weighs, bytes, and the sum. Proportional set size: pages that
 * processes share (Node's own code, say) are counted once in the sum.
 */
export function memoryOf({ launcher, pids }: RunFile): [name: string, bytes: number][] {
  const processes = Object.entries({ ...pids, launcher })
  const rows = processes.map(([name, pid]): [string, number] => [name, proportionalSetSize(pid)])
  return [...rows, ['total', rows.reduce((sum, [, bytes]) => sum + bytes, 0)]]
}

function proportionalSetSize(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024
}
