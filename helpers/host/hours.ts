// Hours of the day, as timers of a host mean them: in its local time.

export interface Hour {
  readonly hour: number
  readonly minute: number
}

const two = (number: number): string => String(number).padStart(2, '0')

/** `03:17` */
export const clock = ({ hour, minute }: Hour): string => `${two(hour)}:${two(minute)}`

/** The next time after `now` at which it is that hour in local time; both ms since the epoch. */
export function nextAt({ hour, minute }: Hour, now: number): number {
  const next = new Date(now)
  next.setHours(hour, minute, 0, 0)
  if (next.getTime() <= now) next.setDate(next.getDate() + 1)
  return next.getTime()
}
