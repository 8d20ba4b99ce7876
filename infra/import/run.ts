import { rmSync } from 'node:fs'
import { CaptureClient, CaptureRefusal, type Verdict } from './capture-client.ts'
import { DryRun } from './dry-run.ts'
import { identityOf } from './file-identity.ts'
import { importFile } from './import-file.ts'
import { lock } from './lock.ts'
import type { ImportOptions } from './options.ts'
import { Progress } from './progress.ts'
import { Rejects } from './rejects.ts'
import type { Source } from './source.ts'
import { SOURCES } from './sources.ts'
import { type FileState, fileState, readState, rejectsPath, writeState } from './state.ts'

/** At most so much is sent a second time after a kill; what is, has the same uuids. */
const SAVE_EVERY_MS = 500
/** How long requests that are on their way may take after a Ctrl-C. */
const LAST_ANSWERS_MS = 5_000

export interface ImportRun {
  files: FileState[]
  acceptedBefore: number
  retries: number
  rejectsPath: string
  /** Of a dry run: the first events, as they would be sent. */
  firstEvents: string[]
  isStopped: boolean
  /** Why capture will never take what is left; null when it did not say so. */
  refusal: string | null
  /** Nothing was left to do: an earlier run had done all. */
  wasDone: boolean
}

export interface RunOptions {
  /** Aborted by Ctrl-C: nothing new is read, what is on its way is waited for. */
  stop: AbortSignal
  isTerminal: boolean
  write: (text: string) => void
}

/**
 * Imports all files, one after the other, each from where it was left. However it ends, what was
 * acknowledged until then is kept in the state.
 */
export async function runImport(options: ImportOptions, run: RunOptions): Promise<ImportRun> {
  const source = SOURCES[options.source]
  if (!source) throw new Error(`unknown source ${options.source}`)
  const unlock = options.dryRun ? () => {} : lock(`${options.statePath}.lock`)
  try {
    return await importAll(options, run, source)
  } finally {
    unlock()
  }
}

async function importAll(
  options: ImportOptions,
  run: RunOptions,
  source: Source,
): Promise<ImportRun> {
  const { source: sourceName, dryRun, statePath: path } = options
  const identities = await Promise.all(options.files.map(identityOf))
  if (options.restart && !dryRun) {
    for (const old of [path, rejectsPath(path)]) rmSync(old, { force: true })
  }
  const state = dryRun ? { version: 1 as const, reject_bytes: 0, files: [] } : readState(path)
  const files = identities.map((identity) => fileState(state, identity))
  const wasDone = files.every((file) => file.is_complete)
  const acceptedBefore = files.reduce((sum, { accepted }) => sum + accepted, 0)
  const totalBytes = identities.reduce((sum, { bytes }) => sum + bytes, 0)
  const progress = new Progress({ totalBytes, ...run })
  const rejects = new Rejects(rejectsPath(path), state.reject_bytes)
  let savedAt = 0
  const save = (isLast: boolean) => {
    if (dryRun || (!isLast && Date.now() - savedAt < SAVE_EVERY_MS)) return
    savedAt = Date.now()
    state.reject_bytes = rejects.bytes
    writeState(path, state)
  }
  const capture = captureClient(options, run, progress)
  const dry = new DryRun()
  const send: (events: readonly string[]) => Promise<Verdict> = dryRun
    ? dry.send
    : (events) => capture.send(events)
  let refusal: string | null = null
  try {
    for (const file of files) {
      if (run.stop.aborted) break
      if (file.is_complete) {
        progress.read(file.bytes)
        continue
      }
      await importFile(file, {
        read: { source, options, onBytes: (bytes) => progress.read(bytes) },
        outcomes: { ...options, sourceName, mapper: source.mapper(options), now: Date.now() },
        concurrency: options.concurrency,
        send,
        rejects: dryRun ? { add: () => {} } : rejects,
        stop: run.stop,
        onCounted() {
          progress.counted(files)
          save(file.is_complete)
        },
      })
    }
  } catch (error) {
    if (error instanceof CaptureRefusal) refusal = error.message
    else if (!run.stop.aborted) throw error
  } finally {
    save(true)
    rejects.close()
    progress.end()
  }
  return {
    files,
    acceptedBefore,
    retries: capture.retries,
    rejectsPath: rejects.path,
    firstEvents: dry.firstEvents,
    isStopped: run.stop.aborted,
    refusal,
    wasDone,
  }
}

function captureClient(options: ImportOptions, run: RunOptions, progress: Progress): CaptureClient {
  const abort = new AbortController()
  run.stop.addEventListener('abort', () => {
    setTimeout(() => abort.abort(), LAST_ANSWERS_MS).unref()
  })
  return new CaptureClient({
    ...options,
    stop: run.stop,
    abort: abort.signal,
    onWait: (why, waitMs) => progress.waits(why, waitMs),
  })
}
