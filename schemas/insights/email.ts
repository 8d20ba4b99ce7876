import { z } from '@hono/zod-openapi'

/** An address that mail is sent to or from: no name, no brackets, nothing that could end a line. */
export const EmailAddress = z
  .email('must be an e-mail address')
  .max(254)
  // Mail servers refuse a part of a domain that ends in a hyphen.
  .refine(
    (address) => !/-(\.|$)/.test(address.slice(address.indexOf('@'))),
    'must be an e-mail address',
  )
  .openapi({ example: 'ann@example.com' })
