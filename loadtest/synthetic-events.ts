// Events of a made-up shop, made by the store itself: the same for the same number, however many.

/** The last moment of the 90 days. */
export const SYNTHETIC_END = Date.UTC(2026, 6, 1)
export const SYNTHETIC_DAYS = 90
export const SYNTHETIC_PROJECT = 'shop'
/** Events of one insert: its blocks must fit into memory. */
const CHUNK = 1_000_000
/** How many events a person has on average. */
const EVENTS_PER_PERSON = 20

/** Statements that fill an empty `events` table with so many events. */
export function* syntheticInserts(events: number): Generator<string> {
  const persons = Math.ceil(events / EVENTS_PER_PERSON)
  for (let from = 0; from < events; from += CHUNK) {
    yield insertSql(from, Math.min(CHUNK, events - from), persons)
  }
}

const share = (salt: string): string => `(sipHash64(number, '${salt}') / 18446744073709551616.)`
const pick = (of: string, salt: string, ...values: string[]): string =>
  `[${values.map((value) => `'${value}'`).join(', ')}][1 + sipHash64(${of}, '${salt}') % ${values.length}]`

// A few persons do much, most do little; after their first day they come back ever more seldom; a day
// is busy by daylight. Browser, country and plan belong to the person, page and item to the event.
function insertSql(from: number, count: number, persons: number): string {
  const lastDay = SYNTHETIC_DAYS - 1
  return `INSERT INTO events (uuid, project_id, event, distinct_id, timestamp, received_at, sent_at,
    properties, session_id, sequence, country, browser, os, device_type, current_url, pathname, host,
    referring_domain, channel, utm_source, is_bot, log_id, log_offset)
  WITH
    toUInt64(pow(${share('person')}, 2) * ${persons}) AS person,
    sipHash64(person, 'start') % ${SYNTHETIC_DAYS} AS first_day,
    least(${lastDay}, first_day + toUInt64(-log(${share('day')} + 1e-9) * 12)) AS day,
    toUInt64(86400000 * (0.5 + 0.5 * sin(pi() * (${share('hour')} - 0.5)) )) AS ms_of_day,
    ${share('event')} AS which
  SELECT
    reinterpret(sipHash128(number), 'UUID'),
    '${SYNTHETIC_PROJECT}',
    multiIf(which < 0.48, '$pageview', which < 0.68, 'view_item', which < 0.80, 'add_to_cart',
      which < 0.86, 'purchase', which < 0.93, 'feature_click', which < 0.97, 'signup_click',
      which < 0.999, 'search', 'refund'),
    concat('user-', toString(person)),
    fromUnixTimestamp64Milli(toInt64(${SYNTHETIC_END} - ${SYNTHETIC_DAYS} * 86400000
      + day * 86400000 + least(ms_of_day, 86399999)), 'UTC') AS at,
    at, at,
    CAST(concat('{"plan":"', ${pick('person', 'plan', 'free', 'free', 'pro', 'team')},
      '","item":"item-', toString(sipHash64(number, 'item') % 500),
      '","price":', toString(round(1 + ${share('price')} * 200, 2)),
      ',"quantity":', toString(1 + sipHash64(number, 'quantity') % 4),
      ',"$screen_width":', toString(320 + 160 * (sipHash64(person, 'screen') % 10)),
      ',"theme":"', ${pick('person', 'theme', 'dark', 'light')}, '"}'),
      'JSON(max_dynamic_paths = 64)'),
    concat(toString(person), '-', toString(day)),
    number,
    ${pick('person', 'country', 'DE', 'US', 'US', 'FR', 'GB', 'IN', 'BR', 'JP', 'CA', 'NL')},
    ${pick('person', 'browser', 'Chrome', 'Chrome', 'Chrome', 'Safari', 'Firefox', 'Edge')},
    ${pick('person', 'os', 'Windows', 'macOS', 'Linux', 'Android', 'iOS')},
    ${pick('person', 'device', 'desktop', 'mobile', 'mobile', 'tablet')},
    concat('https://shop.example', ${pick('number', 'page', '/', '/pricing', '/about', '/cart', '/blog', '/items')}) AS url,
    path(url),
    'shop.example',
    ${pick('person', 'referrer', '', 'google.com', 'news.example', 'mail.example')},
    ${pick('person', 'channel', 'direct', 'search', 'social', 'email')},
    ${pick('person', 'utm', '', '', '', 'newsletter', 'ads')},
    sipHash64(person, 'bot') % 50 = 0,
    'synthetic',
    number
  FROM numbers(${from}, ${count})
  SETTINGS max_insert_threads = 2`
}
