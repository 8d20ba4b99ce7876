import type { JsonObject } from '@headwater/schemas/event'
import type { EventRecord } from '@headwater/schemas/record'
import { type SharedPart, sharedPart } from '@headwater/schemas/record-json'
import Bowser from 'bowser'
import { isbot } from 'isbot'
import { columnText } from './text.ts'

/** What a person uses. */
export type Agent = Pick<
  EventRecord,
  'browser' | 'browser_version' | 'os' | 'os_version' | 'device_type'
>

export interface UserAgent {
  part: SharedPart<Agent>
  isBot: boolean
}

const MAX_LENGTH = 1_000
const MAX_CACHED = 2_000
export const NO_USER_AGENT: UserAgent = {
  part: sharedPart({ browser: '', browser_version: '', os: '', os_version: '', device_type: '' }),
  isBot: false,
}

const DEVICE_TYPES: Record<string, string> = {
  desktop: 'Desktop',
  mobile: 'Mobile',
  tablet: 'Tablet',
  tv: 'TV',
}

const parsed = new Map<string, UserAgent>()

/** Reads browser, system and device from a user agent; unknown parts are empty. */
export function parseUserAgent(text: string): UserAgent {
  if (!text) return NO_USER_AGENT
  const known = parsed.get(text)
  if (known) return known
  const agent = parse(text.slice(0, MAX_LENGTH))
  if (parsed.size >= MAX_CACHED) parsed.clear()
  parsed.set(text, agent)
  return agent
}

function parse(text: string): UserAgent {
  const { browser, os, platform } = Bowser.parse(text)
  const part = sharedPart({
    browser: browser.name ?? '',
    browser_version: shortVersion(browser.version),
    os: os.name ?? '',
    os_version: shortVersion(os.version),
    device_type: DEVICE_TYPES[platform.type ?? ''] ?? '',
  })
  return { part, isBot: isbot(text) }
}

/** An agent of which the sender says something itself. */
export function saidAgent(
  properties: JsonObject,
  { fields }: SharedPart<Agent>,
): SharedPart<Agent> {
  return sharedPart({
    browser: columnText(properties.$browser) || fields.browser,
    browser_version: columnText(properties.$browser_version) || fields.browser_version,
    os: columnText(properties.$os) || fields.os,
    os_version: columnText(properties.$os_version) || fields.os_version,
    device_type: columnText(properties.$device_type) || fields.device_type,
  })
}

// "131.0.6778.86" has one value per build: "131" and "17.4" are what people compare.
function shortVersion(version: string | undefined): string {
  const match = /^(\d+)(?:\.(\d+))?/.exec(version ?? '')
  if (!match) return (version ?? '').slice(0, 20)
  const [, major = '', minor = '0'] = match
  return minor === '0' ? major : `${major}.${minor}`
}
