import { Registry } from 'prom-client'

/** One registry per process part, passed in: no global registry, so that tests do not share counts. */
export type Metrics = Registry
export const createMetrics = (): Metrics => new Registry()
