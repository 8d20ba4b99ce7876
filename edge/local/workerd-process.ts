import { execFileSync, spawn } from 'node:child_process'

const LOOK_MS = 200

/** The process id of the workerd that this process started last; null when it cannot be told here. */
export function findWorkerd(): number | null {
  if (process.platform === 'win32') return null
  let newest: number | null = null
  try {
    const list = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    for (const line of list.split('\n')) {
      const [pid, parent, ...command] = line.trim().split(/\s+/)
      if (Number(parent) !== process.pid || !command.join(' ').includes('workerd')) continue
      newest = Math.max(newest ?? 0, Number(pid))
    }
  } catch {
    // No ps here: the launcher then learns of no workerd.
  }
  return newest
}

/**
 * workerd outlives a parent that is killed, and would keep the port and the storage. A shell waits at
 * the other end of a pipe, which closes however we end, and then ends workerd.
 */
export function endWithUs(workerdPid: number): void {
  const script = `read -r _; kill -9 ${workerdPid}`
  const guard = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C in the terminal must not end the guard before us.
    detached: true,
  })
  guard.once('error', () => {})
  guard.unref()
}

/** Calls back once when the process is gone. */
export function onEnd(pid: number, ended: () => void): void {
  const timer = setInterval(() => {
    if (isAlive(pid)) return
    clearInterval(timer)
    ended()
  }, LOOK_MS)
  timer.unref()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
