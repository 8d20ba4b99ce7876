import {
  DEFAULT_SETTINGS,
  type ProjectSettings,
  type SettingsBody,
} from '@headwater/schemas/insights/settings'
import { resolveCohorts } from '../cohort/resolve.ts'
import { settleCohorts } from '../cohort/settle.ts'
import { cohortRefs } from '../cohort/walk.ts'
import { QueryRefusal } from '../errors.ts'
import { filterConditions } from '../filters.ts'
import { Statement } from '../statement.ts'
import type { Writing } from './kind.ts'
import type { Draft, Item, SavedReader } from './saved-store.ts'

/** Settings are kept as one more item of this kind and id: so they have versions and a history as all has. */
export const SETTINGS = 'settings'

export interface StoredSettings {
  body: SettingsBody
  /** 0 of settings that never were changed. */
  version: number
  /** ms since 1970; null of settings that never were changed. */
  updated_at: number | null
  /** Null while they are those of a project that was told nothing. */
  item: Item | null
}

/** The settings of a project; the defaults where it has none. */
export async function settingsOf(project: string, reader: SavedReader): Promise<StoredSettings> {
  return stored(await reader.find(project, SETTINGS, SETTINGS))
}

/**
 * Replaces the settings. Throws a QueryRefusal that names the field.
 * @param version What was changed; null when whatever is there is to be replaced.
 */
export async function changeSettings(
  body: SettingsBody,
  version: number | null,
  writing: Writing,
): Promise<StoredSettings> {
  const { project, writer, now } = writing
  const old = await writer.find(project, SETTINGS, SETTINGS)
  const newest = old?.version ?? 0
  if (version !== null && version !== newest) {
    const message = `the settings were changed meanwhile: they are at version ${newest}, yours was ${version}; read them and change that`
    throw new QueryRefusal('version_conflict', message, { field: 'version' })
  }
  await checkFilters(body, writing)
  const draft = draftOf(body)
  if (old) return stored(await writer.change(old, draft, now))
  const [made] = await writer.create(SETTINGS, [{ id: SETTINGS, ...draft }], now)
  return stored(made ?? null)
}

/** Makes them those of a project that was told nothing; that is a version, too. */
export async function removeSettings(item: Item, { writer, now }: Writing): Promise<void> {
  await writer.remove(item, now)
}

export const shownSettings = ({ body, version, updated_at }: StoredSettings): ProjectSettings => ({
  version,
  updated_at: updated_at === null ? null : new Date(updated_at).toISOString(),
  ...body,
})

// What was saved before a field was thought of has its default.
function stored(item: Item | null): StoredSettings {
  const live = item?.deleted_at === null ? item : null
  return {
    body: { ...DEFAULT_SETTINGS, ...(live?.body as SettingsBody | undefined) },
    version: item?.version ?? 0,
    updated_at: item?.updated_at ?? null,
    item: live,
  }
}

async function checkFilters(
  { internal_users_filters }: SettingsBody,
  { project, writer, now }: Writing,
): Promise<void> {
  const resolved = await resolveCohorts({ project, internal_users_filters }, writer)
  const filters = settleCohorts(resolved.internal_users_filters, now)
  filterConditions(filters, new Statement(project), 'internal_users_filters')
}

const draftOf = (body: SettingsBody): Draft => ({
  key: SETTINGS,
  body,
  sort: SETTINGS,
  search: '',
  tags: [],
  refs: cohortRefs(body),
})
