import type { Session } from './sign-in.ts'

/** Which Query API and project this browser looks at. */
export interface Connection {
  url: string
  project: string
  /** Sent to that address and to no other. @default none: whoever reaches it may ask */
  readKey?: string
  /** Sent in place of a read key. @default nobody signed in */
  session?: Session
}

/** What the site's own server says about its deployment: GET /config.json. */
export interface SiteAddresses {
  query_url: string
  /** Where users sign in. */
  auth_url: string
  capture_url: string
  demo_url: string
  write_key: string | null
}

export const DEFAULT_ADDRESSES: SiteAddresses = {
  query_url: 'http://localhost:8001',
  auth_url: 'http://localhost:8002',
  capture_url: 'http://localhost:8000',
  demo_url: 'http://localhost:8080',
  write_key: null,
}
export const DEFAULT_PROJECT = 'default'
const STORAGE_KEY = 'headwater.connection'

/** Reads the addresses of the deployment; the defaults when the site is served by something else. */
export async function loadAddresses(): Promise<SiteAddresses> {
  try {
    const response = await fetch('/config.json')
    if (response.ok) return { ...DEFAULT_ADDRESSES, ...(await response.json()) }
  } catch {
    // A static host has no such file; the defaults are right on one machine.
  }
  return DEFAULT_ADDRESSES
}

/** What Connect remembered in this browser, or null. */
export function savedConnection(
  storage: Pick<Storage, 'getItem'> = localStorage,
): Connection | null {
  try {
    const saved: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null')
    if (typeof saved !== 'object' || saved === null) return null
    const { url, project, readKey, session } = saved as Partial<Connection>
    if (typeof url !== 'string' || typeof project !== 'string') return null
    return {
      ...{ url, project },
      ...(typeof readKey === 'string' && { readKey }),
      ...(isSession(session) && { session }),
    }
  } catch {
    // Storage can be forbidden, or hold anything: then nothing is remembered.
    return null
  }
}

/** What was saved to be sent to this address, or null. */
export function savedCredential(url: string, saved = savedHere()): string | null {
  if (saved?.url !== url) return null
  return saved.session?.token ?? saved.readKey ?? null
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false
  const { token, email, auth_url } = value as Partial<Session>
  return [token, email, auth_url].every((text) => typeof text === 'string')
}

// Where pages are tested there may be no storage at all.
const savedHere = () => (typeof localStorage === 'undefined' ? null : savedConnection())

export function saveConnection(
  connection: Connection,
  storage: Pick<Storage, 'setItem'> = localStorage,
): void {
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify(connection))
  } catch {
    // Without storage the connection lasts as long as the page's address carries the project.
  }
}

/** Forgets who signed in; the address and the project stay. */
export function forgetSession(): void {
  const saved = savedConnection()
  if (!saved) return
  const { session: _, ...connection } = saved
  saveConnection(connection)
}

/** Brings a typed address into the form the client needs; null when it is not an http(s) address. */
export function normalizeUrl(typed: string): string | null {
  const text = typed.trim()
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  try {
    const url = new URL(withScheme)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
    return (url.origin + url.pathname).replace(/\/+$/, '')
  } catch {
    return null
  }
}
