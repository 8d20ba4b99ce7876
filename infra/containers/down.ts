// `npm run infra-down [-- --cluster] [--volumes]`: stops the containers; with --volumes deletes the data.
import { parseArgs } from 'node:util'
import { compose, requireDocker } from './docker.ts'
import { ensureEnvFile } from './env-file.ts'

try {
  const { values } = parseArgs({
    options: {
      cluster: { type: 'boolean', default: false },
      volumes: { type: 'boolean', default: false },
    },
  })
  await requireDocker()
  // Compose reads the whole project first, also to stop it.
  await ensureEnvFile()
  const volumes = values.volumes ? ['--volumes'] : []
  const all = ['--profile', 'monitoring', 'down', '--remove-orphans']
  await compose(values.cluster, [...all, ...volumes])
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
