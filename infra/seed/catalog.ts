// What the demo history is made of. Weights are shares among their neighbours, not percentages.

export interface Weighted {
  weight: number
}

export interface Country extends Weighted {
  code: string
  language: string
  time_zone: string
  /** Hours from UTC: when people there are awake. */
  offset_hours: number
  /** Region and city, the larger first. */
  places: [region: string, city: string][]
}

export const COUNTRIES: Country[] = [
  country('US', 30, 'en-US', 'America/New_York', -5, 'New York/New York', 'Illinois/Chicago'),
  country('US', 12, 'en-US', 'America/Los_Angeles', -8, 'California/San Francisco', 'Oregon/Bend'),
  country('DE', 18, 'de-DE', 'Europe/Berlin', 1, 'Berlin/Berlin', 'Bavaria/Munich'),
  country('GB', 11, 'en-GB', 'Europe/London', 0, 'England/London', 'Scotland/Edinburgh'),
  country('FR', 7, 'fr-FR', 'Europe/Paris', 1, 'Île-de-France/Paris', 'Auvergne/Chamonix'),
  country('CH', 5, 'de-CH', 'Europe/Zurich', 1, 'Zurich/Zurich', 'Bern/Interlaken'),
  country('CA', 6, 'en-CA', 'America/Toronto', -5, 'Ontario/Toronto', 'Quebec/Montreal'),
  country('IN', 7, 'en-IN', 'Asia/Kolkata', 5.5, 'Karnataka/Bengaluru', 'Maharashtra/Pune'),
  country('JP', 5, 'ja-JP', 'Asia/Tokyo', 9, 'Tokyo/Tokyo', 'Nagano/Matsumoto'),
  country('BR', 5, 'pt-BR', 'America/Sao_Paulo', -3, 'São Paulo/São Paulo', 'Paraná/Curitiba'),
  country('AU', 4, 'en-AU', 'Australia/Sydney', 10, 'New South Wales/Sydney', 'Victoria/Melbourne'),
]

export interface Device extends Weighted {
  user_agent: string
  screen: [width: number, height: number]
}

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0'
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const IPHONE = `(iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} Version/18.6 Mobile/15E148`
const IPAD = `(iPad; CPU OS 18_6 like Mac OS X) ${WEBKIT} Version/18.6 Mobile/15E148`
const WINDOWS = '(Windows NT 10.0; Win64; x64)'
const MAC = '(Macintosh; Intel Mac OS X 10_15_7)'

export const DEVICES: Device[] = [
  device(24, `Mozilla/5.0 ${WINDOWS} ${CHROME} Safari/537.36`, 1920, 1080),
  device(13, `Mozilla/5.0 ${MAC} ${CHROME} Safari/537.36`, 1512, 982),
  device(9, `Mozilla/5.0 ${MAC} ${WEBKIT} Version/18.6 Safari/605.1.15`, 1440, 900),
  device(
    7,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
    1920,
    1080,
  ),
  device(6, `Mozilla/5.0 ${WINDOWS} ${CHROME} Safari/537.36 Edg/142.0.0.0`, 1536, 864),
  device(3, 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 2560, 1440),
  device(22, `Mozilla/5.0 ${IPHONE} Safari/604.1`, 393, 852),
  device(17, `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`, 412, 915),
  device(3, `Mozilla/5.0 ${IPAD} Safari/604.1`, 820, 1180),
]

export const BOTS: Device[] = [
  device(5, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 1024, 768),
  device(3, 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 1024, 768),
  device(2, 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 1024, 768),
  device(2, 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)', 1024, 768),
]

/** How a visit comes about: what the landing page's address and referrer show. */
export interface Source extends Weighted {
  referrer: string
  query: string
  /** How likely its visitors are to do something, next to others. */
  intent: number
}

export const SOURCES: Source[] = [
  source(30, '', '', 1.1),
  source(26, 'https://www.google.com/', '', 1),
  source(4, 'https://duckduckgo.com/', '', 1),
  source(3, 'https://www.bing.com/', '', 0.9),
  source(
    9,
    'https://www.google.com/',
    'utm_source=google&utm_medium=cpc&utm_campaign=autumn-hiking&gclid=demo',
    1.3,
  ),
  source(7, '', 'utm_source=newsletter&utm_medium=email&utm_campaign=weekly-trail', 1.5),
  source(
    6,
    'https://l.instagram.com/',
    'utm_source=instagram&utm_medium=paid_social&utm_campaign=summit-stories',
    0.6,
  ),
  source(5, 'https://www.reddit.com/', '', 0.7),
  source(4, 'https://www.youtube.com/', '', 0.7),
  source(3, 'https://chatgpt.com/', '', 1.2),
  source(
    3,
    'https://blog.alpine.example/best-packs',
    'utm_source=alpine-blog&utm_medium=affiliate&utm_campaign=best-packs',
    1.2,
  ),
]

export interface Product extends Weighted {
  slug: string
  name: string
  price: number
}

export const PRODUCTS: Product[] = [
  { slug: 'ridge-45-pack', name: 'Ridge 45 pack', price: 189, weight: 9 },
  { slug: 'cirrus-shell', name: 'Cirrus shell', price: 249, weight: 7 },
  { slug: 'ember-stove', name: 'Ember stove', price: 74, weight: 8 },
  { slug: 'larch-tent', name: 'Larch tent', price: 429, weight: 5 },
  { slug: 'scree-boots', name: 'Scree boots', price: 210, weight: 8 },
  { slug: 'dusk-lamp', name: 'Dusk lamp', price: 39, weight: 6 },
]

export const FEATURES: (Weighted & { name: string })[] = [
  { name: 'size_guide', weight: 8 },
  { name: 'compare', weight: 6 },
  { name: 'reviews', weight: 9 },
  { name: 'wishlist', weight: 5 },
  { name: 'view_3d', weight: 3 },
]

export const PLANS: (Weighted & { name: string })[] = [
  { name: 'free', weight: 11 },
  { name: 'plus', weight: 6 },
  { name: 'pro', weight: 2 },
]

/** How busy each local hour is: asleep at four, a peak at lunch, the highest in the evening. */
export const HOUR_WEIGHTS = [
  4, 2, 1, 1, 1, 2, 5, 10, 15, 19, 21, 22, 25, 23, 21, 20, 20, 22, 25, 29, 31, 28, 19, 10,
]
/** How busy each day of the week is, from Sunday. */
export const WEEKDAY_WEIGHTS = [0.58, 1.05, 1.1, 1.08, 1.04, 0.95, 0.62]

function country(
  code: string,
  weight: number,
  language: string,
  time_zone: string,
  offset_hours: number,
  ...places: string[]
): Country {
  const split = places.map((place): [string, string] => {
    const [region = '', city = ''] = place.split('/')
    return [region, city]
  })
  return { code, weight, language, time_zone, offset_hours, places: split }
}

function device(weight: number, user_agent: string, width: number, height: number): Device {
  return { weight, user_agent, screen: [width, height] }
}

function source(weight: number, referrer: string, query: string, intent: number): Source {
  return { weight, referrer, query, intent }
}
