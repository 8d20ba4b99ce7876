// k6: questions as a dashboard asks them. Started by `npm run stress-query`. Each is asked with another
// filter now and then, so that not all answers come from the cache.
import { check } from 'k6'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { JSON_HEADERS, settings } from './k6-events.js'

const { rate, seconds, queryUrl, queryCredential, project } = settings
const headers = {
  ...JSON_HEADERS,
  ...(queryCredential && { authorization: `Bearer ${queryCredential}` }),
}
const fromCache = new Counter('answers_from_cache')

export const options = {
  scenarios: {
    dashboards: {
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: '1s',
      duration: `${seconds}s`,
      preAllocatedVUs: 20,
      maxVUs: 100,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    'http_req_duration{insight:trend}': ['p(95)<1000'],
    'http_req_duration{insight:funnel}': ['p(95)<2000'],
  },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
}

const FUNNEL = JSON.stringify({
  project,
  steps: [{ event: '$pageview' }, { event: 'feature_click' }, { event: 'signup_click' }],
  date_from: '-30d',
})

export default function ask() {
  const dice = Math.random()
  const answer = dice < 0.3 ? askFunnel() : askTrend(dice < 0.6)
  if (answer.status === 200 && answer.json('from_cache') === true) fromCache.add(1)
  check(answer, {
    'is 200': () => answer.status === 200,
    'says until when it is complete': () => answer.json('complete_until') !== undefined,
  })
}

function askTrend(isSplit) {
  const filters = JSON.stringify([{ property: 'n', operator: 'gte', value: lot() }])
  const params = { project, event: '*', date_from: '-7d', filters }
  if (isSplit) params.breakdown = '$country'
  const query = Object.keys(params).map((name) => `${name}=${encodeURIComponent(params[name])}`)
  const url = `${queryUrl}/api/trends?${query.join('&')}`
  return http.get(url, { headers, tags: { insight: 'trend', name: 'trend' } })
}

function askFunnel() {
  const tags = { insight: 'funnel', name: 'funnel' }
  return http.post(`${queryUrl}/api/funnels`, FUNNEL, { headers, tags })
}

const lot = () => Math.floor(Math.random() * 50)
