import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter, SdkError } from './adapter.ts'
import type { CaptureServer } from './capture-server.ts'
import type { Sdk } from './sdks.ts'

/** What every SDK understands at its start; without it its own defaults hold. */
export interface SdkOptions {
  flush_at?: number
  flush_interval_ms?: number
  max_queue_events?: number
  request_timeout_ms?: number
}

/** One scenario's own server, and as many processes with the SDK as it starts. */
export interface Stage {
  sdk: Sdk
  server: CaptureServer
  /** A process whose SDK sends to the server, by default after 50 ms. */
  start(options?: SdkOptions): Promise<Adapter>
}

/** A promise that an SDK keeps. */
export interface Scenario {
  name: string
  /** Says why it is not asked of an SDK; null: it is. */
  unlessFor?(sdk: Sdk): string | null
  run(stage: Stage): Promise<void>
}

export const WRITE_KEY = 'wk_default_1_0123456789abcdef'

const POLL_MS = 20

/** Waits until the condition holds; rejects with what it was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`)
    await sleep(POLL_MS)
  }
}

/** Waits until the SDK has an answer for every event that it took. */
export function untilAnswered(adapter: Adapter, timeoutMs?: number): Promise<void> {
  return until('nothing waits any more', async () => (await adapter.queued()) === 0, timeoutMs)
}

/** The SDK's errors, once there are so many: it may tell of them from another thread. */
export async function errorsOf(adapter: Adapter, count: number): Promise<SdkError[]> {
  await until(
    `there are ${count} errors`,
    async () => (await adapter.errors()).length >= count,
    5_000,
  )
  return adapter.errors()
}

/** Captures events of these names, and gives their uuids. */
export async function captureAll(adapter: Adapter, names: readonly string[]): Promise<string[]> {
  const uuids: string[] = []
  for (const name of names) uuids.push(await adapter.capture(name))
  return uuids
}

export const many = (count: number) => Array.from({ length: count }, (_, i) => `event ${i}`)
