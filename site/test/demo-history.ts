import { seededRandom } from '../../infra/random.ts'
import type { CapturedEvent } from './fixture-counts.ts'

const DAY_MS = 86_400_000
const COUNTRIES = ['DE', 'DE', 'US', 'US', 'US', 'FR', 'GB', 'JP', 'BR', 'IN', 'ES', 'IT', '']
const BROWSERS = ['Chrome', 'Chrome', 'Chrome', 'Safari', 'Safari', 'Firefox', 'Edge']
const CHANNELS = ['direct', 'organic_search', 'organic_search', 'referral', 'paid_search', 'email']
const PAGES = ['/', '/', '/pricing', '/features', '/blog/launch']

/** A history of `days` that is the same for the same end: more on weekdays, and honest drop-off. */
export function demoHistory(endMs: number, days = 30, perDay = 26): CapturedEvent[] {
  const { next: random, pick } = seededRandom(7)
  const events: CapturedEvent[] = []
  for (let day = 0; day < days; day++) {
    const start = endMs - (day + 1) * DAY_MS
    const weekday = new Date(start).getUTCDay()
    const visitors = Math.round(perDay * (weekday % 6 === 0 ? 0.55 : 1) * (0.8 + random() * 0.4))
    for (let v = 0; v < visitors; v++) {
      const distinct_id = `person-${Math.floor(random() * perDay * days * 0.5)}`
      const properties = {
        ...withValue('$country', pick(COUNTRIES)),
        $browser: pick(BROWSERS),
        $channel: pick(CHANNELS),
        $pathname: pick(PAGES),
      }
      let timestamp = start + Math.floor(random() * DAY_MS * 0.9)
      const add = (event: string) => {
        events.push({ event, distinct_id, timestamp, properties })
        timestamp += Math.floor(10_000 + random() * 600_000)
      }
      for (let view = 0; view < 1 + random() * 4; view++) add('$pageview')
      if (random() < 0.45) {
        add('feature_click')
        if (random() < 0.4) add('signup_click')
      }
    }
  }
  return events.filter(({ timestamp }) => timestamp <= endMs)
}

function withValue(name: string, value: string): Record<string, string> {
  return value === '' ? {} : { [name]: value }
}
