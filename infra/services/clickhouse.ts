import { join } from 'node:path'
import { clickHouseHost } from './clickhouse-host.ts'
import { freePorts } from './ports.ts'
import { ServiceProcess } from './process.ts'
import type { RealService } from './service.ts'

/** The ClickHouse of libchdb, listening as a server does; user `default`, no password. */
export interface ClickHouseServer extends RealService {
  /** `CLICKHOUSE_URL`. */
  readonly url: string
  readonly httpPort: number
  readonly tcpPort: number
}

export interface ClickHouseOptions {
  folder: string
  /** @default a free one */
  httpPort?: number
  /** @default a free one */
  tcpPort?: number
}

const LISTEN = 'SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP'
// It would end with its last statement: this one takes eleven days for each of its blocks.
const STAY =
  'SELECT sleepEachRow(1) FROM numbers(100000000) FORMAT Null ' +
  'SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 1000000000000'

/** Starts ClickHouse on this folder. */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  const [freeHttp = 0, freeTcp = 0] = await freePorts(2)
  const { httpPort = freeHttp, tcpPort = freeTcp } = options
  const url = `http://127.0.0.1:${httpPort}`
  const server = new ServiceProcess({
    name: 'clickhouse',
    folder: options.folder,
    command: [
      ...(await clickHouseHost()),
      `--path=${join(options.folder, 'data')}`,
      '--listen_host=127.0.0.1',
      `--http_port=${httpPort}`,
      `--tcp_port=${tcpPort}`,
      `--query=${LISTEN}; ${STAY}`,
    ],
    isReady: () => answersPing(url),
  })
  await server.start()
  return Object.assign(server, { url, httpPort, tcpPort })
}

async function answersPing(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ping`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    return false
  }
}
