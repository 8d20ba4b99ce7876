import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Another address of a service, whose connections can be broken and made possible again. */
export interface BreakableLink {
  url: string
  /** Ends what is connected, and refuses what would connect. */
  break(): Promise<void>
  mend(): Promise<void>
}

export async function breakableLink(target: string): Promise<BreakableLink> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  const relay = (near: Socket) => {
    const far = connect(Number(targetPort), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy()).on('close', () => sockets.delete(from))
      from.pipe(to)
    }
  }
  const listen = (port: number) =>
    new Promise<Server>((resolve) => {
      const opened = createServer(relay).listen(port, '127.0.0.1', () => resolve(opened))
    })
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    break: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    async mend() {
      server = await listen(port)
    },
  }
}
