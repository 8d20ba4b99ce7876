import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { FOLDER, PYTHON_ENV } from './config.ts'

const RUNNER = join(FOLDER, 'tests/run.py')

/** What the runner says of one test. */
export interface TestResult {
  test: string
  seconds: number
  /** Tracebacks; empty when it passed. */
  fault: string
  /** Why it was not run; empty when it was. */
  skipped: string
}

/** The names of all Python tests. Throws with what Python said when a module of them cannot be read. */
export function listTests(python: string): string[] {
  const { stdout, stderr, status } = spawnSync(python, [RUNNER, '--list'], options())
  if (status !== 0) throw new Error(`the Python tests cannot be listed\n${stderr}`)
  return JSON.parse(stdout) as string[]
}

/** Runs all Python tests in one process, and tells of each as soon as it has a result. */
export class PythonTests {
  readonly #results = new Map<string, PromiseWithResolvers<TestResult>>()

  constructor(python: string, names: readonly string[]) {
    for (const name of names) {
      const result = Promise.withResolvers<TestResult>()
      // It may fail before somebody asks.
      result.promise.catch(() => {})
      this.#results.set(name, result)
    }
    const child = spawn(python, [RUNNER], { ...options(), stdio: ['ignore', 'pipe', 'pipe'] })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      const result = JSON.parse(line) as TestResult
      this.#results.get(result.test)?.resolve(result)
    })
    child.once('close', (code) => {
      const failure = new Error(`the Python tests ended with exit code ${code}\n${stderr}`)
      for (const result of this.#results.values()) result.reject(failure)
    })
  }

  /** Rejects when the process ends without a result for it. */
  result(name: string): Promise<TestResult> {
    return this.#results.get(name)?.promise ?? Promise.reject(new Error(`no test ${name}`))
  }
}

function options() {
  return { cwd: FOLDER, env: PYTHON_ENV, encoding: 'utf8' as const }
}
