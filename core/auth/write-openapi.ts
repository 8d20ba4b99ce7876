// `node core/auth/write-openapi.ts [--check]`: keeps schemas/openapi/auth.json in step with the code.
import { readFileSync, writeFileSync } from 'node:fs'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely'
import { systemClock } from '../shared/clock.ts'
import { silentLogger } from '../shared/logger.ts'
import { createMetrics } from '../shared/metrics.ts'
import { createAuthApp, OPENAPI_INFO } from './app.ts'
import { createAuth } from './better-auth.ts'
import type { Tables } from './tables.ts'

const path = new URL('../../schemas/openapi/auth.json', import.meta.url)
const text = `${JSON.stringify(describeApp(), null, 2)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(path, text)
} else if (readFileSync(path, 'utf8') !== text) {
  console.error(
    'schemas/openapi/auth.json is not what the code says: run core/auth/write-openapi.ts',
  )
  process.exit(1)
}

// The routes are described without being called: the database is never asked.
function describeApp(): unknown {
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (instance) => new PostgresIntrospector(instance),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  const secret = 'unused '.repeat(8)
  const url = 'http://localhost:8002'
  const common = { db, logger: silentLogger, origins: [] }
  const auth = createAuth({ ...common, secret, url, onUserCreated: () => Promise.resolve() })
  const app = createAuthApp({
    ...common,
    auth,
    writeKeySecret: secret,
    internalSecret: secret,
    regions: ['local'],
    hosts: [],
    clock: systemClock,
    metrics: createMetrics(),
  })
  return app.getOpenAPI31Document(OPENAPI_INFO)
}
