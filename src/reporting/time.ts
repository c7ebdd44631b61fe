// Points in time and durations as text, in UTC.

/** ms since the epoch as `2026-11-21 14:02:03Z`. */
export const instant = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`

/** ms since the epoch as `14:02:03`. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19)

/** ms since the epoch for XML and HTML: `2026-11-21T14:02:03Z`. */
export const machineTime = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** Milliseconds as seconds with three decimals, as JUnit wants them. */
export const seconds = (ms: number): string => (ms / 1000).toFixed(3)
