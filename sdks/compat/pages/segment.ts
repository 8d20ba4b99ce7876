// A page that uses Segment's analytics.js of the package, as an application bundles it.
import { AnalyticsBrowser } from '@segment/analytics-next'

/** @param inBatches Calls wait for each other, and for the page to close. */
async function start(writeKey: string, host: string, inBatches: boolean): Promise<void> {
  const batching = { strategy: 'batching', config: { size: 10, timeout: 60_000 } } as const
  const integrations = { 'Segment.io': { deliveryStrategy: batching } }
  const client = AnalyticsBrowser.load(
    { writeKey, cdnURL: host },
    inBatches ? { integrations } : {},
  )
  Object.assign(window, { client })
  // It tells nobody else.
  client.on('error', (error: unknown) => console.error(error))
  await client
}

/** What makes a call one of another time. */
const of = (ms: number) => ({ timestamp: new Date(ms) })

Object.assign(window, { start, of })
