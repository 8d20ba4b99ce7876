import { z } from '@hono/zod-openapi'

/** Nothing can change it any more, it may still change, or its time has not begun. */
export const TimeState = z.enum(['complete', 'incomplete', 'future']).openapi('TimeState')
export type TimeState = z.infer<typeof TimeState>
