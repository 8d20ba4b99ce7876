// An application on a server that uses posthog-node.
import { PostHog } from 'posthog-node'
import { readTask, untilToldToEnd } from './task.ts'

const { host, key, options, story, count, startedAt, properties } = readTask()
const client = new PostHog(key, { host, ...options })
// In capture mode v1 it tells nobody else.
client.on('error', (error) => console.error(error))
const at = (seconds: number) => new Date(startedAt + seconds * 1_000)

if (story) {
  client.capture({ distinctId: 'visitor-1', event: 'page seen', properties, timestamp: at(1) })
  client.capture({
    distinctId: 'ann',
    event: 'ordered',
    properties: { total: 12.5, $set: { plan: 'pro' }, $set_once: { first_page: '/order' } },
    groups: { company: 'acme' },
    timestamp: at(2),
  })
  client.capture({
    distinctId: 'nobody',
    event: 'job done',
    properties: { $process_person_profile: false, $set: { plan: 'none' } },
    uuid: '0192f0c1-7e3a-7c11-8a5e-3b9d2f6a1c44',
    timestamp: at(3),
  })
  client.capture({ distinctId: 'ann@example.com', event: 'mail read', timestamp: at(4) })
  client.identify({
    distinctId: 'ann',
    properties: {
      $set: { name: 'Ann', seats: 3 },
      $set_once: { first_page: '/pricing' },
      $anon_distinct_id: 'visitor-1',
    },
  })
  client.alias({ distinctId: 'ann', alias: 'ann@example.com' })
  client.groupIdentify({
    groupType: 'company',
    groupKey: 'acme',
    properties: { size: 50 },
    distinctId: 'ann',
  })
}
for (let n = 1; n <= count; n++) {
  client.capture({
    distinctId: `visitor-${n % 3}`,
    event: 'numbered',
    properties: { n },
    timestamp: at(n),
  })
}
await untilToldToEnd()
// As the server's own socket does: the client's waits before a retry let a process end (capture mode v1).
const server = setInterval(() => {}, 1_000)
await client.shutdown(60_000)
clearInterval(server)
