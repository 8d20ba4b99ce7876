import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type CoreAndEdge, startCoreAndEdge } from '../../../infra/local/core-and-edge.ts'
import { pythonWith } from '../../python/test/environment.ts'
import { mustRunAll } from './config.ts'

/** The real edge in front of the real core, as processes; and the session of somebody who has projects. */
export interface Stack {
  edge: string
  query: string
  auth: string
  cookie: string
}

declare module 'vitest' {
  interface ProvidedContext {
    stack: Stack
    /** Runs programs that use Python clients; null where they cannot be had. */
    python: string | null
  }
}

const CLIENTS = join(import.meta.dirname, '../python/requirements.txt')
const SOMEBODY = { name: 'Ann', email: 'ann@example.com', password: 'correct horse battery' }

/** Starts both before the first test; resolves with what ends them after the last one. */
export default async function startStack({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-compat-'))
  let running: CoreAndEdge | undefined
  const stop = async () => {
    await running?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    provide('python', findPython())
    running = await startCoreAndEdge(folder)
    const { auth = '', query = '' } = running.core.urls
    provide('stack', { edge: running.edge.url, query, auth, cookie: await signUp(auth) })
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

function findPython(): string | null {
  try {
    return pythonWith(CLIENTS, 'python-clients', 'the Python clients')
  } catch (error) {
    if (mustRunAll()) throw error
    console.warn(
      `The Python clients are not judged: ${error instanceof Error ? error.message : error}`,
    )
    return null
  }
}

async function signUp(auth: string): Promise<string> {
  const response = await fetch(`${auth}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: auth },
    body: JSON.stringify(SOMEBODY),
  })
  if (!response.ok) throw new Error(`sign-up failed: ${await response.text()}`)
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ')
}
