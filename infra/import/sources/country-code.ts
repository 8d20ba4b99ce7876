// Exports of GA4 and Amplitude name countries in English; the rest of Headwater has their ISO codes.

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
/** Names that the exports use beside those of Unicode's list. */
const ALSO: Record<string, string> = {
  'united states of america': 'US',
  'czech republic': 'CZ',
  turkey: 'TR',
  swaziland: 'SZ',
  'cape verde': 'CV',
  'ivory coast': 'CI',
  'macedonia (fyrom)': 'MK',
  'the netherlands': 'NL',
  'the bahamas': 'BS',
  'the gambia': 'GM',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  'democratic republic of the congo': 'CD',
  'republic of the congo': 'CG',
}

let codes: Map<string, string> | null = null

/** The ISO code of a country, by its English name; the name itself when nobody knows it. */
export function countryCode(name: string): string {
  codes ??= readCodes()
  return codes.get(plain(name)) ?? name
}

function readCodes(): Map<string, string> {
  const known = new Map(Object.entries(ALSO))
  for (const style of ['long', 'short'] as const) {
    const names = new Intl.DisplayNames(['en'], { type: 'region', style, fallback: 'none' })
    for (const code of LETTERS.flatMap((first) => LETTERS.map((second) => first + second))) {
      const name = names.of(code)
      // Codes of countries that are no more stand for those that came after them.
      const isOld = new Intl.Locale(`und-${code}`).region !== code
      if (name && !isOld && !known.has(plain(name))) known.set(plain(name), code)
    }
  }
  return known
}

// "Bosnia & Herzegovina" and "Hong Kong SAR China" are written otherwise elsewhere.
function plain(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('&', 'and')
    .replaceAll('’', "'")
    .replace(/ sar china$/, '')
    .replace(/ \(burma\)$/, '')
    .trim()
}
