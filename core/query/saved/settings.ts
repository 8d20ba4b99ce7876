import {
  DEFAULT_SETTINGS,
  type ProjectSettings,
  type SettingsBody,
} from '@headwater/schemas/insights/settings'
import { settleCohorts } from '../cohort/settle.ts'
import { QueryRefusal } from '../errors.ts'
import { filterConditions } from '../filters.ts'
import { Statement } from '../statement.ts'
import type { Writing } from './kind.ts'
import type { Draft, Item, SavedReader } from './saved-store.ts'

// Settings are kept as one more item, so that they have versions and a history as everything has.
const KIND = 'settings'
const ID = 'settings'

export interface StoredSettings {
  body: SettingsBody
  /** 0 of settings that never were changed. */
  version: number
  /** Null while they are those of a project that was told nothing. */
  item: Item | null
}

/** The settings of a project; the defaults where it has none. */
export async function settingsOf(project: string, reader: SavedReader): Promise<StoredSettings> {
  const item = await reader.find(project, KIND, ID)
  const body = item === null || item.deleted_at !== null ? {} : (item.body as SettingsBody)
  return { body: { ...DEFAULT_SETTINGS, ...body }, version: item?.version ?? 0, item }
}

/**
 * Replaces the settings.
 * @param version What was changed; null when whatever is there is to be replaced.
 */
export async function changeSettings(
  body: SettingsBody,
  version: number | null,
  writing: Writing,
): Promise<StoredSettings> {
  const { project, writer, now } = writing
  const old = await settingsOf(project, writer)
  if (version !== null && version !== old.version) {
    const message = `the settings were changed meanwhile: they are at version ${old.version}, yours was ${version}; read them and change that`
    throw new QueryRefusal('version_conflict', message, { field: 'version' })
  }
  checkFilters(body, writing)
  const draft = draftOf(body)
  const item = old.item
    ? await writer.change(old.item, draft, now)
    : (await writer.create(KIND, [{ id: ID, ...draft }], now))[0]
  if (!item) throw new Error('settings were not written')
  return { body, version: item.version, item }
}

/** Makes them those of a project that was told nothing; a version, too. */
export async function removeSettings(item: Item, { writer, now }: Writing): Promise<void> {
  await writer.remove(item, now)
}

export const shownSettings = ({ body, version, item }: StoredSettings): ProjectSettings => ({
  version,
  updated_at: item && new Date(item.updated_at).toISOString(),
  ...body,
})

function checkFilters({ internal_users_filters }: SettingsBody, { project, now }: Writing): void {
  const filters = settleCohorts(internal_users_filters, now)
  filterConditions(filters, new Statement(project), 'internal_users_filters')
}

const draftOf = (body: SettingsBody): Draft => ({
  key: ID,
  body,
  sort: ID,
  search: '',
  tags: [],
  refs: [],
})
