// For tests: what a cluster must answer as one server does.
import type { TestClient } from '../../core/query/test-api.ts'

type Ask = (client: TestClient) => Promise<{ status: number; body: unknown }>

const RANGE = { project: 'asked', date_from: '2026-06-15', date_to: '2026-06-15' }
const UNBROKEN = { ...RANGE, steps: [{ event: 'view' }, { event: 'buy' }] }
const FUNNEL = { ...UNBROKEN, breakdowns: [{ property: 'plan' }], order: 'strict' }
const COMING_BACK = { start: { event: 'view' }, return: { event: '*' }, interval: 'hour' }
const BY_PLAN = { mode: 'first_time', breakdowns: [{ property: 'plan' }], breakdown_limit: 1 }
const did = (event: string, more: object = {}) => ({
  conditions: [{ type: 'did', event, ...more }],
})
const BY_COHORTS = {
  breakdowns: [
    {
      cohorts: [
        { name: 'bought', cohort: did('buy') },
        { name: 'seldom', cohort: did('view', { times: { operator: 'lte', value: 2 } }) },
        { name: 'never', cohort: did('refund') },
      ],
    },
  ],
}
const SERIES = [
  { event: '*', measure: 'unique_persons' },
  { event: 'view', measure: 'first_time' },
]
/** Of the project `asked`. */
export const QUESTIONS: Ask[] = [
  (client) => client.get('/api/trends', { ...RANGE, event: 'view' }),
  (client) => client.get('/api/trends', { ...RANGE, event: '*', measure: 'unique_persons' }),
  (client) =>
    client.get('/api/trends', { ...RANGE, event: '*', breakdown: 'plan', breakdown_limit: '1' }),
  (client) =>
    client.post('/api/funnels', {
      ...RANGE,
      steps: [{ event: 'view' }, { event: 'cart' }, { event: 'buy' }],
      breakdown: 'plan',
    }),
  ...['funnel', 'funnel_time', 'funnel_trend'].map(
    (kind) => (client: TestClient) => client.post('/api/query', { ...FUNNEL, kind }),
  ),
  (client) => client.post('/api/query', { ...UNBROKEN, kind: 'funnel_correlation', min_actors: 1 }),
  (client) =>
    client.post('/api/actors', {
      query: { ...UNBROKEN, kind: 'funnel_correlation' },
      select: { outcome: 'converted', event: 'cart' },
    }),
  ...[
    { kind: 'retention', ...COMING_BACK },
    { kind: 'retention', ...COMING_BACK, ...BY_PLAN },
    { kind: 'retention', ...COMING_BACK, ...BY_PLAN, windows: 'from_start' },
    { kind: 'retention', ...COMING_BACK, ...BY_COHORTS },
    { kind: 'trends', series: SERIES, interval: 'hour', ...BY_COHORTS },
    { ...UNBROKEN, kind: 'funnel', ...BY_COHORTS },
    { kind: 'lifecycle', activity: { event: '*' }, interval: 'hour' },
    { kind: 'stickiness', series: [{ event: 'view' }, { event: '*' }], interval: 'hour' },
    { kind: 'paths', items: [{ event: '*' }] },
  ].map((question) => (client: TestClient) => client.post('/api/query', { ...RANGE, ...question })),
  (client) =>
    client.post('/api/actors', {
      query: { ...RANGE, kind: 'retention', ...COMING_BACK, ...BY_PLAN },
      select: { row: 12, breakdown: { kind: 'other' } },
    }),
  (client) => client.get('/api/events/names', { project: 'asked' }),
  (client) => client.get('/api/properties', { project: 'asked' }),
]

/** In every text of the projects that may not be seen. */
export const SECRET = 'belongs_to_another_project'
const DATA_RANGE = { project: 'data', date_from: '2026-06-15', date_to: '2026-06-15' }
const sql = (text: string) => (client: TestClient) =>
  client.post('/api/sql', { project: 'data', sql: text })
const ofSession = (property: string, more: object = {}) => ({ type: 'session', property, ...more })
/** Of events themselves, of the project `data`. */
export const DATA_QUESTIONS: Ask[] = [
  ...[
    { breakdowns: [ofSession('$entry_pathname'), ofSession('$pageview_count')] },
    { breakdowns: [ofSession('$session_duration', { bins: 5 })] },
    {
      filters: [
        ofSession('$exit_pathname', { operator: 'is_not', value: '/1' }),
        ofSession('$session_duration', { operator: 'gt', value: 3 }),
        {
          cohort: {
            conditions: [
              { type: 'did', event: 'buy', filters: [ofSession('$is_bounce', { value: false })] },
            ],
          },
        },
      ],
    },
  ].map(
    (more): Ask =>
      (client) =>
        client.post('/api/query', {
          kind: 'trends',
          series: [{ event: 'buy', measure: 'unique_persons' }, { event: '*' }],
          ...DATA_RANGE,
          ...more,
        }),
  ),
  (client) => client.post('/api/query', { kind: 'web_overview', ...DATA_RANGE, list_limit: 50 }),
  (client) =>
    client.post('/api/actors', {
      query: { kind: 'web_overview', ...DATA_RANGE },
      select: { row: { list: 'entry_page', value: '/1' } },
    }),
  (client) => client.post('/api/events', { ...DATA_RANGE, properties: ['plan'], search: 'pro' }),
  (client) => client.get('/api/definitions/events', { project: 'data' }),
  (client) => client.get('/api/definitions/events', { project: 'data', include_hidden: 'true' }),
  sql(
    'SELECT event, count(), uniqExact(person_id), uniqExact(session_id) FROM events GROUP BY event ORDER BY event',
  ),
  sql(`SELECT properties.plan, count() FROM events WHERE distinct_id IN (
    SELECT distinct_id FROM events WHERE event = 'buy') GROUP BY 1 ORDER BY 2, 1`),
  sql(`WITH buyers AS (SELECT distinct_id, count() AS buys FROM events WHERE event = 'buy' GROUP BY distinct_id)
    SELECT e.distinct_id, count(), any(buyers.buys) FROM events AS e JOIN buyers
    ON e.distinct_id = buyers.distinct_id GROUP BY e.distinct_id ORDER BY 1`),
  sql('SELECT count() FROM events AS a JOIN events AS b ON a.uuid = b.uuid'),
  sql(
    'SELECT uuid, row_number() OVER (ORDER BY timestamp) AS place FROM events ORDER BY place LIMIT 5',
  ),
]
