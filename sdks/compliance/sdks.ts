import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePorts } from '../../infra/services/ports.ts'
import { launchBrowser } from '../../site/test/browser.ts'
import { whyNoPython } from '../python/test/interpreter.ts'

const SDKS_FOLDER = join(import.meta.dirname, '..')

/** An SDK that the suite judges. */
export interface Sdk {
  name: string
  /** What starts its adapter. */
  command: readonly string[]
  /** As its adapter says: distinct_id and session are its own · events outlive the process. */
  stateful: boolean
  persistent: boolean
  /** Why it cannot run on this machine; empty when it can. */
  whyNot(): string
  /** Starts what all of its adapters may share. */
  share?(): Promise<Shared>
}

export interface Shared {
  /** What tells an adapter of it, after the command. */
  args: readonly string[]
  close(): Promise<void>
}

export const NODE: Sdk = {
  name: 'node',
  command: [process.execPath, join(SDKS_FOLDER, 'node/compliance-adapter.ts')],
  stateful: false,
  persistent: false,
  whyNot: () => '',
}

export const PYTHON: Sdk = {
  name: 'python',
  command: ['python3', '-B', join(SDKS_FOLDER, 'python/compliance_adapter.py')],
  stateful: false,
  persistent: false,
  whyNot: whyNoPython,
}

export const WEB: Sdk = {
  name: 'web',
  command: [process.execPath, join(SDKS_FOLDER, 'web/compliance-adapter.ts')],
  stateful: true,
  persistent: true,
  whyNot: () => '',
  share: shareBrowser,
}

// Each adapter with a Chromium of its own would take most of the suite's time.
async function shareBrowser(): Promise<Shared> {
  const [port = 0] = await freePorts(1)
  const browser = await launchBrowser([`--remote-debugging-port=${port}`])
  return { args: [`http://127.0.0.1:${port}`], close: () => browser.close() }
}

/** In the order of the table in sdks/README.md. */
export const SDKS: readonly Sdk[] = [WEB, NODE, PYTHON]

/** Whether a program can be started. */
export function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}
