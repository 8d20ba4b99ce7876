import type { Source } from './source.ts'
import { amplitude } from './sources/amplitude.ts'
import { csv } from './sources/csv.ts'
import { ga4BigQuery } from './sources/ga4-bigquery.ts'
import { mixpanel } from './sources/mixpanel.ts'
import { plausible } from './sources/plausible.ts'
import { posthog } from './sources/posthog.ts'
import { umami } from './sources/umami.ts'

/** By the name on the command line. */
export const SOURCES: Readonly<Record<string, Source>> = {
  posthog,
  plausible,
  umami,
  mixpanel,
  amplitude,
  'ga4-bigquery': ga4BigQuery,
  csv,
}
