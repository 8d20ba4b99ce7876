// A page that uses RudderStack's analytics-js of the package, with its plugins in it: elsewhere they come from
// RudderStack's own servers.
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

/** @param inBatches Calls wait for each other, and leave by beacon when the page closes. */
async function start(writeKey: string, host: string, inBatches: boolean): Promise<void> {
  const client = new RudderAnalytics()
  client.load(writeKey, host, {
    configUrl: host,
    queueOptions: { minRetryDelay: 500 },
    ...(inBatches && { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 60_000 } }),
  })
  Object.assign(window, { client })
  await new Promise<void>((resolve) => client.ready(resolve))
}

/** What makes a call one of another time. */
const of = (ms: number) => ({ originalTimestamp: new Date(ms).toISOString() })

Object.assign(window, { start, of })
