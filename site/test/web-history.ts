import type { EventRow } from '@headwater/schemas/row'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SECOND_MS = 1_000

/**
 * Visits of a website on two days, and fewer in the week before: three persons in four sessions, one of
 * them a bounce, and one page view without a session.
 */
export function webHistory(now: number): Partial<EventRow>[] {
  const visit = (
    distinct_id: string,
    session_id: string,
    at: number,
    facts: Partial<EventRow>,
    pages: string[],
  ): Partial<EventRow>[] =>
    pages.map((pathname, i) => ({
      distinct_id,
      session_id,
      timestamp: at + i * 30 * SECOND_MS,
      pathname,
      ...facts,
    }))
  const recently = now - 26 * HOUR_MS
  const ann = { country: 'DE', browser: 'Firefox', os: 'Linux', device_type: 'Desktop' }
  const bob = { country: 'FR', browser: 'Safari', os: 'iOS', device_type: 'Mobile' }
  return [
    ...visit('ann', 'a1', recently, { ...ann, utm_source: 'mail' }, ['/', '/docs', '/pricing']),
    ...visit('ann', 'a2', recently + 2 * HOUR_MS, { ...ann, referring_domain: 'x.org' }, [
      '/docs',
      '/',
    ]),
    ...visit('bob', 'b1', recently, { ...bob, referring_domain: 'x.org' }, ['/']),
    ...visit('cem', 'c1', now - DAY_MS, { country: 'DE', browser: 'Firefox' }, ['/pricing', '/']),
    { distinct_id: 'dan', timestamp: recently, pathname: '/about', country: 'SG' },
    ...visit('ann', 'before', now - 9 * DAY_MS, ann, ['/', '/docs']),
    {
      ...ann,
      event: '$web_vitals',
      distinct_id: 'ann',
      session_id: 'a1',
      timestamp: recently,
      properties: { $web_vitals_LCP_value: 1_800, $web_vitals_CLS_value: 0.3 },
    },
  ]
}
