// `npm start`: the whole of Headwater on this machine, supervised, until Ctrl-C.
import { signWriteKey } from '@headwater/schemas/write-key'
import { buildAll } from './build.ts'
import { loadSecrets, readLocalConfig } from './config.ts'
import { clearLeftovers, LEFTOVERS_END_MS } from './leftovers.ts'
import { requireFreePorts } from './ports.ts'
import { demo, edge, embeddedCore, site } from './services.ts'
import { supervise } from './supervise.ts'
import { welcome } from './welcome.ts'

try {
  await start()
} catch (error) {
  console.error(`\nHeadwater did not start: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function start(): Promise<void> {
  const startedAt = Date.now()
  const config = readLocalConfig()
  const secrets = loadSecrets(config.dataDir)
  const killed = await clearLeftovers(config.dataDir)
  await requireFreePorts(config.host, config.ports, killed ? LEFTOVERS_END_MS : 0)
  await buildAll()
  const writeKey = await signWriteKey(secrets.WRITE_KEY_SECRET, { project_id: 'default', epoch: 1 })
  const isReady = await supervise(config.dataDir, [
    [
      embeddedCore(config, secrets),
      edge(config, secrets),
      site(config, writeKey),
      demo(config, writeKey),
    ],
  ])
  if (isReady) console.log(welcome(config, writeKey, Date.now() - startedAt))
}
