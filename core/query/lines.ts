// What lines of a breakdown have in common, whatever the insight.

/** Longest part of a property's value that tells two lines of a breakdown apart, in characters. */
export const MAX_BREAKDOWN_LENGTH = 500

/** Columns of events that have a text of their own in every row; other columns of texts have a dictionary. */
export const PLAIN_TEXTS = ['distinct_id', 'session_id', 'current_url', 'pathname', 'referrer']

/**
 * SQL of as much of a text as tells two lines apart. Most are short, and looking is cheaper than cutting;
 * but what a column has in a dictionary is cut once, there.
 */
export function lineText(text: string): string {
  const cut = `leftUTF8(${text}, ${MAX_BREAKDOWN_LENGTH})`
  const isInDictionary = /^[a-z_]+$/.test(text) && !PLAIN_TEXTS.includes(text)
  return isInDictionary ? cut : `if(length(${text}) > ${MAX_BREAKDOWN_LENGTH}, ${cut}, ${text})`
}

const KIND_ORDER = ['value', 'other', 'none']
/** Other and none come last. */
export const orderOf = (kind: string | undefined): number => KIND_ORDER.indexOf(kind ?? '')
