import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessMemory {
  /** What it runs: the last of its command's words that say so. */
  name: string
  /** Resident set size. */
  bytes: number
}

/** Memory of every process below one, by name; processes of one name are added up. */
export function processMemory(root: number): ProcessMemory[] {
  const byName = new Map<string, number>()
  for (const pid of descendants(root)) {
    const memory = readMemory(pid)
    if (memory) byName.set(memory.name, (byName.get(memory.name) ?? 0) + memory.bytes)
  }
  return [...byName].map(([name, bytes]) => ({ name, bytes }))
}

function readMemory(pid: number): ProcessMemory | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const bytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
    return { name: nameOf(command), bytes }
  } catch {
    // It ended in between.
    return null
  }
}

function nameOf(command: readonly string[]): string {
  const known = ['workerd', 'kafka.Kafka', 'libchdb', 'redis-server', 'postgres']
  const text = command.join(' ')
  const service = /main\.ts (\w+)/.exec(text)?.[1] ?? known.find((word) => text.includes(word))
  return service ?? command.find((word) => word.endsWith('.ts')) ?? command[0] ?? 'unknown'
}

/** Ids of all processes that one started, and those that they did. */
export function descendants(root: number): number[] {
  const parents = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    const parent = Number.isInteger(pid) && parentOf(pid)
    if (parent) parents.set(parent, [...(parents.get(parent) ?? []), pid])
  }
  const found: number[] = []
  for (const next = [root]; next.length > 0; ) {
    const children = parents.get(next.pop() ?? 0) ?? []
    found.push(...children)
    next.push(...children)
  }
  return found
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
