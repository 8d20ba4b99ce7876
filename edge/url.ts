/** What the enrichment needs of a page's address. */
export interface PageUrl {
  host: string
  pathname: string
  /** utm_* and click ids, by parameter name. */
  campaign: Readonly<Record<string, string>>
}

const CAMPAIGN_PARAMETER =
  /^(utm_(source|medium|campaign|term|content)|gclid|gbraid|wbraid|gad_source|msclkid|fbclid|ttclid|twclid|li_fat_id|dclid|rdt_cid|epik|sccid|yclid|igshid|mc_cid|irclickid|awc)$/
const MAX_URL_LENGTH = 8_000
const NO_PAGE: PageUrl = { host: '', pathname: '', campaign: {} }

/** Takes an address apart. What is no http(s) address gives empty parts, never an error. */
export function parsePageUrl(text: string): PageUrl {
  const url = text && text.length <= MAX_URL_LENGTH ? URL.parse(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) return NO_PAGE
  const campaign: Record<string, string> = {}
  if (url.search) {
    for (const [name, value] of url.searchParams) {
      const known = name.toLowerCase()
      if (value && CAMPAIGN_PARAMETER.test(known)) campaign[known] ??= value
    }
  }
  return { host: url.host, pathname: url.pathname, campaign }
}

/** The path of a request's address, which the runtime has already made whole and normal. */
export function pathOf(address: string): string {
  const start = address.indexOf('/', address.indexOf('://') + 3)
  const end = address.indexOf('?', start)
  return start === -1 ? '/' : address.slice(start, end === -1 ? undefined : end)
}

/**
 * Takes a prefix off the path of a request's address, for a proxy that leaves it there. Null when the path
 * begins with none of them, or goes on with what is for the operator only (`/_metrics`).
 */
export function withoutPrefix(
  address: string,
  prefixes: readonly string[],
): { address: string; prefix: string } | null {
  const path = pathOf(address)
  const prefix = prefixes.find((one) => path === one || path.startsWith(`${one}/`))
  if (prefix === undefined || path.startsWith(`${prefix}/_`)) return null
  const start = address.indexOf('/', address.indexOf('://') + 3)
  const rest = address.slice(start + prefix.length)
  return { address: `${address.slice(0, start)}${rest.startsWith('/') ? '' : '/'}${rest}`, prefix }
}

/** The query of a request's address; null when it has none, as nearly always. */
export function queryOf(address: string): URLSearchParams | null {
  const start = address.indexOf('?')
  return start === -1 ? null : new URLSearchParams(address.slice(start))
}
