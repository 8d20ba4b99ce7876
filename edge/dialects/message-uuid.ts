import { namedUuid } from '../named-uuid.ts'

/** Names the ids that are made here; any UUID would do, as long as it never changes. */
const NAMESPACE = Buffer.from('6f1f8a0c53d14b6a9e0d1c7a4b7f2e95', 'hex')
/**
 * A UUID, alone or as Segment's clients write it: `node-next-1668208232027-<uuid>`. Behind any other word
 * it may be an order's or a person's, of which there can be many messages.
 */
const UUID =
  /^(?:(?:ajs|node)-next-\d+-)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i

/**
 * The uuid of a message that its sender numbers by other means: the UUID in its id, or else one made of the
 * id's text. Always the same for the same id, so that a retry is one event.
 */
export function messageUuid(messageId: string): string {
  const [, uuid] = UUID.exec(messageId) ?? []
  return uuid === undefined ? namedUuid(NAMESPACE, messageId) : uuid.toLowerCase()
}
