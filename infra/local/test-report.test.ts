import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readReport } from './test-report.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'headwater-report-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the report of a suite', () => {
  it('names each failed test, its file and why', () => {
    const failed = { status: 'failed', fullName: 'sums up', failureMessages: ['is 3\nat line 4'] }
    const passed = { status: 'passed', fullName: 'adds' }
    const path = write(1, [file('failed', [passed, failed])])
    expect(readReport(path, 1)).toEqual({ passed: 1, failures: ['a.test.ts > sums up: is 3'] })
  })

  it('names a file that could not load', () => {
    const path = write(1, [file('failed', [], 'no such module\nat line 1')])
    expect(readReport(path, 1).failures).toEqual(['a.test.ts: no such module'])
  })

  it.each([
    ['wrote no report', () => join(folder, 'none'), 1, 'no report was written (exit 1)'],
    ['ran nothing', () => write(0, []), 0, 'no test ran'],
    ['ended badly after its tests', () => write(2, []), 7, 'the suite ended with exit 7'],
  ])('counts a suite that %s as failed', (_, path, code, failure) => {
    expect(readReport(path(), code).failures).toEqual([failure])
  })

  it('has no failure when all passed', () => {
    expect(readReport(write(2, [file('passed', [])]), 0)).toEqual({ passed: 2, failures: [] })
  })
})

function file(status: string, assertionResults: object[], message = '') {
  return { name: 'a.test.ts', status, message, assertionResults }
}

function write(numPassedTests: number, testResults: object[]): string {
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify({ numPassedTests, testResults }))
  return path
}
