// Durations, shares and sizes as values with their unit: readable as prose and checked by the
// compiler.

/** A length of time with its unit, e.g. `'90 s'`. */
export type Duration = `${number} ${'ms' | 's' | 'min' | 'h' | 'd'}`
/** A share of a whole, e.g. `'80 %'`. */
export type Percent = `${number} %`
/** A size in binary units, e.g. `'18 GiB'`. */
export type Size = `${number} ${'B' | 'KiB' | 'MiB' | 'GiB' | 'TiB'}`

const durationUnits: Record<string, number> = {
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const sizeUnits: Record<string, number> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

function measure(text: string, units: Record<string, number>, example: string): number {
  const [amount, unit = '', ...rest] = text.split(' ')
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  const value = Number(amount)
  if (factor === undefined || !Number.isFinite(value) || amount === '' || rest.length > 0) {
    throw new TypeError(`“${text}” is not a value with a unit such as “${example}”`)
  }
  return value * factor
}

/** The milliseconds of a duration. Throws a TypeError that quotes an invalid value. */
export const ms = (duration: Duration): number => measure(duration, durationUnits, '90 s')
/** The bytes of a size. Throws a TypeError that quotes an invalid value. */
export const bytes = (size: Size): number => measure(size, sizeUnits, '18 GiB')
/** The number before the percent sign. Throws a TypeError that quotes an invalid value. */
export const percent = (share: Percent): number => measure(share, { '%': 1 }, '80 %')

/** A duration that a person reads at a glance: `420 ms`, `3.2 s`, `4 min 05 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number): string {
  const abs = Math.abs(milliseconds)
  if (abs < 1000) return `${Math.round(milliseconds)} ms`
  if (abs < 119_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const minutes = Math.floor(abs / 60_000)
  const sign = milliseconds < 0 ? '-' : ''
  if (abs < 7_200_000)
    return `${sign}${minutes} min ${String(Math.floor((abs % 60_000) / 1000)).padStart(2, '0')} s`
  if (abs < 172_800_000)
    return `${sign}${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
  return `${sign}${Math.round(abs / 86_400_000)} d`
}
