import { createClient } from 'redis'
import { type RedisServer, startRedis } from './redis.ts'
import { describeService } from './service.contract.ts'

describeService('Redis', {
  start: (folder) => startRedis({ folder }),
  write: (server, value) =>
    withClient(server, async (client) => {
      await client.rPush('values', value)
    }),
  read: (server) => withClient(server, (client) => client.lRange('values', 0, -1)),
})

async function withClient<T>(
  { url }: RedisServer,
  work: (client: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const client = await connect(url)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

function connect(url: string) {
  const client = createClient({ url })
  // Without a listener an error of the connection would end the process.
  client.on('error', () => {})
  return client.connect()
}
