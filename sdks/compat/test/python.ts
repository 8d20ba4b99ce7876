import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const REQUIREMENTS = join(import.meta.dirname, '../python/requirements.txt')
const CACHE = join(import.meta.dirname, '../../../node_modules/.cache/headwater')
const INSTALL = ['--require-hashes', '--only-binary', ':all:', '--disable-pip-version-check']

/**
 * The Python of a virtual environment with the clients in it, made when it is not there. Throws with
 * what pip or Python said when it cannot be made.
 */
export function pythonWithClients(): string {
  const hash = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16)
  const folder = join(CACHE, `python-clients-${hash}`)
  const python = join(folder, 'bin/python')
  if (existsSync(python)) return python
  console.log('Fetching the Python clients with pip …')
  // Renamed into place: half an environment must not be taken for a whole one.
  const partial = `${folder}.${process.pid}`
  mkdirSync(dirname(folder), { recursive: true })
  try {
    run('python3', ['-m', 'venv', partial])
    run(join(partial, 'bin/python'), ['-m', 'pip', 'install', '-q', ...INSTALL, '-r', REQUIREMENTS])
    if (!existsSync(folder)) renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return python
}

function run(command: string, args: string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? `${stdout}${stderr}`}`)
}
