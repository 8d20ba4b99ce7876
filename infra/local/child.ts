import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from './config.ts'

export interface ChildSpec {
  name: string
  /** Script below the root, and its arguments. */
  command: string[]
  env: Record<string, string>
}

export interface Ready {
  ready: true
  /** Processes of the child that must not outlive it. */
  workerd_pid?: number
}

export interface ChildOptions {
  logDir: string
  /** Longest pause before a restart, of a child that dies again and again. @default 10_000 */
  lastRestartMs?: number
  /** The child has a process; it is not ready yet. */
  onSpawn(): void
  onReady(name: string, ready: Ready, restarted: boolean): void
  onExit(name: string, how: string): void
}

/** What Node makes of our sources, kept between starts: half of the work of a start. */
const COMPILED = join(ROOT, 'node_modules/.cache/headwater/compiled')
const READY_TIMEOUT_MS = 90_000
const STOP_TIMEOUT_MS = 10_000
const FIRST_RESTART_MS = 300
const LAST_RESTART_MS = 10_000
/** After this long without a crash the next restart is quick again. */
const STABLE_MS = 30_000

/** One service process: started, watched, started again when it dies, stopped within 10 s. */
export class Child {
  readonly name: string
  #spec: ChildSpec
  #options: ChildOptions
  #process: ChildProcess | null = null
  #stopping = false
  #restartMs = FIRST_RESTART_MS
  #restarting: Promise<void> | null = null

  constructor(spec: ChildSpec, options: ChildOptions) {
    this.name = spec.name
    this.#spec = spec
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Resolves when the child says it is ready; rejects when it ends before, or takes too long. */
  start(restarted = false): Promise<void> {
    const log = createWriteStream(join(this.#options.logDir, `${this.name}.log`), { flags: 'a' })
    const [script = '', ...args] = this.#spec.command
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', script, ...args],
      {
        cwd: ROOT,
        env: { NODE_COMPILE_CACHE: COMPILED, ...this.#spec.env },
        // The IPC channel tells the child when we are gone, even after kill -9.
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    )
    this.#process = child
    this.#options.onSpawn()
    child.stderr?.pipe(log, { end: false })
    const startedAt = Date.now()
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        reject(new Error(`${this.name} was not ready in ${READY_TIMEOUT_MS / 1000} s`))
        child.kill('SIGKILL')
      }, READY_TIMEOUT_MS)
      if (child.stdout) {
        createInterface({ input: child.stdout }).on('line', (line) => {
          const ready = readReady(line)
          if (!ready) return log.write(`${line}\n`)
          clearTimeout(timeout)
          this.#options.onReady(this.name, ready, restarted)
          resolve()
        })
      }
      child.once('exit', (code, signal) => {
        clearTimeout(timeout)
        log.end()
        this.#process = null
        const how = signal ? `signal ${signal}` : `exit code ${code}`
        reject(new Error(`${this.name} ended with ${how}; see ${this.name}.log`))
        if (!this.#stopping) this.#options.onExit(this.name, how)
        if (Date.now() - startedAt > STABLE_MS) this.#restartMs = FIRST_RESTART_MS
      })
    })
  }

  /**
   * Starts the child again until it is ready or the whole is stopping; waits longer each time. Asked for
   * once more meanwhile it is the same restart: one that ends before it is ready must not become two.
   */
  restart(): Promise<void> {
    this.#restarting ??= this.#restart().finally(() => {
      this.#restarting = null
    })
    return this.#restarting
  }

  async #restart(): Promise<void> {
    while (!this.#stopping) {
      await new Promise((resolve) => setTimeout(resolve, this.#restartMs))
      const { lastRestartMs = LAST_RESTART_MS } = this.#options
      this.#restartMs = Math.min(this.#restartMs * 2, lastRestartMs)
      if (this.#stopping) return
      try {
        return await this.start(true)
      } catch {
        // onExit has reported it; try again.
      }
    }
  }

  /** SIGTERM, then SIGKILL when it does not end in time. */
  stop(): Promise<void> {
    this.#stopping = true
    const child = this.#process
    if (!child) return Promise.resolve()
    return new Promise((resolve) => {
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      child.once('exit', () => {
        clearTimeout(kill)
        resolve()
      })
      child.kill('SIGTERM')
    })
  }
}

function readReady(line: string): Ready | null {
  if (!line.startsWith('{"ready":true')) return null
  return JSON.parse(line) as Ready
}
