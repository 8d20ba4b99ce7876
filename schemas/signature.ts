// WebCrypto only: the same code signs in workerd and in Node.

const keys = new Map<string, Promise<CryptoKey>>()

/** HMAC-SHA256 of a text under a secret, in hex (64 characters). */
export async function hmacSha256(secret: string, text: string): Promise<string> {
  return hex(
    await crypto.subtle.sign('HMAC', await importKey(secret), new TextEncoder().encode(text)),
  )
}

/** Compares two texts in a time that depends on their length only. */
export function constantTimeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i)
  return difference === 0
}

export function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

// Importing costs more than signing; a process knows two or three secrets in its life.
function importKey(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (!key) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, [
      'sign',
    ])
    keys.set(secret, key)
  }
  return key
}
