import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RealService } from './service.ts'
import { tiedToUs } from './tied.ts'

export interface ProcessSpec {
  name: string
  /** Made when it is missing; the log file is in it, and the process runs in it. */
  folder: string
  command: string[]
  /** User to run as; for root only. */
  user?: string | undefined
  /** What makes it end in order. @default 'SIGTERM' */
  stopBy?: NodeJS.Signals | 'end of input'
  /** Asked again and again with the output since the start. */
  isReady(output: string): boolean | Promise<boolean>
}

interface Running {
  child: ChildProcess
  /** Resolves with how it ended. */
  ended: Promise<string>
  /** Set when it has ended. */
  how?: string
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 12_000
const POLL_MS = 25
const TAIL_BYTES = 4_000

/** One process, with its children, that is a service: it ends when we do, even when we are killed. */
export class ServiceProcess implements RealService {
  readonly name: string
  readonly logFile: string
  #spec: ProcessSpec
  #running: Running | null = null

  constructor(spec: ProcessSpec) {
    this.name = spec.name
    this.logFile = join(spec.folder, `${spec.name}.log`)
    this.#spec = spec
  }

  get pid(): number | undefined {
    return this.#running?.child.pid
  }

  async start(): Promise<void> {
    if (this.#running) throw new Error(`${this.name} is running already`)
    mkdirSync(this.#spec.folder, { recursive: true })
    const log = openSync(this.logFile, 'a')
    const logStart = statSync(this.logFile).size
    const running = this.#spawn(log)
    closeSync(log)
    const deadline = Date.now() + START_TIMEOUT_MS
    while (!(await this.#spec.isReady(readFrom(this.logFile, logStart))) && !running.how) {
      if (Date.now() > deadline) {
        await this.kill()
        throw this.#failure(`was not ready in ${START_TIMEOUT_MS / 1000} s`)
      }
      await sleep(POLL_MS)
    }
    // Also when it is ready: another process on its port may have answered in its place.
    if (running.how) throw this.#failure(`ended with ${running.how}`)
  }

  async kill(): Promise<void> {
    if (!this.#running) return
    const { ended } = this.#running
    const pids = this.#pids()
    this.signal('SIGKILL')
    await ended
    while (pids.some(isAlive)) await sleep(POLL_MS)
  }

  signal(name: NodeJS.Signals): void {
    for (const pid of this.#pids()) send(pid, name)
  }

  async stop(): Promise<void> {
    if (!this.#running) return
    const { child, ended } = this.#running
    const pids = this.#pids()
    // What was stopped by SIGSTOP takes nothing else.
    this.signal('SIGCONT')
    const { stopBy = 'SIGTERM' } = this.#spec
    if (stopBy === 'end of input') child.stdin?.end()
    else child.kill(stopBy)
    const force = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(force)
    while (pids.some(isAlive)) await sleep(POLL_MS)
  }

  #spawn(log: number): Running {
    const { command, user, folder } = this.#spec
    const [program = '', ...args] = tiedToUs(command, user)
    // A group of its own: Ctrl-C in our terminal is for us, who end it in order.
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ['pipe', log, log],
      detached: true,
    })
    // It may end before we close its input.
    child.stdin?.on('error', () => {})
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
    })
    const running: Running = { child, ended }
    this.#running = running
    void ended.then((how) => {
      running.how = how
      this.#running = null
    })
    return running
  }

  #pids(): number[] {
    return this.pid ? [this.pid, ...descendants(this.pid)] : []
  }

  #failure(why: string): Error {
    const start = Math.max(0, statSync(this.logFile).size - TAIL_BYTES)
    const tail = readFrom(this.logFile, start)
    return new Error(`${this.name} ${why}; the end of ${this.logFile}:\n${tail}`)
  }
}

function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []
    return children.map(Number).flatMap((child) => [child, ...descendants(child)])
  } catch {
    return []
  }
}

/** Whether there is such a process; a zombie, which an orphan can stay for a while, is none. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
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
