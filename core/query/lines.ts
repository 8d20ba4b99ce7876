// What lines of a breakdown have in common, whatever the insight.

/** Longest part of a property's value that tells two lines of a breakdown apart, in characters. */
export const MAX_BREAKDOWN_LENGTH = 500

/** SQL of as much of a text as tells two lines apart. Most are short, and looking is cheaper than cutting. */
export const lineText = (text: string): string =>
  `if(length(${text}) > ${MAX_BREAKDOWN_LENGTH}, leftUTF8(${text}, ${MAX_BREAKDOWN_LENGTH}), ${text})`

const KIND_ORDER = ['value', 'other', 'none']
/** Other and none come last. */
export const orderOf = (kind: string | undefined): number => KIND_ORDER.indexOf(kind ?? '')
