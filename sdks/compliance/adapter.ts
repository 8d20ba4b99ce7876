import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What the adapter says of its SDK by itself, first. */
export interface SdkFacts {
  sdk: string
  /** Whether distinct_id and session are the SDK's own, as in a browser. */
  stateful: boolean
  /** Whether events outlive the process. */
  persistent: boolean
}

export interface Answer {
  ok: boolean
  value?: unknown
  /** Why the SDK refused the command. */
  error?: string
}

export interface SdkError {
  code: string
  message: string
  uuids: string[]
}

/** How long an adapter may take for one command: a flush as long as a request, which is 30 s in browsers. */
const COMMAND_TIMEOUT_MS = 45_000
const START_TIMEOUT_MS = 60_000

/** An SDK behind its adapter: a process that reads one JSON command a line, and answers each with a line. */
export class Adapter {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #nextId = 1
  #facts: SdkFacts | null = null
  #stderr = ''
  readonly #ready: Promise<void>
  readonly #exited: Promise<number | null>

  constructor(command: readonly string[]) {
    const [program = '', ...args] = command
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk
    })
    this.#exited = once(this.#child, 'close').then(([code]) => code as number | null)
    let isReady = () => {}
    this.#ready = new Promise((resolve) => {
      isReady = resolve
    })
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const said = JSON.parse(line) as Answer & SdkFacts & { id?: number; ready?: boolean }
      if (said.ready) {
        this.#facts = said
        isReady()
      } else if (said.id !== undefined) {
        this.#waiting.get(said.id)?.(said)
        this.#waiting.delete(said.id)
      }
    })
  }

  async facts(): Promise<SdkFacts> {
    await this.#inTime(this.#ready, START_TIMEOUT_MS, 'did not say that it is ready')
    return this.#facts as SdkFacts
  }

  /** Gives a command, and its answer. Rejects when there is none in time, or the adapter has ended. */
  async ask(command: string, fields: object = {}): Promise<Answer> {
    await this.facts()
    const id = this.#nextId++
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve))
    const line = JSON.stringify({ id, do: command, ...fields })
    // Line readers of some languages take these two for the end of a line.
    const oneLine = line.replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)
    this.#child.stdin?.write(`${oneLine}\n`)
    return this.#inTime(answered, COMMAND_TIMEOUT_MS, `did not answer "${command}"`)
  }

  /** Gives a command that the SDK must not refuse, and its value. */
  async do(command: string, fields: object = {}): Promise<unknown> {
    const { ok, value, error } = await this.ask(command, fields)
    if (!ok) throw new Error(`"${command}" was refused: ${error}`)
    return value
  }

  async capture(event: string, fields: object = {}): Promise<string> {
    return (await this.do('capture', { event, distinct_id: 'ann', ...fields })) as string
  }

  async errors(): Promise<SdkError[]> {
    return (await this.do('errors')) as SdkError[]
  }

  async queued(): Promise<number> {
    return ((await this.do('stats')) as { queued: number }).queued
  }

  /** Says that there are no more commands: the adapter then ends as its language's programs do. */
  endInput(): void {
    this.#child.stdin?.end()
  }

  /** Ends the process as nobody would: there is no goodbye. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  /** Resolves to its exit code when the process has ended by itself. */
  async ended(): Promise<number | null> {
    return this.#inTime(this.#exited, COMMAND_TIMEOUT_MS, 'did not end')
  }

  /** What comes of the adapter, unless that takes too long or the process ends first. */
  async #inTime<Value>(
    promise: Promise<Value>,
    timeoutMs: number,
    failure: string,
  ): Promise<Value> {
    const isLate = Symbol('late')
    const late = sleep(timeoutMs, isLate, { ref: false })
    const gone = this.#exited.then(() => isLate)
    const first = await Promise.race([promise, gone, late])
    if (first !== isLate) return first as Value
    throw new Error(`the adapter ${failure}\n${this.#stderr}`)
  }
}
