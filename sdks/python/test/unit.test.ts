// The tests of the Python SDK are Python's own; here each has its line, and its failure.
import { describe, it } from 'vitest'
import { whyNoPython } from './interpreter.ts'
import { listTests, PythonTests } from './python-tests.ts'

const PYTHON = 'python3'
const why = whyNoPython()
const names = why ? [] : listTests(PYTHON)
const tests = why ? null : new PythonTests(PYTHON, names)

describe('the Python SDK', () => {
  it.skipIf(!tests).for(names.length > 0 ? names : [why])('%s', async (name, { skip }) => {
    const result = await tests?.result(name)
    if (result?.skipped) skip(result.skipped)
    if (result?.fault) throw new Error(result.fault)
  })
})
