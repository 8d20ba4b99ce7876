/** As many as there are letters to name them by in a formula. */
export const MAX_SERIES = 26
