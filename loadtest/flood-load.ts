import { Agent } from 'node:http'
import { type LoadResult, makeBody, sendBatch } from './steady-load.ts'

const SENDERS = 32

export interface FloodPlan {
  url: string
  writeKey: string
  /** Events per request. */
  batch: number
  /** The load ends after this time, or after so many events. */
  seconds?: number
  events?: number
}

/** Sends as fast as it is answered, from a fixed number of senders. */
export async function floodLoad(plan: FloodPlan): Promise<Omit<LoadResult, 'seconds'>> {
  const { seconds = Number.POSITIVE_INFINITY, events = Number.POSITIVE_INFINITY } = plan
  const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
  const result = { accepted: 0, retries: 0, latencies: [] }
  const end = performance.now() + seconds * 1000
  let requests = 0
  const sender = async () => {
    while (performance.now() < end && requests * plan.batch < events) {
      await sendBatch(plan, agent, makeBody(plan, requests++), result)
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
  agent.destroy()
  return result
}
