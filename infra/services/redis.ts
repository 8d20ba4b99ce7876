import { freePorts } from './ports.ts'
import { ServiceProcess } from './process.ts'
import type { RealService } from './service.ts'
import { requireTools } from './tools.ts'

export interface RedisServer extends RealService {
  /** `REDIS_URL`; no password. */
  readonly url: string
  readonly port: number
}

export interface RedisOptions {
  folder: string
  /** @default a free one */
  port?: number
}

/** Starts Redis on this folder. Every write is in its append-only file before it is answered. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  requireTools('Redis')
  const [freePort = 0] = await freePorts(1)
  const { folder, port = freePort } = options
  const server = new ServiceProcess({
    name: 'redis',
    folder,
    command: [
      'redis-server',
      ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      // With "everysec" Redis answers before it writes, whenever the last fsync still runs.
      ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    ],
    isReady: (output) => output.includes('Ready to accept connections'),
  })
  await server.start()
  return Object.assign(server, { url: `redis://127.0.0.1:${port}`, port })
}
