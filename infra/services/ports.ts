import { createServer } from 'node:net'

// Below the range from which Linux takes the ports of outgoing connections (32768 and up): while a
// service is down, a client that tries to connect again could be given its port, and keep it.
const FIRST = 18_000
const LAST = 32_000
const given = new Set<number>()

/** Free ports of loopback, all different, and different from those given before. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    ports.push(port)
  }
  return ports
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
