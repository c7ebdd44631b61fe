// The values that all parts of report.json are made of.
import { z } from 'zod'
import type { Duration } from '#src/model/index.ts'

export const text = z.string()
export const texts = z.array(text).readonly()

/** ms since the epoch. */
export const time = z.number()

/** The type of a duration is a template of its text, which a pattern cannot express. */
export const duration = text.regex(
  /^\d+(\.\d+)? (ms|s|min|h|d)$/,
  'expected a duration with its unit, such as "90 s"',
) as unknown as z.ZodType<Duration>
