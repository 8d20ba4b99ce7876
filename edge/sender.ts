/**
 * Who sent the request: it decides whether the request's user agent and place are those of the person.
 * A server's are not; an app's place is, its user agent is its HTTP library's.
 */
export type SenderKind = 'browser' | 'app' | 'server'

const BROWSER_LIB = /^(web|js|headwater-(web|js)|headwater|posthog-js|analytics\.js|snippet)$/i
const APP_LIB = /(ios|android|react-native|flutter|swift|kotlin|unity|capacitor|expo)/i

export function senderKind(lib: string, userAgent: string): SenderKind {
  if (BROWSER_LIB.test(lib)) return 'browser'
  if (lib) return APP_LIB.test(lib) ? 'app' : 'server'
  return userAgent.startsWith('Mozilla/') ? 'browser' : 'server'
}
