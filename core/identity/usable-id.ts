import { MAX_DISTINCT_ID_LENGTH } from '@headwater/schemas/limits'

// What programs send for want of an id. A link to one of them would make everybody one person.
const NOBODY = new Set([
  '0',
  '-1',
  '$cookieless',
  '$posthog_cookieless',
  'anonymous',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'nil',
  'none',
  'not_authenticated',
  'null',
  'true',
  'undefined',
  '[object object]',
  '{}',
  '[]',
])

/** Whether a distinct_id can be somebody's own. */
export function isUsableId(id: string): boolean {
  if (id.length > MAX_DISTINCT_ID_LENGTH) return false
  const bare = id
    .trim()
    .toLowerCase()
    .replace(/^(['"])(.*)\1$/, '$2')
  return bare !== '' && !NOBODY.has(bare)
}
