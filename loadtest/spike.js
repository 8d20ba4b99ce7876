// k6: ten times the load for a moment. Started by `npm run stress-capture -- --spike`. An edge may then say
// 503 with Retry-After; it may not fail in another way, lose what it accepted, or stay slow afterwards.
import { check } from 'k6'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { JSON_HEADERS, makeBatch, settings } from './k6-events.js'

const { rate, seconds, batch, captureUrl } = settings
const SPIKE = 10
const third = Math.max(Math.floor(seconds / 3), 2)
const acceptedEvents = new Counter('accepted_events')
const toldToWait = new Counter('told_to_wait')

const steady = { executor: 'constant-arrival-rate', timeUnit: '1s', preAllocatedVUs: 20 }

export const options = {
  scenarios: {
    before: { ...steady, rate, duration: `${third}s`, maxVUs: 100 },
    spike: {
      ...steady,
      rate: rate * SPIKE,
      duration: `${third}s`,
      startTime: `${third}s`,
      maxVUs: 400,
    },
    after: { ...steady, rate, duration: `${third}s`, startTime: `${2 * third + 1}s`, maxVUs: 100 },
  },
  thresholds: {
    checks: ['rate==1'],
    'http_req_duration{scenario:before}': ['p(95)<250'],
    'http_req_duration{scenario:spike}': ['p(99)<5000'],
    'http_req_duration{scenario:after}': ['p(95)<500'],
  },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
}

http.setResponseCallback(http.expectedStatuses(200, 503))

export default function capture() {
  const answer = http.post(`${captureUrl}/batch`, makeBatch(), { headers: JSON_HEADERS })
  const accepted = answer.status === 200 ? answer.json('accepted') : 0
  acceptedEvents.add(accepted)
  if (answer.status === 503) toldToWait.add(1)
  check(answer, {
    'accepts all, or says when to come back': () =>
      accepted === batch || (answer.status === 503 && Number(answer.headers['Retry-After']) > 0),
  })
}
