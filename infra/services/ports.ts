import { createServer, type Server } from 'node:net'

// Below the range from which Linux takes the ports of outgoing connections (32768 and up): while a
// service is down, a client that tries to connect again could be given its port, and keep it.
const FIRST = 18_000
const LAST = 32_000
/** Ports that a process takes at a time. */
const SLICE = 20

let ours: number[] = []

/** Free ports of loopback, all different, and different from those given before, to any process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    if (ours.length === 0) ours = await claimSlice()
    const port = ours.pop()
    if (port && (await isFree(port))) ports.push(port)
  }
  return ports
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port)
  if (!server) return false
  await new Promise((resolve) => server.close(resolve))
  return true
}

/**
 * A slice is ours as long as we listen on its first port. So no other process gives its ports away
 * while a service of ours is down, or has not started yet; and it is free when we end, however we end.
 */
async function claimSlice(): Promise<number[]> {
  for (;;) {
    const first = FIRST + SLICE * Math.floor((Math.random() * (LAST - FIRST)) / SLICE)
    const guard = await listen(first)
    if (!guard) continue
    guard.unref()
    return Array.from({ length: SLICE - 1 }, (_, i) => first + 1 + i)
  }
}

/** Resolves with null when the port is taken. */
function listen(port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
