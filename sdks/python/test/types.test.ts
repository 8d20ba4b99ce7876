import { spawnSync } from 'node:child_process'
import { describe, expect, inject, it } from 'vitest'
import { FOLDER, IS_CI, PYTHON_ENV } from './config.ts'

const SOURCES = ['src', 'tests', 'examples', 'compliance_adapter.py']

const whyNoTools = inject('whyNoTools')

it.runIf(whyNoTools)('has its tools where everything must run', () => {
  if (IS_CI) throw new Error(whyNoTools)
  console.log(whyNoTools)
})

describe.skipIf(whyNoTools)('the sources', () => {
  it('are typed: mypy --strict', () => expect(complaints('mypy', '--strict', ...SOURCES)).toBe(''))
  it('are linted: ruff check', () => expect(complaints('ruff', 'check', '-q', '.')).toBe(''))
  it('are formatted: ruff format', () =>
    expect(complaints('ruff', 'format', '-q', '--check', '.')).toBe(''))
})

/** What a tool prints when it fails. */
function complaints(module: string, ...args: string[]): string {
  const options = { cwd: FOLDER, env: PYTHON_ENV, encoding: 'utf8' as const }
  const { status, stdout, stderr } = spawnSync(inject('python'), ['-m', module, ...args], options)
  return status === 0 ? '' : `${stdout}${stderr}` || `${module} failed`
}
