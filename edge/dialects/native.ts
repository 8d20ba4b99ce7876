import { decodePayload, readQuery } from '../decode.ts'
import { errorResponse } from '../errors.ts'
import { type Dialect, jsonAnswer } from './dialect.ts'

/** The dialect of our own SDKs, a superset of PostHog's. */
export const native: Dialect = {
  posts: ['/capture', '/batch', '/e', '/i/v0/e', '/i/v0/ai/batch', '/track', '/engage'],
  gets: ['/capture', '/batch', '/e', '/i/v0/e', '/i/v0/ai/batch', '/track', '/engage'],
  headers: [],
  readQuery: ({ url }) => readQuery(url),
  decode: decodePayload,
  encode: ({ accepted, dropped }) => jsonAnswer({ status: 'Ok', accepted, dropped }),
  refuse: errorResponse,
}
