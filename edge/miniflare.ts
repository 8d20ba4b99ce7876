import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { bundleWorker } from './local/bundle.ts'
import { setRuntimeFlags } from './local/config.ts'
import { findWorkerd } from './local/workerd-process.ts'

const NAME = 'edge'
/** Both kept equal to wrangler.toml by edge/local/serve.test.ts. */
export const COMPATIBILITY_DATE = '2026-11-01'
/** For node:zlib, whose gzip has levels and no streams. */
export const COMPATIBILITY_FLAGS = ['nodejs_compat']

export interface EdgeOptions {
  /** @default 127.0.0.1 */
  host?: string
  /** 0 takes a free one. @default 0 */
  port?: number
  /** Folder of the Durable Objects' storage. */
  dataDir: string
  /** The Worker's bindings (edge/config.ts), as text. */
  bindings: Record<string, string>
  /** The Worker's source. @default edge/worker.ts */
  entry?: string
}

export interface RunningEdge {
  url: string
  /** Null where the process cannot be told. */
  workerdPid: number | null
  close(): Promise<void>
}

/**
 * Starts the edge on this machine: the real workerd, listening itself on the port, with the Durable
 * Objects' SQLite files below dataDir. Rejects when the port is taken or the bindings are wrong.
 */
export async function startEdge(options: EdgeOptions): Promise<RunningEdge> {
  const { host = '127.0.0.1', dataDir, bindings } = options
  const port = options.port || (await freePort(host))
  await mkdir(dataDir, { recursive: true })
  const outDir = await mkdtemp(join(tmpdir(), 'headwater-edge-'))
  const bundle = await bundleWorker(outDir, options.entry)
  setRuntimeFlags()
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    // Without a place of its own Miniflare would ask the internet for one.
    cf: false,
    logRequests: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
    resourcePersistencePath: dataDir,
    workers: [
      {
        config: {
          name: NAME,
          compatibilityDate: COMPATIBILITY_DATE,
          compatibilityFlags: COMPATIBILITY_FLAGS,
          manifest: {
            mainModule: 'worker.js',
            modulesRoot: outDir,
            modules: { 'worker.js': { type: 'esm', contents: bundle.contents } },
          },
          env: {
            ...textBindings(bindings),
            BUFFER: { type: 'durable-object', worker: NAME, exportName: 'BufferObject' },
          },
          exports: { BufferObject: { type: 'durable-object', storage: 'sqlite' } },
        },
        // The Worker's own socket: requests do not pass Miniflare's entry Worker, nor Node.
        dev: { rootPath: outDir, unsafeDirectSockets: [{ host, port }] },
      },
    ],
  })
  const close = async () => {
    await miniflare.dispose()
    await rm(outDir, { recursive: true, force: true })
  }
  try {
    await miniflare.ready
    const url = `http://${host}:${port}`
    await requireHealth(url)
    return { url, workerdPid: findWorkerd(), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function requireHealth(url: string): Promise<void> {
  const response = await fetch(`${url}/_health`)
  if (!response.ok) throw new Error(`the edge is not healthy: ${await response.text()}`)
  await response.body?.cancel()
}

function textBindings(bindings: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(bindings).map(([name, value]) => [name, { type: 'text' as const, value }]),
  )
}

function freePort(host: string): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
