import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type FileIdentity, isSameFile } from './file-identity.ts'

const VERSION = 1
/** So many drops are kept with their places, to be shown; all of them are in the rejects file. */
export const MAX_SHOWN_DROPS = 10

/** A drop as it is shown and kept. */
export interface Reject {
  file: string
  line: number
  reason: string
  message: string
  /** The event's uuid, when it had come so far. */
  uuid: string | null
  /** The row as JSON, which the same source reads again; the line itself when it is none. */
  row: string
}

/** What was acknowledged of a file: everything up to here, and nothing beyond it counts. */
export interface FileState extends FileIdentity {
  /** Outcomes from the file's beginning on that are done with. */
  outcomes: number
  rows: number
  accepted: number
  dropped: Record<string, number>
  skipped: Record<string, number>
  first_drops: Omit<Reject, 'row'>[]
  is_complete: boolean
}

/** One import, across its runs. */
export interface ImportState {
  version: typeof VERSION
  /** Length of the rejects file up to which it belongs to what is counted here. */
  reject_bytes: number
  files: FileState[]
}

/** Where an import keeps its state: the same command finds it again, another one has its own. */
export function statePath(folder: string, source: string, parts: readonly unknown[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)
  return join(folder, `${source}-${hash}.json`)
}

export function rejectsPath(path: string): string {
  return path.replace(/(\.json)?$/, '.rejects.jsonl')
}

/** Reads the state; an empty one where there is none yet. Throws when the file is none of ours. */
export function readState(path: string): ImportState {
  if (!existsSync(path)) return { version: VERSION, reject_bytes: 0, files: [] }
  try {
    const state = JSON.parse(readFileSync(path, 'utf8')) as ImportState
    if (state.version === VERSION && Array.isArray(state.files)) return state
  } catch {
    // The same is said of it below.
  }
  throw new Error(`${path} is not the state of an import; begin anew with --restart`)
}

/** Written beside and renamed: whoever is killed here leaves the old state or the new one. */
export function writeState(path: string, state: ImportState): void {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(`${path}.new`, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(state, null, 1)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.new`, path)
}

/** The state of one file, begun when it is new or not the same any more. */
export function fileState(state: ImportState, identity: FileIdentity): FileState {
  const known = state.files.find((file) => isSameFile(file, identity))
  if (known) return known
  const begun: FileState = {
    ...identity,
    outcomes: 0,
    rows: 0,
    accepted: 0,
    dropped: {},
    skipped: {},
    first_drops: [],
    is_complete: false,
  }
  state.files = [...state.files.filter(({ path }) => path !== identity.path), begun]
  return begun
}
