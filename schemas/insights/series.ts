import { z } from '@hono/zod-openapi'

/** As many as there are letters to name them by in a formula. */
export const MAX_SERIES = 26

/** Which of a question's series, from 0. */
export const SeriesIndex = z
  .number()
  .int()
  .min(0)
  .max(MAX_SERIES - 1)
  .default(0)
