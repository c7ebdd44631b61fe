// Whether a moment lies in the policy's window for drills, in the window's own time zone.
import type { Policy } from '#src/model/index.ts'

type Window = NonNullable<Policy['window']>

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const dayMs = 86_400_000

/** A moment as clocks of a zone show it: the day, its weekday, and the minute of the day. */
export function inZone(
  at: number,
  zone: string,
): { day: string; weekday: Window['days'][number]; minute: number } {
  const parts = Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const of = (type: string): string => parts.find(part => part.type === type)?.value ?? ''
  const day = `${of('year')}-${of('month')}-${of('day')}`
  return { day, weekday: weekdayOf(day), minute: Number(of('hour')) * 60 + Number(of('minute')) }
}

const weekdayOf = (day: string): Window['days'][number] =>
  weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'sun'
const dayBefore = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) - dayMs).toISOString().slice(0, 10)
const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/**
 * Why nothing may be drilled at a moment; undefined when it may. A window over midnight belongs to
 * the day on which it begins.
 */
export function outside(
  { days, from, until, zone, freezes }: Window,
  at: number,
): string | undefined {
  const now = inZone(at, zone)
  const clock = `${now.weekday} ${now.day} ${String(Math.floor(now.minute / 60)).padStart(2, '0')}:${String(now.minute % 60).padStart(2, '0')} ${zone}`
  const freeze = freezes.find(one => now.day >= one.from && now.day <= one.until)
  if (freeze !== undefined)
    return `it is ${clock}, and from ${freeze.from} to ${freeze.until} nothing is drilled: ${freeze.because}`
  const [start, end] = [minuteOf(from), minuteOf(until)]
  const overMidnight = end <= start
  const early = overMidnight && now.minute < end
  const open = early || (now.minute >= start && (overMidnight || now.minute < end))
  const begun = early ? weekdayOf(dayBefore(now.day)) : now.weekday
  if (open && days.includes(begun)) return undefined
  return `it is ${clock}; drills run ${days.join(', ')} from ${from} to ${until}`
}
