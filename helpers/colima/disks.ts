// Disk usage in the VM, from df.
import type { Call } from '#src/commands/call.ts'
import { vm } from './vm.ts'

export interface DiskUse {
  /** The path that was asked for. */
  path: string
  /** Mount point of the file system that holds it. */
  mount: string
  /** Whole percent of the space that is not reserved, rounded up. */
  usedPercent: number
  totalBytes: number
}

/**
 * Rows of `df -P -k`, in its order. A row that cannot be parsed is an error: a number must not be
 * guessed.
 */
export function parseDf(text: string): readonly Omit<DiskUse, 'path'>[] {
  const [head, ...rows] = text.split('\n').filter(line => line.trim() !== '')
  if (head === undefined || !/1024-blocks|1K-blocks/.test(head))
    throw new Error(`df did not print a table: “${text.trim().slice(0, 80)}”`)
  return rows.map(row => {
    const match = /^(.+?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\d+)%\s+(\/.*)$/.exec(row.trim())
    if (match === null)
      throw new Error(`df printed a line that is none of its own: “${row.slice(0, 80)}”`)
    return { mount: match[6]!, usedPercent: Number(match[5]), totalBytes: Number(match[2]) * 1024 }
  })
}

/**
 * Usage of the file systems that hold the paths, in their order. Rejects when one does not exist.
 */
export async function diskUse(
  call: Call,
  profile: string,
  paths: readonly string[],
): Promise<readonly DiskUse[]> {
  if (paths.length === 0) return []
  const rows = parseDf(await vm(call, profile).run(['df', '-P', '-k', ...paths], { mux: true }))
  if (rows.length !== paths.length)
    throw new Error(
      `df printed ${rows.length} lines for ${paths.length} paths: ${paths.join(', ')}`,
    )
  return rows.map((row, index) => ({ path: paths[index]!, ...row }))
}
