// Corrects misspelt names: the distance between two names, and the known names that are near.

/**
 * Insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
 * Stops counting beyond a bound.
 */
export function distance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row]
    let least = row
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1]
      let steps = Math.min(
        (above[column] ?? 0) + 1,
        (now[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        steps = Math.min(steps, (before[column - 2] ?? 0) + 1)
      now.push(steps)
      least = Math.min(least, steps)
    }
    if (least > bound) return bound + 1
    before = above
    above = now
  }
  return above[b.length] ?? bound + 1
}

/**
 * How many slips a name of a length may contain. @source chosen: `Pod` must not become `Job`,
 * `nodeselectors` should become `nodeSelector`
 */
function bound({ length }: string): number {
  if (length < 6) return 1
  return length < 12 ? 2 : 3
}

/**
 * Words that people use for a member with another name. @source names that compose files, older API
 * versions and Helm charts use
 */
const synonyms: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    environment: ['env'],
    cmd: ['command'],
    entrypoint: ['command'],
    arguments: ['args'],
    volumesMounts: ['volumeMounts'],
    pullPolicy: ['imagePullPolicy'],
    healthcheck: ['livenessProbe'],
    annotation: ['annotations'],
    label: ['labels'],
    serviceAccount: ['serviceAccountName'],
    serviceName: ['service'],
    servicePort: ['service'],
    storageClass: ['storageClassName'],
    storageclass: ['storageClassName'],
    matchLabel: ['matchLabels'],
  }),
)

export interface Suggestions {
  /** The likeliest first. */
  names: readonly string[]
  /** Only one name is this near: it is one slip away, and no other is. */
  certain: boolean
}

/**
 * The known name that was meant, if any. All letters of the wrong case count as one slip together.
 */
export function suggestionsFor(name: string, existing: readonly string[]): Suggestions {
  const lower = name.toLowerCase()
  const most = bound(name)
  const stepsTo = (candidate: string): number => {
    const small = candidate.toLowerCase()
    return small === lower
      ? 1
      : Math.min(distance(name, candidate, most), distance(lower, small, most) + 1)
  }
  const near = existing
    .map(candidate => ({ candidate, steps: stepsTo(candidate) }))
    .filter(({ steps }) => steps <= most)
    .toSorted((a, b) => a.steps - b.steps)
  const least = near[0]?.steps
  const others = (synonyms.get(name) ?? []).filter(
    word => existing.includes(word) && !near.some(({ candidate }) => candidate === word),
  )
  const names = [
    ...near.filter(({ steps }) => steps === least).map(({ candidate }) => candidate),
    ...others,
  ]
  return { names, certain: least === 1 && names.length === 1 }
}
