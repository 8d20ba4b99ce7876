import { isProjectId } from '@headwater/schemas/project-id'
import { type AddressReader, type Defaults, reader } from './url-reader.ts'

/** What the address of a page of saved things says: the list, or one of it. */
export interface SavedAddress {
  project: string
  /** Null for the list. */
  id: string | null
  ignored: string[]
}

const ID = /^[a-z]{3,5}_[0-9a-z]{8}$/

export function readSaved(params: URLSearchParams, defaults: Defaults): SavedAddress {
  const read = reader(params)
  return {
    project: readProject(read, defaults),
    id: read.one<string | null>('id', (text) => (ID.test(text) ? text : null), null),
    ignored: read.ignored,
  }
}

export const readProject = (read: AddressReader, defaults: Defaults): string =>
  read.one('project', (text) => (isProjectId(text) ? text : null), defaults.project)

/** The question of an address: the list when there is no id. */
export const savedSearch = (project: string, id?: string): URLSearchParams =>
  new URLSearchParams({ project, ...(id !== undefined && { id }) })
