import { isDeepStrictEqual } from 'node:util'
import type { Code, ImportReport } from '@headwater/schemas/insights/code'
import type { Writing } from './kind.ts'
import type { SavedReader } from './saved-store.ts'
import { changeSettings, removeSettings, SETTINGS, settingsOf } from './settings.ts'

const CHANGE = { kind: SETTINGS, key: SETTINGS } as const

/** The settings as a document has them: not at all while they are those of a project that was told nothing. */
export async function exportSettings(
  project: string,
  reader: SavedReader,
): Promise<Pick<Code, 'settings'>> {
  const { body, item } = await settingsOf(project, reader)
  return item ? { settings: body } : {}
}

/** Makes the settings what the document says; those of which it says nothing are removed only by `prune`. */
export async function importSettings(
  { settings }: Code,
  prune: boolean,
  report: ImportReport,
  writing: Writing,
): Promise<void> {
  const old = await settingsOf(writing.project, writing.writer)
  if (!settings) {
    if (!prune || !old.item) return
    await removeSettings(old.item, writing)
    report.removed.push(CHANGE)
  } else if (old.item && isDeepStrictEqual(old.body, settings)) {
    report.unchanged.push(CHANGE)
  } else {
    await changeSettings(settings, null, writing)
    const list = old.item ? report.updated : report.created
    list.push(CHANGE)
  }
}
