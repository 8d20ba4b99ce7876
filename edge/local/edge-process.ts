import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { commandPath } from './config.ts'

/** `edge/serve.ts` as the launcher starts it. */
export interface EdgeProcess {
  process: ChildProcess
  url: string
  workerdPid: number
}

interface Ready {
  url: string
  workerd_pid: number
}

export async function startEdgeProcess(env: Record<string, string>): Promise<EdgeProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../serve.ts')], {
    env: { PATH: commandPath(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk
  })
  const { url, workerd_pid } = await new Promise<Ready>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`edge ended with ${code}\n${errors}`)))
    if (!child.stdout) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      // The runtime may have something to say first, as one that finds events of an earlier run.
      if (line.startsWith('{"ready":true')) resolve(JSON.parse(line) as Ready)
    })
  })
  return { process: child, url, workerdPid: workerd_pid }
}

/** Tells an edge to end; resolves when it has, also when it had ended before. */
export async function endEdge({ process: child }: EdgeProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
