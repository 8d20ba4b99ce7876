// The tests of the Python SDK are Python's own; here each has its line, and its failure.
import { describe, inject, it } from 'vitest'
import { listTests, PythonTests } from './python-tests.ts'

const python = inject('python')
const names = python ? listTests(python) : ['needs Python 3.10 or newer']
const tests = python ? new PythonTests(python, names) : null

describe.skipIf(!tests)('the Python SDK', () => {
  it.for(names)('%s', async (name, { skip }) => {
    const result = await tests?.result(name)
    if (result?.skipped) skip(result.skipped)
    if (result?.fault) throw new Error(result.fault)
  })
})
