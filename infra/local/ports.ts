import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 100

/** Throws with the variable to set when a port, by its service's name, is still taken after waitMs. */
export async function requireFreePorts(
  host: string,
  ports: Record<string, number>,
  waitMs = 0,
): Promise<void> {
  const deadline = Date.now() + waitMs
  for (const [name, port] of Object.entries(ports)) {
    let taken = await isTaken(host, port)
    while (taken && Date.now() < deadline) {
      await sleep(POLL_MS)
      taken = await isTaken(host, port)
    }
    if (taken) {
      const variable = `${name.toUpperCase()}_PORT`
      throw new Error(`port ${port} (${name}) is taken; stop what uses it or set ${variable}`)
    }
  }
}

/** Whether something answers there. */
export function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
