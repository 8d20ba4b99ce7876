import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The tests run what applications run: the built module. */
export default function buildSdk(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, '../build.ts')], { stdio: 'inherit' })
}
