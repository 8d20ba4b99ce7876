import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** `npm run import` as a process of its own, for tests that kill it. */
export interface ImportProcess {
  process: ChildProcess
  /** Resolves when it has ended, with all that it said. */
  ended: Promise<{ code: number | null; output: string }>
}

export function startImport(args: readonly string[], env: Record<string, string>): ImportProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'import.ts'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, output }))
  })
  return { process: child, ended }
}
