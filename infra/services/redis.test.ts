import { startRedis } from './redis.ts'
import { withRedis } from './redis-client.ts'
import { describeService } from './service.contract.ts'

describeService('Redis', {
  start: (folder) => startRedis({ folder }),
  write: ({ url }, value) =>
    withRedis(url, async (client) => {
      await client.rPush('values', value)
    }),
  read: ({ url }) => withRedis(url, (client) => client.lRange('values', 0, -1)),
})
