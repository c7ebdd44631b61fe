// Whether drills may run at a given time, in the time zone of the policy's window.
import type { ObjectionCause, Policy } from '#src/model/index.ts'

type Window = NonNullable<Policy['window']>
type WindowCause = Extract<ObjectionCause, { kind: 'frozen' | 'outside-window' }>

/** A time as the clocks of a zone show it. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  day: string
  weekday: Window['days'][number]
  /** Minutes since midnight. */
  minute: number
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const dayMs = 86_400_000

/** A time, ms since the epoch, as the clocks of a zone show it. */
export function inZone(at: number, zone: string): LocalTime {
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

/** The minutes of a day as a clock shows them: `09:05`. */
const clockTime = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map(part => String(part).padStart(2, '0')).join(':')

/** Whether drills may run at a local time. A window over midnight belongs to the day it begins. */
function isOpen({ days, from, until }: Window, { day, weekday, minute }: LocalTime): boolean {
  const [start, end] = [minuteOf(from), minuteOf(until)]
  const overMidnight = end <= start
  const early = overMidnight && minute < end
  const open = early || (minute >= start && (overMidnight || minute < end))
  return open && days.includes(early ? weekdayOf(dayBefore(day)) : weekday)
}

/** What the window has against a drill at a time, ms since the epoch; undefined: nothing. */
export function windowObjection(window: Window, at: number): WindowCause | undefined {
  const { days, from, until, zone, freezes } = window
  const time = inZone(at, zone)
  const local = `${time.weekday} ${time.day} ${clockTime(time.minute)} ${zone}`
  const freeze = freezes.find(one => time.day >= one.from && time.day <= one.until)
  if (freeze !== undefined) return { kind: 'frozen', local, ...freeze }
  return isOpen(window, time) ? undefined : { kind: 'outside-window', local, days, from, until }
}
