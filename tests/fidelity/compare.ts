// Compares two recordings: lists the lines that only one of them has.
import { normal } from './normal.ts'
import type { Said } from './play.ts'

/** A line that only one side has. */
export interface Odd {
  side: 'node' | 'lab'
  where: 'exit code' | 'stdout' | 'stderr'
  line: string
}

export interface Difference {
  id: string
  line: string
  odd: readonly Odd[]
}

/** The lines of `a` and of `b` outside their longest common subsequence. */
function parted(
  a: readonly string[],
  b: readonly string[],
): { a: readonly string[]; b: readonly string[] } {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] =
        a[i] === b[j]
          ? lengths[i + 1]![j + 1]! + 1
          : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  const only = { a: [] as string[], b: [] as string[] }
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      only.a.push(a[i]!)
      i += 1
    } else {
      only.b.push(b[j]!)
      j += 1
    }
  }
  return only
}

function oddIn(where: 'stdout' | 'stderr', node: string, lab: string): readonly Odd[] {
  const only = parted(normal(node), normal(lab))
  return [
    ...only.a.map(line => ({ side: 'node' as const, where, line })),
    ...only.b.map(line => ({ side: 'lab' as const, where, line })),
  ]
}

/** The differences between two recordings, by command. Throws if they are not of the same list. */
export function differences(node: readonly Said[], lab: readonly Said[]): readonly Difference[] {
  if (node.map(({ id }) => id).join() !== lab.map(({ id }) => id).join())
    throw new Error(
      'the two recordings are not of the same list of commands: ' +
        'record the node again (tests/fidelity/record.ts)',
    )
  return node.flatMap((real, index) => {
    const simulated = lab[index]!
    const codes: readonly Odd[] =
      real.code === simulated.code
        ? []
        : [
            { side: 'node', where: 'exit code', line: String(real.code) },
            { side: 'lab', where: 'exit code', line: String(simulated.code) },
          ]
    const odd = [
      ...codes,
      ...oddIn('stdout', real.stdout, simulated.stdout),
      ...oddIn('stderr', real.stderr, simulated.stderr),
    ]
    return odd.length === 0 ? [] : [{ id: real.id, line: real.line, odd }]
  })
}
