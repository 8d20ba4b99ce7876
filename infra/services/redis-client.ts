import { createClient } from 'redis'

export type RedisClient = ReturnType<typeof newClient>

/** Works with a client of its own, which is closed again. */
export async function withRedis<T>(
  url: string,
  work: (client: RedisClient) => Promise<T>,
): Promise<T> {
  const client = newClient(url)
  // Without a listener an error of the connection would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

const newClient = (url: string) => createClient({ url })
