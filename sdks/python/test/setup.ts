import type { TestProject } from 'vitest/node'
import { pythonWithTools } from './environment.ts'
import { whyNoPython } from './interpreter.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Runs the Python tests; empty where there is none. */
    python: string
    /** Whether it has the type checker and the frameworks. */
    hasTools: boolean
  }
}

/** Once for all test files: only one of them may make the environment. */
export default function setup({ provide }: TestProject): void {
  const withTools = pythonWithTools()
  provide('python', withTools ?? (whyNoPython() ? '' : 'python3'))
  provide('hasTools', withTools !== null)
}
