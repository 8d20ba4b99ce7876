import { existsSync, readFileSync } from 'node:fs'

/** What a suite came to. `failures` has a line for each failed test: its file, its name and the first line of why. */
export interface SuiteResult {
  passed: number
  failures: string[]
}

/** Of vitest's JSON report (the parts that are read). */
interface Report {
  numPassedTests: number
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[]
  }[]
}

/**
 * Reads the report of a suite whose process ended with `code`.
 * A suite that could not load, or ran nothing, has failed whatever it counted.
 */
export function readReport(path: string, code: number | null): SuiteResult {
  if (!existsSync(path)) return { passed: 0, failures: [`no report was written (exit ${code})`] }
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report
  const failures = report.testResults.flatMap((file) => {
    const failed = file.assertionResults.filter((test) => test.status === 'failed')
    const tests = failed.map((test) =>
      line(`${file.name} > ${test.fullName}`, test.failureMessages?.[0]),
    )
    return file.status === 'failed' && tests.length === 0 ? [line(file.name, file.message)] : tests
  })
  if (failures.length === 0 && code !== 0) failures.push(`the suite ended with exit ${code}`)
  if (failures.length === 0 && report.numPassedTests === 0) failures.push('no test ran')
  return { passed: report.numPassedTests, failures }
}

function line(what: string, why: string | undefined): string {
  return `${what}: ${(why ?? '').split('\n')[0]}`
}
