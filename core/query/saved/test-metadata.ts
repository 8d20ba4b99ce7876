// The databases that need nothing installed; PostgreSQL itself is tried in infra/services.
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { openPglite } from '../../auth/database.ts'
import { openPostgres } from '../../auth/postgres.ts'
import type { MetadataDatabase, MetadataTables } from './tables.ts'

export type OpenDatabase = () => Promise<MetadataDatabase>

export const DATABASES: Record<string, OpenDatabase> = {
  PGlite: () => openPglite<MetadataTables>('memory://'),
  'PGlite through pg': openServedPglite,
}

async function openServedPglite(): Promise<MetadataDatabase> {
  const pglite = await PGlite.create('memory://')
  const server = new PGLiteSocketServer({ db: pglite, port: 0, maxConnections: 20 })
  await server.start()
  // One connection: the socket server lets the unnamed statements of several overwrite each other.
  const url = `postgres://postgres@${server.getServerConn()}/postgres`
  const db = openPostgres<MetadataTables>(url, 1)
  const destroy = db.destroy.bind(db)
  return Object.assign(db, {
    async destroy() {
      await destroy()
      await server.stop()
      await pglite.close()
    },
  })
}
