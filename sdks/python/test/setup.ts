import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { FOLDER } from './config.ts'
import { pythonWith } from './environment.ts'
import { whyNoPython } from './interpreter.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Runs the Python tests; empty where there is none. */
    python: string
    /** Why it has no type checker, no frameworks and no pip; empty when it has. */
    whyNoTools: string
  }
}

const pythonWithTools = () =>
  pythonWith(
    join(FOLDER, 'requirements-test.txt'),
    'python-sdk',
    'what the tests of the Python SDK need',
  )

/** Once for all test files: only one of them may make the environment. */
export default function setup({ provide }: TestProject): void {
  const whyNone = whyNoPython()
  try {
    provide('python', whyNone ? '' : pythonWithTools())
    provide('whyNoTools', whyNone)
  } catch (error) {
    // The SDK needs none of them: its own tests can run all the same.
    provide('python', 'python3')
    provide('whyNoTools', `Not run: type checks, examples on their frameworks. ${error}`)
  }
}
