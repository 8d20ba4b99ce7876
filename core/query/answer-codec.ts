import { createHmac, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'

/** Longest value, as it is kept. */
export const MAX_VALUE_BYTES = 1024 * 1024
const MAX_JSON_BYTES = 8 * 1024 * 1024
const COMPRESSED_FROM_BYTES = 1024
const MAC_BYTES = 32
const PLAIN = 0
const GZIPPED = 1

const zip = promisify(gzip)
const unzip = promisify(gunzip)

/**
 * Rows as bytes, and back: a MAC over the key and the rest, a byte that tells the form, JSON. What was not
 * made with this secret for this key, or was changed since, is not believed.
 */
export class AnswerCodec {
  readonly #macKey: Buffer

  constructor(secret: string) {
    this.#macKey = createHmac('sha256', secret).update('answers that are kept').digest()
  }

  /** Null when it is too big to be kept. */
  async encode(key: string, rows: unknown[]): Promise<Buffer | null> {
    const json = Buffer.from(JSON.stringify(rows))
    if (json.length > MAX_JSON_BYTES) return null
    const content =
      json.length < COMPRESSED_FROM_BYTES
        ? Buffer.concat([Buffer.of(PLAIN), json])
        : Buffer.concat([Buffer.of(GZIPPED), await zip(json, { level: constants.Z_BEST_SPEED })])
    const value = Buffer.concat([this.#mac(key, content), content])
    return value.length > MAX_VALUE_BYTES ? null : value
  }

  /** Undefined when the value is not one that `encode` made for this key. */
  async decode(key: string, value: Buffer): Promise<unknown[] | undefined> {
    if (value.length <= MAC_BYTES || value.length > MAX_VALUE_BYTES) return undefined
    const content = value.subarray(MAC_BYTES)
    if (!timingSafeEqual(this.#mac(key, content), value.subarray(0, MAC_BYTES))) return undefined
    const body = content.subarray(1)
    const json =
      content[0] === PLAIN ? body : await unzip(body, { maxOutputLength: MAX_JSON_BYTES })
    return JSON.parse(json.toString()) as unknown[]
  }

  #mac(key: string, content: Buffer): Buffer {
    return createHmac('sha256', this.#macKey).update(`${key}\n`).update(content).digest()
  }
}
