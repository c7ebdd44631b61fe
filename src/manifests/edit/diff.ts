// Two texts side by side, as a patch that people and programs read.

interface Step {
  kind: ' ' | '-' | '+'
  line: string
}

/** Lines around a change. @source diff(1), unified format */
const context = 3
/**
 * Differences that are looked for line by line; beyond, everything between the first and the last
 * one is told as replaced. @source the work grows with its square
 */
const mostDifferences = 1_000

const split = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/**
 * The shortest way from one list of lines to another. @source E. Myers, An O(ND) Difference
 * Algorithm
 */
function shortest(before: readonly string[], after: readonly string[]): readonly Step[] {
  const [n, m] = [before.length, after.length]
  const trail: Map<number, number>[] = []
  const runtime = new Map([[1, 0]])
  for (let d = 0; d <= Math.min(n + m, mostDifferences); d += 1) {
    trail.push(new Map(runtime))
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (runtime.get(k - 1) ?? -1) < (runtime.get(k + 1) ?? -1))
      let x = down ? (runtime.get(k + 1) ?? 0) : (runtime.get(k - 1) ?? 0) + 1
      while (x < n && x - k < m && before[x] === after[x - k]) x += 1
      runtime.set(k, x)
      if (x >= n && x - k >= m) return wayBack(before, after, trail)
    }
  }
  return [
    ...before.map(line => ({ kind: '-' as const, line })),
    ...after.map(line => ({ kind: '+' as const, line })),
  ]
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  trail: readonly ReadonlyMap<number, number>[],
): readonly Step[] {
  const steps: Step[] = []
  let [x, y] = [before.length, after.length]
  for (let d = trail.length - 1; d >= 0; d -= 1) {
    const runtime = trail[d] ?? new Map<number, number>()
    const k = x - y
    const down = k === -d || (k !== d && (runtime.get(k - 1) ?? -1) < (runtime.get(k + 1) ?? -1))
    const fromX = runtime.get(down ? k + 1 : k - 1) ?? 0
    const fromY = fromX - (down ? k + 1 : k - 1)
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      x -= 1
      y -= 1
      steps.push({ kind: ' ', line: before[x] ?? '' })
    }
    if (d === 0) break
    if (down) steps.push({ kind: '+', line: after[fromY] ?? '' })
    else steps.push({ kind: '-', line: before[fromX] ?? '' })
    ;[x, y] = [fromX, fromY]
  }
  return steps.toReversed()
}

function stepsBetween(before: readonly string[], after: readonly string[]): readonly Step[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1
  const same = (lines: readonly string[]): readonly Step[] =>
    lines.map(line => ({ kind: ' ', line }))
  return [
    ...same(before.slice(0, start)),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

const range = (start: number, count: number): string =>
  count === 1 ? `${start + 1}` : `${count === 0 ? start : start + 1},${count}`

/**
 * A unified diff of one file with three lines of context; empty where nothing differs. `shown`: the
 * same texts as people may
 * see them, line by line; where they differ from the real ones the diff is for reading alone.
 */
export function diffOf(
  file: string,
  before: string,
  after: string,
  shown: { before: string; after: string } = { before, after },
): string {
  if (before === after) return ''
  const steps = stepsBetween(split(before), split(after))
  const changes = steps.flatMap(({ kind }, index) => (kind === ' ' ? [] : [index]))
  const hunks: { from: number; to: number }[] = []
  for (const index of changes) {
    const last = hunks.at(-1)
    if (last !== undefined && index - context <= last.to) last.to = index + context + 1
    else hunks.push({ from: Math.max(0, index - context), to: index + context + 1 })
  }
  const [beforeLines, afterLines] = [split(shown.before), split(shown.after)]
  const count = (part: readonly Step[], other: '-' | '+'): number =>
    part.filter(({ kind }) => kind !== other).length
  const told = hunks.map(({ from, to }) => {
    const part = steps.slice(from, to)
    const head = steps.slice(0, from)
    let [inBefore, inAfter] = [count(head, '+'), count(head, '-')]
    const lines = part.map(({ kind, line: real }) => {
      const line = (kind === '+' ? afterLines[inAfter] : beforeLines[inBefore]) ?? real
      if (kind !== '+') inBefore += 1
      if (kind !== '-') inAfter += 1
      return line.endsWith('\n')
        ? `${kind}${line}`
        : `${kind}${line}\n\\ No newline at end of file\n`
    })
    return `@@ -${range(count(head, '+'), count(part, '+'))} +${range(count(head, '-'), count(part, '-'))} @@\n${lines.join('')}`
  })
  return `--- a/${file}\n+++ b/${file}\n${told.join('')}`
}
