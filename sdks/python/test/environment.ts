import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE } from './config.ts'

const INSTALL = ['--require-hashes', '--only-binary', ':all:', '--disable-pip-version-check']

/**
 * The Python of a virtual environment with what a file of requirements names, made when it is not there. Throws
 * with what pip or Python said where it cannot be had, as offline.
 * @param name Of its folder in the cache.
 * @param what It is for, as the words that are shown while it is fetched say.
 */
export function pythonWith(requirements: string, name: string, what: string): string {
  // Another interpreter needs other packages.
  const { stdout: version } = spawnSync('python3', ['-VV'], { encoding: 'utf8' })
  const hash = createHash('sha256')
    .update(readFileSync(requirements))
    .update(version ?? '')
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`)
  const python = join(folder, 'bin/python')
  if (existsSync(python)) return python
  console.log(`Fetching ${what} with pip …`)
  // Renamed into place: half an environment must not be taken for a whole one.
  const partial = `${folder}.${process.pid}`
  mkdirSync(CACHE, { recursive: true })
  try {
    run('python3', ['-m', 'venv', partial])
    run(join(partial, 'bin/python'), ['-m', 'pip', 'install', '-q', ...INSTALL, '-r', requirements])
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
