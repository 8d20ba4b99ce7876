// `npm run init-ch [-- --env FILE]`: migrates the ClickHouse that runs on this machine.
import { initClickHouse } from '../containers/init-ch.ts'
import { loadSecrets } from './config.ts'
import { readDistributedConfig, withEnvFile } from './distributed.ts'

try {
  const { dataDir, infrastructure } = readDistributedConfig(withEnvFile(process.argv.slice(2)))
  await initClickHouse({ ...loadSecrets(dataDir), ...infrastructure })
} catch (error) {
  console.error(`ClickHouse was not migrated: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
