import { QueryRefusal } from './errors.ts'

export const DEFAULT_MAX_RUNNING = 4
export const DEFAULT_MAX_WAITING = 100

export interface GateOptions {
  /** Questions of one project that the store works on at one time; more wait. @default 4 */
  maxRunning?: number
  /** Questions of one project that may wait; more are refused. @default 100 */
  maxWaiting?: number
}

interface Lane {
  running: number
  waiting: (() => void)[]
}

/** Lets each project ask the store so much at one time, so that none can keep it from the others. */
export class ProjectGate {
  readonly #maxRunning: number
  readonly #maxWaiting: number
  readonly #lanes = new Map<string, Lane>()

  constructor({
    maxRunning = DEFAULT_MAX_RUNNING,
    maxWaiting = DEFAULT_MAX_WAITING,
  }: GateOptions = {}) {
    this.#maxRunning = maxRunning
    this.#maxWaiting = maxWaiting
  }

  /**
   * Runs the task when it is the project's turn, first come first served. Rejects with the signal's
   * reason when aborted while it waits, and as too_many_queries when too many wait already.
   */
  async run<T>(project: string, task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const lane = this.#lanes.get(project) ?? { running: 0, waiting: [] }
    this.#lanes.set(project, lane)
    if (lane.running < this.#maxRunning) lane.running++
    else await this.#turn(lane, signal)
    try {
      return await task()
    } finally {
      this.#leave(project, lane)
    }
  }

  #turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (lane.waiting.length >= this.#maxWaiting) {
      const message = `more than ${this.#maxWaiting} questions of this project are waiting`
      throw new QueryRefusal('too_many_queries', message)
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        lane.waiting.splice(lane.waiting.indexOf(enter), 1)
        reject(signal?.reason)
      }
      lane.waiting.push(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  // Who waits takes over the place, so that nobody who comes later can take it first.
  #leave(project: string, lane: Lane): void {
    const next = lane.waiting.shift()
    if (next) next()
    else if (--lane.running === 0) this.#lanes.delete(project)
  }
}
