import { readdirSync, readlinkSync } from 'node:fs'

/** The processes that work in a folder or below it: none, when what ran there has ended. */
export function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingFolder(name)?.startsWith(folder))
    .map(Number)
}

// A zombie has none.
function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}
