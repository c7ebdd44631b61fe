// Simple shell commands of containers: how long they run, and how they end.
import type { Container } from '#src/model/kube.ts'

export interface Script {
  /** ms until it exits; undefined: it keeps running. */
  runsMs: number | undefined
  code: number
  output: string
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * Recognizes `sleep`, `exit`, `false`, `echo` and endless loops in a command; everything else takes
 * no time and succeeds. A container without a command runs a shell without input, which ends at
 * once with 0.
 */
export function readScript(container: Container): Script {
  const argv = [...(container.command ?? []), ...(container.args ?? [])]
  const text = argv.join(' ')
  const output = /echo\s+["']?([^"';&|]+)/.exec(text)?.[1]?.trim() ?? ''
  if (/sleep\s+(?:infinity|inf)\b|while\s+(?:true|:)|tail\s+-f|\bhttpd?\b\s+-f/.test(text))
    return { runsMs: undefined, code: 0, output }
  let runsMs = 0
  for (const [, amount, unit] of text.matchAll(/sleep\s+(\d+(?:\.\d+)?)([smhd]?)/g))
    runsMs += Number(amount) * (units[unit || 's'] ?? 1000)
  return { runsMs, code: exitCode(text), output }
}

function exitCode(text: string): number {
  const exit = /\bexit\s+(\d+)/.exec(text)?.[1]
  if (exit !== undefined) return Number(exit)
  return /(?:^|[\s;&|])false\s*$/.test(text) ? 1 : 0
}
