import { join } from 'node:path'

/** The SDK's own folder. */
export const FOLDER = join(import.meta.dirname, '..')

/** Where everything must run. */
export const IS_CI = process.env.CI === 'true'

/** What is made once and kept. */
export const CACHE = join(FOLDER, '../../node_modules/.cache/headwater')

/** For Python and its tools: the SDK's sources are found, and nothing is written beside them. */
export const PYTHON_ENV: NodeJS.ProcessEnv = {
  ...process.env,
  PYTHONPATH: join(FOLDER, 'src'),
  PYTHONDONTWRITEBYTECODE: '1',
  MYPY_CACHE_DIR: join(CACHE, 'mypy'),
  RUFF_NO_CACHE: 'true',
}
