import type { IRequest } from 'itty-router'
import { CaptureError } from '../errors.ts'

/** A path beside capture that clients of other makers ask for: what it answers keeps them quiet. */
export interface Companion {
  path: string
  method: 'GET' | 'POST'
  /** `prefix` is what stood before the path. May throw a CaptureError. */
  answer(request: IRequest & Request, prefix: string): Response
}

/** A path that clients ask for and that is nothing here, for a reason worth telling. */
export function notHere(method: Companion['method'], path: string, reason: string): Companion {
  return {
    path,
    method,
    answer: () => {
      throw new CaptureError('not_found', reason)
    },
  }
}
