import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Project } from './project.ts'
import { anHourAgo, PROPERTIES, type Task } from './story.ts'

const PROGRAMS = join(import.meta.dirname, '../programs')

/** An application that uses a client, and how it is started. */
export interface Program {
  /** In `programs/`. */
  file: string
  /** @default this Node */
  command?: string
  env?: Record<string, string>
}

export interface RunningProgram {
  task: Task
  /** Resolves when it has captured everything; rejects when it ends before. */
  captured: Promise<void>
  /** Tells it to end; resolves when it has, with everything that it wrote about itself. */
  end(): Promise<{ code: number | null; output: string }>
}

/** Starts a program with a project's write key, and the project's proxy for a host. */
export function startProgram(
  { file, command = process.execPath, env = {} }: Program,
  { writeKey, proxy }: Pick<Project, 'writeKey' | 'proxy'>,
  asked: Partial<Task>,
): RunningProgram {
  const task: Task = {
    host: proxy.url,
    key: writeKey,
    story: false,
    count: 0,
    startedAt: anHourAgo(),
    properties: PROPERTIES,
    options: {},
    ...asked,
  }
  const child = spawn(command, [join(PROGRAMS, file), JSON.stringify(task)], {
    env: { NODE_NO_WARNINGS: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close') as Promise<[number | null]>
  let output = ''
  const captured = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (output.includes(CAPTURED)) resolve()
      })
    }
    closed.then(() => reject(new Error(`${file} ended before it had captured:\n${output}`)), reject)
  })
  return {
    task,
    captured,
    async end() {
      child.stdin.end()
      const [code] = await closed
      return { code, output: output.replace(CAPTURED, '') }
    },
  }
}

/** The only line that a program writes by itself: all others are its client's. */
const CAPTURED = 'captured\n'
