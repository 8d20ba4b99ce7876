// Runs as a worker: makes a PGlite cluster. It takes seconds of CPU and 300 MB, which the thread gives
// back when it ends; done in the core's own thread it would hold up everything else that starts.
import { rename, rm } from 'node:fs/promises'
import { workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'

const { dataDir } = workerData as { dataDir: string }
const unfinished = `${dataDir}.new`
await rm(unfinished, { recursive: true, force: true })
const pglite = await PGlite.create(unfinished)
await pglite.close()
// Renamed into place: a kill in the middle must not leave half a cluster that never opens again.
await rename(unfinished, dataDir)
