import type { JsonObject } from '@headwater/schemas/event'
import type { Random } from '../random.ts'
import { BOTS, COUNTRIES, DEVICES } from './catalog.ts'
import { weighted } from './weighted.ts'

const BOT_SHARE = 0.03

/** One invented person: who, where and with what; the same on every visit. */
export interface Person {
  distinct_id: string
  is_bot: boolean
  offset_hours: number
  /** Set when they sign up. */
  plan: string | null
  properties: JsonObject
}

export function makePerson(random: Random): Person {
  const country = weighted(random, COUNTRIES)
  const is_bot = random.next() < BOT_SHARE
  const { user_agent, screen } = weighted(random, is_bot ? BOTS : DEVICES)
  const [region, city] = random.pick(country.places)
  return {
    distinct_id: random.uuid(),
    is_bot,
    offset_hours: country.offset_hours,
    plan: null,
    properties: {
      $lib: 'web',
      $lib_version: '0.1.0',
      $country: country.code,
      $region: region,
      $city: city,
      $time_zone: country.time_zone,
      $language: country.language,
      $raw_user_agent: user_agent,
      $screen_width: screen[0],
      $screen_height: screen[1],
    },
  }
}
