/**
 * Who sent the request: it decides whether the request's user agent and place are those of the person.
 * A server's are not; an app's place is, its user agent is its HTTP library's.
 */
export type SenderKind = 'browser' | 'app' | 'server'

const BROWSER_LIB =
  /^(web|js|headwater-(web|js)|headwater|posthog-js|analytics\.js|snippet|pixel|rudderlabs javascript sdk)$/i
const APP_LIB = /(ios|android|react-native|flutter|swift|kotlin|unity|capacitor|expo)/i

const MAX_CACHED = 500
const kinds = new Map<string, SenderKind>()

export function senderKind(lib: string, userAgent: string): SenderKind {
  if (!lib) return userAgent.startsWith('Mozilla/') ? 'browser' : 'server'
  const known = kinds.get(lib)
  if (known) return known
  const kind = kindOfLib(lib)
  if (kinds.size >= MAX_CACHED) kinds.clear()
  kinds.set(lib, kind)
  return kind
}

function kindOfLib(lib: string): SenderKind {
  if (BROWSER_LIB.test(lib)) return 'browser'
  return APP_LIB.test(lib) ? 'app' : 'server'
}
