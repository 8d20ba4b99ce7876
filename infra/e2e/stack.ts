import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../local/config.ts'
import type { RunFile } from '../local/leftovers.ts'
import { freePorts } from '../services/ports.ts'

const START_TIMEOUT_MS = 120_000
const SERVICES = ['site', 'edge', 'query', 'auth', 'bridge', 'demo'] as const
type Service = (typeof SERVICES)[number]

/** The real embedded stack, as `npm start` starts it, on free ports and in a folder of its own. */
export interface Stack {
  readonly dataDir: string
  readonly writeKey: string
  /** The one screen that the launcher printed. */
  readonly screen: string
  url(service: Service, path?: string): string
  /** Process ids by name, as the launcher recorded them last. */
  pids(): RunFile
  /** SIGKILLs every process of the stack at once. */
  killTree(): Promise<void>
  /** Starts the stack again on the same folder and ports. */
  restart(): Promise<void>
  /** Ctrl-C; resolves when everything has ended. */
  stop(): Promise<void>
  /** Stops what runs and removes the folder. */
  remove(): Promise<void>
}

/** Starts the stack; rejects with everything the launcher printed when it does not come up. */
export async function startStack(env: Record<string, string> = {}): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'headwater-stack-'))
  const ports = await freePorts(SERVICES.length)
  const portOf = (service: Service) => ports[SERVICES.indexOf(service)] ?? 0
  const portEnv = SERVICES.map((name) => [`${name.toUpperCase()}_PORT`, String(portOf(name))])
  const fullEnv = { ...process.env, ...Object.fromEntries(portEnv), ...env, DATA_DIR: dataDir }

  let launched = await launch(fullEnv)
  const pids = () => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile
  const stop = async () => {
    launched.process.kill('SIGINT')
    await ended(launched.process)
  }
  const killTree = async () => {
    const { pids: services } = pids()
    launched.process.kill('SIGKILL')
    for (const pid of Object.values(services)) killHard(pid)
    await ended(launched.process)
  }
  return {
    dataDir,
    get writeKey() {
      return /wk_default_1_[0-9a-f]{32}/.exec(launched.screen)?.[0] ?? ''
    },
    get screen() {
      return launched.screen
    },
    url: (service, path = '') => `http://localhost:${portOf(service)}${path}`,
    pids,
    killTree,
    async restart() {
      launched = await launch(fullEnv)
    },
    stop,
    async remove() {
      await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** SIGKILL to one process of ours; it may have ended already. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in between.
  }
}

async function launch(env: NodeJS.ProcessEnv): Promise<{ process: ChildProcess; screen: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'infra/local/start.ts')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output}`))
    const timeout = setTimeout(() => {
      fail(`not ready in ${START_TIMEOUT_MS / 1000} s`)
      child.kill('SIGTERM')
    }, START_TIMEOUT_MS)
    child.once('exit', (code) => fail(`the launcher ended with exit code ${code}`))
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
        if (!output.includes('Stop with Ctrl-C')) return
        clearTimeout(timeout)
        resolve({ process: child, screen: output })
      })
    }
  })
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
  })
}
