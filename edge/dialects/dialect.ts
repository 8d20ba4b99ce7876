import type { DroppedEvent } from '@headwater/schemas/event'
import type { DecodedRequest, Payload } from '../decode.ts'
import type { CaptureError } from '../errors.ts'

/** A request of events in plain values, with nothing around its JSON any more. */
export interface Message {
  url: string
  authorization: string | null
  /** Those that the dialect names, by their names. */
  headers: Readonly<Record<string, string | null>>
  payload: Payload
}

/** What became of a request's events; every accepted one is held. */
export interface Judged {
  accepted: number
  dropped: readonly DroppedEvent[]
  /** As `DecodedRequest` gave them. */
  uuids?: readonly string[] | undefined
}

/**
 * How one family of clients speaks. What is behind is the same for all: a dialect only decodes the request
 * into events of our contract, and encodes the answer.
 */
export interface Dialect {
  /** Paths that take events, each also with a trailing slash. */
  posts: readonly string[]
  gets: readonly string[]
  /** Names of the headers that it reads, besides Authorization. */
  headers: readonly string[]
  /** The JSON that a GET stands for. Throws a CaptureError when it has none. */
  readQuery(request: Request): Payload | Promise<Payload>
  /** The events, unchecked. Throws a CaptureError that names what is wrong with the request as a whole. */
  decode(message: Message): DecodedRequest
  encode(judged: Judged): Response
  refuse(error: CaptureError): Response
}

export const NO_HEADERS: Message['headers'] = {}

/** An answer as JSON, its headers made once: that costs less than `Response.json`. */
export function jsonAnswer(body: unknown): Response {
  return new Response(JSON.stringify(body), JSON_ANSWER)
}

const JSON_ANSWER = { headers: new Headers({ 'content-type': 'application/json' }) }
