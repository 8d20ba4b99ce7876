import { isDeepStrictEqual } from 'node:util'
import type { Code, ImportReport } from '@headwater/schemas/insights/code'
import { SettingsBody } from '@headwater/schemas/insights/settings'
import { requireRole } from '../access/admission.ts'
import { renameSaved } from '../cohort/walk.ts'
import type { Ref, Writing } from './kind.ts'
import type { SavedReader } from './saved-store.ts'
import { changeSettings, removeSettings, SETTINGS, settingsOf } from './settings.ts'

const CHANGE = { kind: SETTINGS, key: SETTINGS } as const

/** The settings as a document has them: not at all while they are those of a project that was told nothing. */
export async function exportSettings(
  project: string,
  reader: SavedReader,
  keyOf: (id: string) => string,
): Promise<Pick<Code, 'settings'>> {
  const { body, item } = await settingsOf(project, reader)
  return item ? { settings: renameSaved(body, keyOf) } : {}
}

interface Importing {
  report: ImportReport
  /** Throws a QueryRefusal when the project has no such item. */
  idOf(ref: Ref): string
  writing: Writing
}

/** Makes the settings what the document says; those of which it says nothing are removed only by `prune`. */
export async function importSettings(
  { settings: code }: Code,
  prune: boolean,
  { report, idOf, writing }: Importing,
): Promise<void> {
  const old = await settingsOf(writing.project, writing.writer)
  const byId = (key: string, field: string) => idOf({ kind: 'cohort', key, field })
  const settings = code && SettingsBody.parse(renameSaved(code, byId))
  if (!settings) {
    if (!prune || !old.item) return
    requireAdmin()
    await removeSettings(old.item, writing)
    report.removed.push(CHANGE)
  } else if (old.item && isDeepStrictEqual(old.body, settings)) {
    report.unchanged.push(CHANGE)
  } else {
    requireAdmin()
    await changeSettings(settings, null, writing)
    const list = old.item ? report.updated : report.created
    list.push(CHANGE)
  }
}

const requireAdmin = () => requireRole('admin', { what: 'this change' })
