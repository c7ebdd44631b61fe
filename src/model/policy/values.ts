// The values of a policy. The error of each names the expected form.
import { z } from 'zod'
import type { Duration, Percent, Size } from '#src/model/units.ts'

export const duration = z
  .string()
  .regex(
    /^\d+(\.\d+)? (ms|s|min|h|d)$/,
    'expected a duration with its unit, such as "90 s"',
  ) as unknown as z.ZodType<Duration>
export const percent = z
  .string()
  .regex(/^\d+(\.\d+)? %$/, 'expected a share, such as "80 %"') as unknown as z.ZodType<Percent>
export const size = z
  .string()
  .regex(
    /^\d+(\.\d+)? (B|KiB|MiB|GiB|TiB)$/,
    'expected a size with its unit, such as "18 GiB"',
  ) as unknown as z.ZodType<Size>
export const port = z.int().min(1).max(65_535)
export const day = z.iso.date('expected a day, such as "2027-03-31"')
export const name = z.string().min(1)
/** Document and section. */
export const source = z.string().min(5)
