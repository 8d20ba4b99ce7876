import type { PageUrl } from './url.ts'

/** How a visit came about. Empty when an event says nothing about it, such as one from a server. */
export type Channel =
  | ''
  | 'Direct'
  | 'Internal'
  | 'Organic Search'
  | 'Paid Search'
  | 'Organic Social'
  | 'Paid Social'
  | 'Organic Video'
  | 'Paid Video'
  | 'Paid Shopping'
  | 'Paid Other'
  | 'Display'
  | 'Email'
  | 'Affiliates'
  | 'AI Assistant'
  | 'SMS'
  | 'Push'
  | 'Referral'

export interface ChannelFacts {
  page: PageUrl
  /** Host of the referring page; empty when there is none. */
  referringDomain: string
}

type SourceKind = 'search' | 'social' | 'video' | 'shopping' | 'email' | 'ai'

/** Which kind of site a referring domain or a utm_source is. The first match counts. */
const SOURCES: [SourceKind, RegExp][] = [
  ['email', /^(mail|outlook|webmail)\.|(^|\.)(mail\.[a-z.]+|proton\.me|gmail)$|android\.gm$/],
  [
    'ai',
    /(^|\.)(chatgpt\.com|openai\.com|perplexity\.ai|claude\.ai)$|^(gemini\.google|copilot\.microsoft)\.com$|^(chatgpt|perplexity|claude|gemini|copilot)$/,
  ],
  ['shopping', /(^|\.)(amazon|ebay|etsy|walmart|alibaba|aliexpress)(\.[a-z.]{2,6})?$|^shopping\./],
  ['video', /(^|\.)(youtube|vimeo|twitch|dailymotion)(\.[a-z.]{2,6})?$|^youtu\.be$/],
  [
    'social',
    /(^|\.)(facebook|instagram|linkedin|twitter|reddit|pinterest|tiktok|snapchat|threads|mastodon|tumblr|quora|discord|telegram|whatsapp|weibo|vk|ycombinator)(\.[a-z.]{2,6})?$|^(t\.co|x\.com|lnkd\.in|fb|ig|x|hackernews|bsky\.app|bluesky)$|(^|\.)fb\.com$/,
  ],
  [
    'search',
    /(^|\.)(google|bing|duckduckgo|yahoo|baidu|yandex|ecosia|qwant|startpage|naver|seznam|sogou|kagi|ask|aol)(\.[a-z.]{2,6})?$|^search\.|^(adwords|googleads)$/,
  ],
]

const SEARCH_CLICK = ['gclid', 'gbraid', 'wbraid', 'msclkid', 'yclid'] as const
const SOCIAL_CLICK = ['ttclid', 'twclid', 'li_fat_id', 'rdt_cid', 'epik', 'sccid'] as const

/** One line per rule; the first that holds names the channel. */
const RULES: [Channel, (visit: Visit) => boolean][] = [
  [
    'Display',
    (v) => /^(display|banner|expandable|interstitial|cpm)$/.test(v.medium) || v.has('dclid'),
  ],
  ['Affiliates', (v) => /^affiliates?$/.test(v.medium) || v.has('irclickid', 'awc')],
  [
    'Email',
    (v) =>
      /^(e-?mail|e_mail|newsletter)$/.test(v.medium) ||
      v.source === 'newsletter' ||
      v.has('mc_cid'),
  ],
  ['SMS', (v) => v.medium === 'sms' || v.source === 'sms'],
  ['Push', (v) => /(^|_)(push|notification|mobile)$/.test(v.medium)],
  ['Paid Shopping', (v) => v.paid && v.kind === 'shopping'],
  ['Paid Search', (v) => (v.paid && v.kind === 'search') || v.has(...SEARCH_CLICK)],
  ['Paid Social', (v) => (v.paid && v.kind === 'social') || v.has(...SOCIAL_CLICK)],
  ['Paid Video', (v) => v.paid && v.kind === 'video'],
  ['Paid Other', (v) => v.paid],
  ['AI Assistant', (v) => v.kind === 'ai'],
  ['Email', (v) => v.kind === 'email'],
  [
    'Organic Social',
    (v) =>
      v.kind === 'social' ||
      /^(social|social-network|social-media|sm)$/.test(v.medium) ||
      v.has('fbclid', 'igshid'),
  ],
  ['Organic Video', (v) => v.kind === 'video' || /^video$/.test(v.medium)],
  ['Organic Search', (v) => v.kind === 'search' || v.medium === 'organic'],
  ['Internal', (v) => v.internal],
  ['Referral', (v) => v.referred || /^(referral|link|app)$/.test(v.medium) || v.source !== ''],
  ['Direct', (v) => v.isPage],
]

interface Visit {
  source: string
  medium: string
  kind: SourceKind | null
  paid: boolean
  internal: boolean
  referred: boolean
  isPage: boolean
  has(...clickIds: string[]): boolean
}

/** Names the channel of a visit from its campaign parameters, click ids and referring domain. */
export function channelOf({ page, referringDomain }: ChannelFacts): Channel {
  const { campaign, host } = page
  const source = (campaign.utm_source ?? '').toLowerCase()
  const medium = (campaign.utm_medium ?? '').toLowerCase()
  const referrer = referringDomain.toLowerCase()
  const internal = referrer !== '' && withoutWww(referrer) === withoutWww(host.toLowerCase())
  const visit: Visit = {
    source,
    medium,
    kind: kindOf(source) ?? (internal ? null : kindOf(referrer)),
    paid: /^(.*cp[acv]?|ppc|retargeting|paid.*)$/.test(medium),
    internal,
    referred: referrer !== '',
    isPage: host !== '',
    has: (...clickIds) => clickIds.some((id) => campaign[id] !== undefined),
  }
  return RULES.find(([, holds]) => holds(visit))?.[0] ?? ''
}

function kindOf(name: string): SourceKind | null {
  if (!name) return null
  return SOURCES.find(([, pattern]) => pattern.test(name))?.[0] ?? null
}

function withoutWww(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : host
}
