// k6: a steady load on capture. Started by `npm run stress-capture`. Every answer must be 200 and accept the
// whole batch: an edge that cannot take a rate it should take has failed.
import { check } from 'k6'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { JSON_HEADERS, makeBatch, settings } from './k6-events.js'

const { rate, seconds, batch, captureUrl } = settings
const acceptedEvents = new Counter('accepted_events')

export const options = {
  scenarios: {
    steady: {
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: '1s',
      duration: `${seconds}s`,
      preAllocatedVUs: 20,
      maxVUs: 200,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    http_req_duration: ['p(95)<250', 'p(99)<1000'],
    // Requests that could not even be begun on time: then the rate was not what it says.
    dropped_iterations: [`count<${Math.ceil(rate * seconds * 0.01)}`],
  },
  summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],
}

export default function capture() {
  const answer = http.post(`${captureUrl}/batch`, makeBatch(), { headers: JSON_HEADERS })
  const accepted = answer.status === 200 ? answer.json('accepted') : 0
  acceptedEvents.add(accepted)
  check(answer, { 'is 200': () => answer.status === 200, 'accepts all': () => accepted === batch })
}
