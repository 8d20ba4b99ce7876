// `node sdks/python/write-contract.ts`: writes what the Python SDK needs of the event contract.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DROP_REASONS } from '@headwater/schemas/event'
import {
  MAX_BODY_BYTES,
  MAX_DISTINCT_ID_LENGTH,
  MAX_EVENT_BYTES,
  MAX_EVENT_NAME_LENGTH,
  MAX_PROPERTY_DEPTH,
  MAX_PROPERTY_KEYS,
  MAX_WRITE_KEY_LENGTH,
} from '@headwater/schemas/limits'

const LIMITS = {
  MAX_BODY_BYTES,
  MAX_DISTINCT_ID_LENGTH,
  MAX_EVENT_BYTES,
  MAX_EVENT_NAME_LENGTH,
  MAX_PROPERTY_DEPTH,
  MAX_PROPERTY_KEYS,
  MAX_WRITE_KEY_LENGTH,
}

export const CONTRACT_FILE = join(import.meta.dirname, 'src/headwater/contract.py')

/** The module's text. */
export function contractModule(): string {
  const limits = Object.entries(LIMITS).map(([name, value]) => `${name} = ${value}`)
  const reasons = Object.entries(DROP_REASONS).map(
    ([reason, message]) => `    ${JSON.stringify(reason)}: ${pythonText(message)},`,
  )
  return [
    '"""What the event contract says, from `schemas/`. Written by `write-contract.ts`, which a test runs."""',
    '',
    'from __future__ import annotations',
    '',
    'from typing import Final',
    '',
    ...limits,
    '',
    'DROP_REASONS: Final[dict[str, str]] = {',
    ...reasons,
    '}',
    '',
  ].join('\n')
}

// As ruff writes it: in the quotes that need the fewest escapes.
function pythonText(text: string): string {
  return text.includes('"') ? `'${text}'` : JSON.stringify(text)
}

if (import.meta.main) writeFileSync(CONTRACT_FILE, contractModule())
