import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, FOLDER } from './config.ts'

const REQUIREMENTS = join(FOLDER, 'requirements-test.txt')
const INSTALL = ['--require-hashes', '--only-binary', ':all:', '--disable-pip-version-check']

/**
 * The Python of an environment with the type checker, the linter and the frameworks of the examples, made when it
 * is not there. Throws with what pip or Python said where it cannot be had, as offline.
 */
export function pythonWithTools(): string {
  // Another interpreter needs other packages.
  const { stdout: version } = spawnSync('python3', ['-VV'], { encoding: 'utf8' })
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).update(version)
  const folder = join(CACHE, `python-sdk-${hash.digest('hex').slice(0, 16)}`)
  const python = join(folder, 'bin/python')
  if (existsSync(python)) return python
  console.log('Fetching what the tests of the Python SDK need with pip …')
  // Renamed into place: half an environment must not be taken for a whole one.
  const partial = `${folder}.${process.pid}`
  mkdirSync(CACHE, { recursive: true })
  try {
    run('python3', ['-m', 'venv', partial])
    run(join(partial, 'bin/python'), ['-m', 'pip', 'install', '-q', ...INSTALL, '-r', REQUIREMENTS])
    if (!existsSync(folder)) renameSync(partial, folder)
    return python
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

function run(command: string, args: string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? `${stdout}${stderr}`}`)
}
