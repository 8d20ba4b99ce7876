import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Child, type ChildSpec } from './child.ts'
import { removeRunFile, writeRunFile } from './leftovers.ts'

/**
 * Starts the services, group after group, and keeps them running until we are told to stop; then stops
 * them one by one, the last first: whoever sends ends before whoever receives. Returns true when all are
 * ready, false when we were told to stop before. Rejects, with all stopped, when one does not start.
 */
export async function supervise(dataDir: string, groups: ChildSpec[][]): Promise<boolean> {
  const logDir = join(dataDir, 'logs')
  mkdirSync(logDir, { recursive: true })
  let running = false
  let stopping: Promise<void> | null = null
  const workerds = new Map<string, number>()
  const recordRun = () => {
    const pids: Record<string, number> = {}
    for (const child of children) if (child.pid) pids[child.name] = child.pid
    for (const [name, pid] of workerds) pids[`${name} workerd`] = pid
    writeRunFile(dataDir, { launcher: process.pid, pids })
  }
  const makeChild = (spec: ChildSpec): Child => {
    const child: Child = new Child(spec, {
      logDir,
      onSpawn: recordRun,
      onReady(name, ready, restarted) {
        if (ready.workerd_pid) workerds.set(name, ready.workerd_pid)
        recordRun()
        if (restarted) console.log(`${time()} ${name} is back.`)
      },
      onExit(name, how) {
        if (!running) return
        console.log(
          `${time()} ${name} ended with ${how}; starting it again (log: ${logDir}/${name}.log)`,
        )
        void child.restart()
      },
    })
    return child
  }
  const childGroups = groups.map((group) => group.map(makeChild))
  const children = childGroups.flat()

  const stop = () => {
    stopping ??= stopAll(children).then(() => removeRunFile(dataDir))
    return stopping
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) {
    process.on(signal, () => {
      if (stopping === null) console.log('\nStopping: finishing what is in flight …')
      running = false
      void stop().then(() => process.exit(0))
    })
  }

  try {
    for (const group of childGroups) {
      if (stopping !== null) return false
      await Promise.all(group.map((child) => child.start()))
    }
  } catch (error) {
    if (stopping !== null) return false
    await stop()
    throw error
  }
  running = true
  return true
}

async function stopAll(children: Child[]): Promise<void> {
  for (const child of children.toReversed()) await child.stop()
}

function time(): string {
  return new Date().toLocaleTimeString('en-GB')
}
