import { get } from 'node:http'
import { join } from 'node:path'
import { clickHouseHost } from './clickhouse-host.ts'
import { freePorts } from './ports.ts'
import { ServiceProcess } from './process.ts'
import type { RealService } from './service.ts'
import { requireTools } from './tools.ts'

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
// It would end after its last statement: this one lasts as long as its input is open. libchdb leaves
// signals alone, so that SIGTERM would cut off what runs; at the end of its input it finishes it.
const STAY = 'SELECT * FROM table FORMAT Null'
const INPUT = ['--structure=line String', '--input-format=LineAsString']

/** Starts ClickHouse on this folder. */
export async function startClickHouse(options: ClickHouseOptions): Promise<ClickHouseServer> {
  requireTools('ClickHouse')
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
      ...INPUT,
      `--query=${LISTEN}; ${STAY}`,
      ...['--logger.console', '--log-level=error'],
    ],
    stopBy: 'end of input',
    isReady: () => answersPing(url),
  })
  await server.start()
  return Object.assign(server, { url, httpPort, tcpPort })
}

// Without keeping the connection: a stop waits for those that are open.
function answersPing(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(`${url}/ping`, { agent: false, timeout: 1_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).once('error', () => resolve(false))
  })
}
