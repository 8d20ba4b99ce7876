import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { commandPath } from './config.ts'

/** `edge/serve.ts` as the launcher starts it. */
export interface EdgeProcess {
  process: ChildProcess
  url: string
  workerdPid: number
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
  const line = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`edge ended with ${code}\n${errors}`)))
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve)
  })
  const { url, workerd_pid } = JSON.parse(line) as { url: string; workerd_pid: number }
  return { process: child, url, workerdPid: workerd_pid }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
