/** Of an element and what is in it, nothing is ever captured. */
const NOT_CAPTURED = '[data-hw-no-capture]'
/** That something happened to it is captured, but nothing that it says. */
const MASKED = '[data-hw-mask]'
/** What a visitor writes or chooses is their own: it is no text of the page. */
const WRITTEN = 'input,textarea,select,option,script,style,[contenteditable]'
const SECRET =
  'input[type=password],input[type=hidden],[autocomplete^=cc-],[autocomplete*=password]'
const MAX_TEXT = 255
const MAX_SELECTOR_STEPS = 5
/** Thirteen digits or more, also in groups: a card, an account. Nobody's button says that. */
const LONG_NUMBER = /(\d[ -]?){13,}/

/** Whether events of this element may be captured at all. */
export function mayCapture(element: Element): boolean {
  return !isIn(element, NOT_CAPTURED) && !element.matches(SECRET)
}

/** What an event says about its element; never a value that somebody entered. */
export function describe(element: Element, maskText: boolean): Record<string, unknown> {
  const isMasked = maskText || isIn(element, MASKED)
  const attribute = (name: string) => element.getAttribute(name) || undefined
  return {
    $el_tag_name: element.localName,
    $el_id: attribute('id'),
    $el_name: attribute('name'),
    $el_type: attribute('type'),
    $el_role: attribute('role'),
    $el_selector: selectorOf(element),
    ...(!isMasked && {
      $el_text: textOf(element) || attribute('aria-label'),
      $el_href: hrefOf(attribute('href')),
    }),
  }
}

// Also around the shadow trees that it is in.
function isIn(element: Element, selector: string): boolean {
  if (element.closest(selector)) return true
  const root = element.getRootNode()
  return root instanceof ShadowRoot && isIn(root.host, selector)
}

function textOf(element: Element): string | undefined {
  if (element.matches(WRITTEN) || isIn(element, '[contenteditable]')) return
  let text = ''
  const read = (node: Node) => {
    if (node instanceof Text) text += node.data
    const isHidden = node instanceof Element && node.matches(`${NOT_CAPTURED},${MASKED},${WRITTEN}`)
    if (!isHidden && text.length < MAX_TEXT * 4) node.childNodes.forEach(read)
  }
  element.childNodes.forEach(read)
  text = text.replace(/\s+/g, ' ').trim().slice(0, MAX_TEXT)
  return LONG_NUMBER.test(text) ? undefined : text
}

// Addresses carry tokens and people behind `?` and `#`, and are people themselves in mailto: and tel:.
function hrefOf(href: string | undefined): string | undefined {
  if (!href) return
  const [, scheme = ''] = /^(\w+):/.exec(href) || []
  return /^(https?)?$/.test(scheme) ? href.replace(/[?#].*/, '') : `${scheme}:`
}

// As far up as an id makes it certain; without classes, which build tools rename.
function selectorOf(element: Element): string {
  const steps: string[] = []
  let at: Element | null = element
  while (at && steps.length < MAX_SELECTOR_STEPS && !steps[0]?.startsWith('#')) {
    const { id, localName, parentElement } = at as Element
    const alike: Element[] = Array.from(parentElement?.children || []).filter(
      (child) => child.localName === localName,
    )
    const place = alike.length > 1 ? `:nth-of-type(${alike.indexOf(at as Element) + 1})` : ''
    steps.unshift(id ? `#${id}` : localName + place)
    at = parentElement
  }
  return steps.join('>')
}
