// Many clients that have sent something once, and a program that has nothing more to do.
import process from 'node:process'

import { createClient } from '../../dist/index.mjs'

const [, , host] = process.argv
const clients = Array.from({ length: 20 }, () => createClient('wk_default_1_0', { host }))
for (const client of clients) {
  client.capture({ event: 'hello', distinct_id: 'ann' })
  await client.flush()
}
