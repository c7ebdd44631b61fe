// The message of FailedScheduling: how many nodes refuse a pod for which reason.
import type { Refusal } from './refusal.ts'

/** Phrases in alphabetical order, as the scheduler joins them. */
const joined = (phrases: readonly string[]): string =>
  phrases.toSorted((a, b) => (a < b ? -1 : 1)).join(', ')

/** Counts the nodes per reason, then explains why preemption does not help. */
export function failureText(nodes: number, refusals: readonly Refusal[]): string {
  const counts = new Map<string, number>()
  for (const text of refusals.flatMap(one => one.texts))
    counts.set(text, (counts.get(text) ?? 0) + 1)
  const reasons = joined([...counts].map(([text, count]) => `${count} ${text}`))
  const helpless = refusals.filter(one => one.helpless).length
  return `0/${nodes} nodes are available: ${reasons}. ${preemptionText(nodes, helpless)}`
}

/** The second half of the message. `helpless`: the nodes on which no preemption would help. */
export function preemptionText(nodes: number, helpless: number): string {
  const helpable = nodes - helpless
  const outcomes = joined([
    ...(helpable > 0 ? [`${helpable} No preemption victims found for incoming pod`] : []),
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
  ])
  return `no new claims to deallocate, preemption: 0/${nodes} nodes are available: ${outcomes}.`
}
