import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** One registry per process part, passed in: no global registry, so that tests do not share counts. */
export type Metrics = Registry
export const createMetrics = (): Metrics => new Registry()

/** One that also shows the process itself: memory, CPU, event loop. One of them in a process. */
export function createProcessMetrics(): Metrics {
  const metrics = createMetrics()
  collectDefaultMetrics({ register: metrics })
  return metrics
}

/** Less than what a scrape may take. */
const READ_TIMEOUT_MS = 3_000

export interface Reading {
  /** With its unit: `_seconds`, `_ratio`, or what is counted. */
  name: string
  help: string
  /** Read anew whenever the metrics are asked for. */
  read(): Promise<number>
}

/** Shows a figure that somebody else has. When it cannot be had it is left out, and all others are shown. */
export function showReading(metrics: Metrics, { name, help, read }: Reading): void {
  new Gauge({
    name,
    help,
    registers: [metrics],
    async collect() {
      const value = await inTime(read).catch(() => null)
      if (value === null) this.remove()
      else this.set(value)
    },
  })
}

/** The same of several things, each under its name as the label's value. */
export function showReadings(
  metrics: Metrics,
  { name, help, label, reads }: Omit<Reading, 'read'> & { label: string; reads: Reads },
): void {
  new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [metrics],
    async collect() {
      const values = await Promise.all(
        Object.entries(reads).map(
          async ([of, read]) => [of, await inTime(read).catch(() => null)] as const,
        ),
      )
      for (const [of, value] of values) {
        if (value === null) this.remove({ [label]: of })
        else this.set({ [label]: of }, value)
      }
    },
  })
}
export type Reads = Readonly<Record<string, Reading['read']>>

/** What several figures are made of: read once for those that are asked for together. Rejects when it is too slow. */
export function sharedReading<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | null = null
  const forget = () => {
    running = null
  }
  return () => {
    running ??= inTime(read).finally(forget)
    return running
  }
}

async function inTime<Value>(read: () => Promise<Value>): Promise<Value> {
  const timer = Promise.withResolvers<never>()
  const timeout = setTimeout(() => timer.reject(new Error('too slow')), READ_TIMEOUT_MS)
  return Promise.race([read(), timer.promise]).finally(() => clearTimeout(timeout))
}
