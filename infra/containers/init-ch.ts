// Migrates ClickHouse: in the core's image (the service init-ch), and for `npm run init-ch`.
import { readConfig } from '../../core/shared/config.ts'
import { openConfiguredStore } from '../../core/store/open.ts'

/** Applies the migrations that the store has not seen. Safe to run twice, and by two at once. */
export async function initClickHouse(env: Record<string, string | undefined>): Promise<void> {
  const config = readConfig(env)
  const store = await openConfiguredStore(config)
  try {
    const applied = await store.migrate()
    const done = applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`
    // Not the whole address: it may hold a password.
    console.log(`ClickHouse at ${new URL(config.CLICKHOUSE_URL).host}: ${done}`)
  } finally {
    await store.close()
  }
}

if (import.meta.main) {
  await initClickHouse(process.env).catch((error: unknown) => {
    console.error(`ClickHouse was not migrated: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  })
}
