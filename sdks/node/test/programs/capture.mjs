// Captures as many events as told, then does nothing more. What becomes of it goes to stdout, a JSON line each.
import process from 'node:process'

import { createClient } from '../../dist/index.mjs'

const [, , host, count, options = '{}'] = process.argv
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
const client = createClient('wk_default_1_0', {
  host,
  onError: ({ code, uuids }) => say({ code, count: uuids.length }),
  ...JSON.parse(options),
})
for (let i = 0; i < Number(count); i++) client.capture({ event: `event ${i}`, distinct_id: 'ann' })
say({ captured: Number(count) })
