import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const MAX_IN_FLIGHT = 32
const RETRY_MS = 500

export interface LoadPlan {
  url: string
  writeKey: string
  /** Events per second to offer. */
  rate: number
  seconds: number
  /** Events per request. */
  batch: number
}

export interface LoadResult {
  accepted: number
  retries: number
  /** Of every acknowledged request, ms, waiting for a retry included. */
  latencies: number[]
  seconds: number
}

/** Offers events at a steady rate; a request that is refused for now is sent again, as an SDK would. */
export async function steadyLoad(plan: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_IN_FLIGHT })
  const result: LoadResult = { accepted: 0, retries: 0, latencies: [], seconds: 0 }
  const started = performance.now()
  const inFlight = new Set<Promise<void>>()
  const requests = Math.ceil((plan.rate * plan.seconds) / plan.batch)
  for (let i = 0; i < requests; i++) {
    const due = started + (i * plan.batch * 1000) / plan.rate
    const wait = due - performance.now()
    if (wait > 1) await sleep(wait)
    while (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight)
    const one = sendBatch(plan, agent, makeBody(plan, i), result).finally(() =>
      inFlight.delete(one),
    )
    inFlight.add(one)
  }
  await Promise.all(inFlight)
  result.seconds = (performance.now() - started) / 1000
  agent.destroy()
  return result
}

export async function sendBatch(
  plan: Pick<LoadPlan, 'url' | 'batch'>,
  agent: Agent,
  body: string,
  result: Omit<LoadResult, 'seconds'>,
) {
  const started = performance.now()
  for (;;) {
    const status = await post(plan.url, agent, body)
    if (status === 200) break
    if (status !== 503) throw new Error(`capture answered ${status}`)
    result.retries++
    await sleep(RETRY_MS)
  }
  result.accepted += plan.batch
  result.latencies.push(performance.now() - started)
}

function post(url: string, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

// About 430 bytes an event, as a page view of the web SDK.
export function makeBody(
  { writeKey, batch }: Pick<LoadPlan, 'writeKey' | 'batch'>,
  request: number,
): string {
  const now = new Date().toISOString()
  const events = Array.from({ length: batch }, (_, i) => {
    const person = (request * 7919 + i * 104_729) % 50_000
    return (
      `{"uuid":"${randomUUID()}","event":"${i % 10 === 0 ? 'feature_click' : '$pageview'}",` +
      `"distinct_id":"person-${person}","timestamp":"${now}","properties":{` +
      `"$current_url":"https://shop.example/products/${person % 300}?utm_source=news&utm_medium=email",` +
      `"$referrer":"https://www.google.com/","$session_id":"s-${person}","$sequence":${request},` +
      `"$lib":"web","$lib_version":"0.1.0","title":"Product ${person % 300}","price":${person % 90},` +
      `"plan":"team","in_stock":true,"viewport":"1280x720"}}`
    )
  })
  return `{"api_key":"${writeKey}","sent_at":"${now}","batch":[${events.join(',')}]}`
}
