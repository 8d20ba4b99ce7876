import { expect, it } from 'vitest'
import type { LogRecord } from '../log/log.ts'
import type { Config } from '../shared/config.ts'
import { bridgeRegion } from './region.ts'
import { openBridge, sendBatch } from './test-bridge.ts'

const EU = { BRIDGE_REGION: 'eu', REGIONS: ['us', 'eu'] }
const US = { BRIDGE_REGION: 'us', REGIONS: ['us', 'eu'] }
const ANY = { BRIDGE_REGION: '', REGIONS: ['us', 'eu'] }

it.each([
  [EU, ['eu.shop:ann', 'eu.blog:bob'], 200],
  [US, ['default:ann', 'eu-shop:ann', 'us.shop:ann'], 200],
  [ANY, ['default:ann', 'eu.shop:ann', 'mars.shop:ann'], 200],
  [EU, ['eu.shop:ann', 'default:ann'], 421],
  [EU, ['eu.shop:ann', 'us.shop:eu.x:ann'], 421],
  [US, ['default:ann', 'eu.shop:ann'], 421],
])('of %j answers %j with %i', async (config, keys, status) => {
  const appended: LogRecord[] = []
  const log = {
    append: async (records: readonly LogRecord[]) => {
      appended.push(...records)
    },
  }
  const bridge = openBridge({ log, region: bridgeRegion(config as Config) })
  const response = await sendBatch(bridge, { shard: `x:0@${'0'.repeat(16)}`, seq: 1, keys })
  expect(response.status).toBe(status)
  expect(appended.map(({ key }) => key)).toEqual(status === 200 ? keys : [])
  if (status === 200) return
  // Not one of the answers after which the edge sets a batch aside: it goes on trying.
  expect(await response.json()).toMatchObject({ error: { code: 'wrong_region' } })
  const metrics = await (await bridge.request('/_metrics')).text()
  expect(metrics).toContain('headwater_bridge_batches_total{outcome="wrong_region"} 1')
})
