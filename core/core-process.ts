// For tests: the real `core/main.ts` as a process, in a folder of its own and on free ports.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Kept between starts, as whoever starts our services in earnest does. */
const COMPILED = join(import.meta.dirname, '../node_modules/.cache/headwater/compiled')
const READY_TIMEOUT_MS = 60_000

export const SECRETS = {
  WRITE_KEY_SECRET: '0d93f8b1a27c45e6b8a1f0c9d7e3526491ab',
  BRIDGE_SECRET: '5b1e07c2d9f84a36a0c7e2b5d81f49637e0a',
  AUTH_SECRET: 'c47a9e13f06b4d58925fd1e8ab703c6492de',
}

export interface CoreProcess {
  child: ChildProcess
  urls: Record<string, string>
  /** Everything it wrote to stderr so far. */
  output(): string
  exit: Promise<{ code: number | null; signal: string | null; output: string }>
}

/** Starts a command; rejects with its output when it ends before it is ready. */
export async function startCore(
  command: string,
  env: Record<string, string>,
): Promise<CoreProcess> {
  const core = spawnCore(command, env)
  const { child } = core
  if (!child.stdout) throw new Error('no stdout')
  const timeout = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS)
  const lines = createInterface({ input: child.stdout })
  const ended = core.exit.then(({ output }) => {
    throw new Error(`core ended before it was ready: ${output}`)
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  clearTimeout(timeout)
  return { ...core, urls: JSON.parse(line).urls }
}

/** Starts a command that is expected to end by itself. */
export function spawnCore(command: string, env: Record<string, string>): Omit<CoreProcess, 'urls'> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), command], {
    env: { NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk
  })
  // Not `close`: Node does not emit it for a child that was disconnected.
  const ends = [once(child, 'exit'), ...(child.stderr ? [once(child.stderr, 'close')] : [])]
  const exit = Promise.all(ends).then(([ended]) => ({
    code: ended?.[0] as number | null,
    signal: ended?.[1] as string | null,
    output,
  }))
  return { child, exit, output: () => output }
}

export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no address')
  return String(address.port)
}
