/**
 * Calls back once for each page the visitor sees: the first, and every change of address in a
 * single-page application. The same address twice in a row is one page.
 */
export function watchPageviews(onPageview: (referrer: string) => void): void {
  let seen = ''
  let seenPath = ''
  let seenHref = document.referrer
  let pending: ReturnType<typeof setTimeout> | 0 = 0
  let replaced = false

  const look = () => {
    clearTimeout(pending)
    pending = 0
    const path = location.pathname + routeHash()
    const url = path + location.search
    const onlyFilter = replaced && path === seenPath
    replaced = false
    if (url === seen) return
    seen = url
    seenPath = path
    // A search field that rewrites the address at every key press is still the same page.
    if (!onlyFilter) onPageview(seenHref)
    seenHref = location.href
  }
  // Later, so that the application has set the new page's title.
  const lookSoon = () => {
    pending = pending || setTimeout(look)
  }

  // Each has its own names for it.
  const { navigation = window } = window as { navigation?: EventTarget }
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    history[name] = function (this: History, ...state) {
      const first = !pending
      original.apply(this, state)
      replaced = name === 'replaceState' && (replaced || first)
      lookSoon()
    }
  }
  for (const type of ['currententrychange', 'popstate', 'hashchange']) {
    navigation.addEventListener(type, lookSoon)
  }

  addEventListener('pagehide', () => pending && look())
  addEventListener('pageshow', ({ persisted }) => {
    // Back from the cache: the visitor sees this page again.
    if (persisted) {
      seen = ''
      look()
    }
  })
  // A page rendered ahead of its visit may never be seen.
  document.addEventListener('prerenderingchange', look)
  if (!(document as { prerendering?: boolean }).prerendering) look()
}

// `#/route` and `#!route` are pages; `#section` is a place on one.
function routeHash(): string {
  return /^#[/!]/.test(location.hash) ? location.hash : ''
}
