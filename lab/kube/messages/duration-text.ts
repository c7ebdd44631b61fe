// Durations and ages in the form that kubectl shows.

/** A duration in ms as text. @source Kubernetes v1.35, apimachinery duration.HumanDuration */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  // Two clocks may differ by a second.
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return joined(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return joined(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 192) return joined(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  const years = Math.trunc(days / 365)
  return days < 2920 ? joined(years, 'y', days % 365, 'd') : `${years}y`
}

const joined = (large: number, unit: string, small: number, smaller: string): string =>
  small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smaller}`

/** The time since an RFC 3339 text, or `<unknown>` without one. `now` in ms since the epoch. */
export function since(text: string | undefined, now: number): string {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now - at)
}
