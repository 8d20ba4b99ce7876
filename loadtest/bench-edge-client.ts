// The bench's load generator, in a process of its own: raw keep-alive HTTP/1.1 over sockets, one
// request at a time per connection, bodies made before the clock starts.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { percentile } from './sample.ts'

export interface ClientPlan {
  port: number
  writeKey: string
  connections: number
  /** Events per request; 1 is a single event without a batch around it. */
  batch: number
  seconds: number
  /** Requests per second to offer; null sends as fast as answers come. */
  rate: number | null
}

export interface ClientResult {
  requests: number
  events: number
  /** Events that were answered 200, those of the warm-up too. */
  acknowledged: number
  failed: number
  seconds: number
  p50: number
  p99: number
  /** Share of one core that this process used: near 1 it measures itself. */
  cpu: number
}

const POOL = 400
const WARM_UP_MS = 1_500

async function run(plan: ClientPlan): Promise<ClientResult> {
  const requests = Array.from({ length: POOL }, (_, i) => makeRequest(plan, i))
  const lines = await Promise.all(
    Array.from({ length: plan.connections }, () => Line.open(plan.port)),
  )
  const warmUp = await drive(lines, requests, WARM_UP_MS, plan.rate)
  const cpu = process.cpuUsage()
  const started = performance.now()
  const { latencies, failed } = await drive(lines, requests, plan.seconds * 1000, plan.rate)
  const seconds = (performance.now() - started) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    requests: latencies.length,
    events: latencies.length * plan.batch,
    acknowledged: (warmUp.latencies.length + latencies.length) * plan.batch,
    failed,
    seconds,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    cpu: (user + system) / 1e6 / seconds,
  }
}

async function drive(lines: Line[], requests: Buffer[], ms: number, rate: number | null) {
  const latencies: number[] = []
  let failed = 0
  let next = 0
  const started = performance.now()
  const isOver = () => performance.now() - started >= ms
  // A paced request counts from when it was due, so that a stall is not hidden by waiting senders.
  const due = () => (rate === null ? performance.now() : started + (next * 1000) / rate)
  const work = async (line: Line) => {
    while (!isOver()) {
      const since = due()
      const request = requests[next++ % requests.length] as Buffer
      const wait = since - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      if ((await line.send(request)) === 200) latencies.push(performance.now() - since)
      else failed++
    }
  }
  await Promise.all(lines.map(work))
  return { latencies, failed }
}

class Line {
  readonly #socket: Socket
  #answered: (status: number) => void = () => {}
  #received = ''

  static open(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Line(socket)))
      socket.once('error', reject)
    })
  }

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay().setEncoding('latin1')
    socket.on('data', (text: string) => this.#read(text))
  }

  send(request: Buffer): Promise<number> {
    return new Promise((resolve) => {
      this.#answered = resolve
      this.#socket.write(request)
    })
  }

  #read(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(/content-length: (\d+)/i.exec(this.#received)?.[1] ?? 0)
    if (this.#received.length < end + 4 + length) return
    const status = Number(this.#received.slice(9, 12))
    this.#received = ''
    this.#answered(status)
  }
}

function makeRequest({ port, writeKey, batch }: ClientPlan, index: number): Buffer {
  const events = Array.from({ length: batch }, (_, i) => makeEvent(index * batch + i))
  const body =
    batch === 1
      ? JSON.stringify({ ...events[0], api_key: writeKey })
      : JSON.stringify({ api_key: writeKey, batch: events, sent_at: new Date().toISOString() })
  const head =
    `POST ${batch === 1 ? '/capture' : '/batch'} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n` +
    'content-type: application/json\r\n' +
    'user-agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36\r\n' +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n`
  return Buffer.from(head + body)
}

// A page view as the web SDK sends it.
function makeEvent(n: number) {
  const person = (n * 7919) % 50_000
  return {
    uuid: randomUUID(),
    event: n % 10 === 0 ? 'feature_click' : '$pageview',
    distinct_id: `person-${person}`,
    timestamp: new Date().toISOString(),
    properties: {
      $current_url: `https://shop.example/products/${person % 300}?utm_source=news&utm_medium=email`,
      $referrer: 'https://www.google.com/',
      $session_id: `s-${person}`,
      $sequence: n,
      $lib: 'web',
      $lib_version: '0.1.0',
      title: `Product ${person % 300}`,
      price: person % 90,
      plan: 'team',
      in_stock: true,
    },
  }
}

const plan = JSON.parse(process.argv[2] ?? '{}') as ClientPlan
console.log(JSON.stringify(await run(plan)))
process.exit(0)
