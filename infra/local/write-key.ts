import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signWriteKey } from '@headwater/schemas/write-key'
import type { Secrets } from './config.ts'

/** The write key of project "default" of this data folder. Rejects when nothing was ever started in it. */
export async function localWriteKey(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secrets.json')
  if (!existsSync(path)) {
    throw new Error('no write key: start Headwater once with `npm start`, or pass one')
  }
  const { WRITE_KEY_SECRET } = JSON.parse(readFileSync(path, 'utf8')) as Secrets
  return signWriteKey(WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
}
