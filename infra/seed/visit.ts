import type { Event, JsonObject } from '@headwater/schemas/event'
import type { Random } from '../random.ts'
import { FEATURES, PLANS, PRODUCTS, type Product, type Source } from './catalog.ts'
import type { Person } from './person.ts'
import { weighted } from './weighted.ts'

export const SHOP = 'https://www.fernweh.example'

export type SeedEvent = Event & { uuid: string; timestamp: string; properties: JsonObject }

const BOUNCE = 0.36
const FEATURE_CLICK = 0.22
const OPEN_PRICING = 0.4
const SIGN_UP = 0.34
const ADD_TO_CART = 0.17
const CHECK_OUT = 0.62
const PURCHASE = 0.66
const MAX_PRODUCTS = 6

/** One visit being told: the page it is on, its clock, and what happened so far. */
interface Visit {
  random: Random
  person: Person
  events: SeedEvent[]
  session_id: string
  at: number
  url: string
  referrer: string
  title: string
}

/** Tells one visit of a person from its landing page on; at each turn some people leave. */
export function visit(
  random: Random,
  person: Person,
  source: Source,
  startMs: number,
): SeedEvent[] {
  const state: Visit = {
    random,
    person,
    events: [],
    session_id: random.uuid(),
    at: startMs,
    url: '',
    referrer: source.referrer,
    title: '',
  }
  const landing = random.next() < 0.55 ? '/' : `/product/${weighted(random, PRODUCTS).slug}`
  open(state, landing + (source.query && `?${source.query}`))
  if (person.is_bot) {
    for (let left = random.int(0, 6); left > 0; left--) openProduct(state)
    return state.events
  }
  if (random.next() < BOUNCE / source.intent) return state.events
  browse(state, source.intent)
  return state.events
}

function browse(state: Visit, intent: number): void {
  const { random, person } = state
  const basket: Product[] = []
  let curious = false
  for (let left = random.int(1, MAX_PRODUCTS); left > 0; left--) {
    const product = openProduct(state)
    if (random.next() < FEATURE_CLICK * intent) {
      curious = true
      add(state, 'feature_click', {
        feature: weighted(random, FEATURES).name,
        product: product.slug,
      })
    }
    if (random.next() < ADD_TO_CART * intent) {
      basket.push(product)
      add(state, 'add_to_cart', { product: product.slug, price: product.price, currency: 'EUR' })
    }
  }
  if (curious && !person.plan && random.next() < OPEN_PRICING * intent) considerPlans(state)
  if (basket.length > 0 && random.next() < CHECK_OUT) checkOut(state, basket)
}

function considerPlans(state: Visit): void {
  const { random, person } = state
  open(state, '/pricing')
  if (random.next() >= SIGN_UP) return
  const plan = weighted(random, PLANS).name
  person.plan = plan
  add(state, 'signup_click', { plan }, { plan })
}

function checkOut(state: Visit, basket: Product[]): void {
  open(state, '/cart')
  open(state, '/checkout')
  if (state.random.next() >= PURCHASE) return
  const amount = basket.reduce((sum, { price }) => sum + price, 0)
  const products = basket.map(({ slug }) => slug)
  add(state, 'purchase', { amount, currency: 'EUR', items: basket.length, products })
}

function openProduct(state: Visit): Product {
  const product = weighted(state.random, PRODUCTS)
  open(state, `/product/${product.slug}`)
  return product
}

function open(state: Visit, path: string): void {
  if (state.url) state.referrer = state.url
  state.url = SHOP + path
  const slug = /^\/(?:product\/)?([\w-]*)/.exec(path)?.[1] ?? ''
  const product = PRODUCTS.find((candidate) => candidate.slug === slug)
  const page = product?.name ?? (slug ? slug[0]?.toUpperCase() + slug.slice(1) : 'Home')
  state.title = `${page} – Fernweh`
  add(state, '$pageview', {})
}

function add(state: Visit, event: string, own: JsonObject, set?: JsonObject): void {
  const { random, person, events } = state
  const { pathname, host } = new URL(state.url)
  // People look at a page for some seconds, and a few for minutes.
  if (events.length > 0) {
    state.at += person.is_bot ? random.int(300, 2_000) : random.int(2_000, 40_000)
    if (!person.is_bot && random.next() < 0.12) state.at += random.int(30_000, 240_000)
  }
  events.push({
    uuid: random.uuid(),
    event,
    distinct_id: person.distinct_id,
    timestamp: new Date(state.at).toISOString(),
    properties: {
      ...person.properties,
      ...(person.plan && { plan_of_visitor: person.plan }),
      $session_id: state.session_id,
      $sequence: events.length + 1,
      $current_url: state.url,
      $host: host,
      $pathname: pathname,
      $title: state.title,
      $referrer: state.referrer,
      ...own,
    },
    ...(set && { $set: set }),
  })
}
