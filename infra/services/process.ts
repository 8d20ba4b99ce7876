import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RealService } from './service.ts'

export interface ProcessSpec {
  name: string
  /** Made when it is missing; the log file is in it, and the process runs in it. */
  folder: string
  command: string[]
  env?: Record<string, string>
  /** User to run as, when we are root. */
  user?: string
  stopSignal?: NodeJS.Signals
  /** Asked again and again with the output since the start. */
  isReady(output: string): boolean | Promise<boolean>
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 12_000
const POLL_MS = 50
const TAIL_BYTES = 4_000

/** One process that is a service: it ends when we do, even when we are killed. */
export class ServiceProcess implements RealService {
  readonly name: string
  readonly logFile: string
  #spec: ProcessSpec
  #child: ChildProcess | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(spec: ProcessSpec) {
    this.name = spec.name
    this.logFile = join(spec.folder, `${spec.name}.log`)
    this.#spec = spec
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    if (this.#child) throw new Error(`${this.name} is running already`)
    mkdirSync(this.#spec.folder, { recursive: true })
    const log = openSync(this.logFile, 'a')
    const logStart = statSync(this.logFile).size
    const [command = '', ...args] = withParent(this.#spec)
    const child = spawn(command, args, {
      cwd: this.#spec.folder,
      env: { ...process.env, ...this.#spec.env },
      stdio: ['ignore', log, log],
      // A group of its own: Ctrl-C in our terminal is for us, and we stop it in order.
      detached: true,
    })
    closeSync(log)
    this.#child = child
    let how = ''
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        how = reason
        this.#child = null
        resolve()
      }
      child.once('error', (error) => end(error.message))
      child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`))
    })
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!(await this.#spec.isReady(readFrom(this.logFile, logStart)))) {
      if (how) throw this.#failure(`ended with ${how}`)
      if (Date.now() > deadline) {
        await this.kill()
        throw this.#failure(`was not ready in ${START_TIMEOUT_MS / 1000} s`)
      }
      await sleep(POLL_MS)
    }
    // Somebody else may have answered in its place.
    if (how) throw this.#failure(`ended with ${how}`)
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#ended
  }

  signal(name: NodeJS.Signals): void {
    if (!this.pid) return
    for (const pid of [this.pid, ...descendants(this.pid)]) send(pid, name)
  }

  async stop(): Promise<void> {
    if (!this.pid) return
    // What is stopped does not take SIGTERM.
    this.signal('SIGCONT')
    send(this.pid, this.#spec.stopSignal ?? 'SIGTERM')
    const force = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS)
    await this.#ended
    clearTimeout(force)
  }

  #failure(why: string): Error {
    const size = statSync(this.logFile).size
    const tail = readFrom(this.logFile, Math.max(0, size - TAIL_BYTES))
    return new Error(`${this.name} ${why}; the end of ${this.logFile}:\n${tail}`)
  }
}

// Linux only: elsewhere a service outlives us when we are killed.
function withParent({ command, user }: ProcessSpec): string[] {
  if (process.platform !== 'linux') return command
  const asUser = user ? [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'] : []
  return ['setpriv', ...asUser, '--pdeathsig', 'KILL', '--', ...command]
}

function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
    return children.flatMap((child) => [child, ...descendants(child)])
  } catch {
    return []
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended in between.
  }
}

function readFrom(path: string, start: number): string {
  const file = openSync(path, 'r')
  const buffer = Buffer.alloc(Math.max(0, statSync(path).size - start))
  const length = readSync(file, buffer, 0, buffer.length, start)
  closeSync(file)
  return buffer.toString('utf8', 0, length)
}
