// What the k6 scripts share: believable events of one run, and its settings from the launcher (stress.ts).

const PEOPLE = 5_000
const PAGES = ['/', '/pricing', '/docs', '/docs/start', '/blog', '/changelog']
const COUNTRIES = ['DE', 'FR', 'US', 'JP', 'BR']

const number = (name) => Number(__ENV[name])

export const settings = {
  captureUrl: __ENV.CAPTURE_URL,
  queryUrl: __ENV.QUERY_URL,
  queryCredential: __ENV.QUERY_CREDENTIAL,
  writeKey: __ENV.WRITE_KEY,
  project: __ENV.PROJECT,
  /** Name of every event of this run, so that it can be counted afterwards. */
  event: __ENV.EVENT,
  rate: number('RATE'),
  seconds: number('SECONDS'),
  batch: number('BATCH'),
}

const pick = (list) => list[Math.floor(Math.random() * list.length)]

export function makeBatch() {
  const batch = Array.from({ length: settings.batch }, () => ({
    uuid: crypto.randomUUID(),
    event: settings.event,
    distinct_id: `stress-${Math.floor(Math.random() * PEOPLE)}`,
    timestamp: new Date().toISOString(),
    properties: {
      $current_url: `https://example.com${pick(PAGES)}`,
      $country: pick(COUNTRIES),
      n: Math.floor(Math.random() * 1_000),
    },
  }))
  return JSON.stringify({ api_key: settings.writeKey, batch, sent_at: new Date().toISOString() })
}

export const JSON_HEADERS = { 'content-type': 'application/json' }
