// joelclaw's lab for the contract tests: one that tests only read, and fresh ones to break.
import { loadPolicy } from '#src/runs/clusters.ts'
import { manifestsOf } from '#src/runs/manifests.ts'
import type { Call } from '#src/commands/call.ts'
import { createLab, findWorld, type Lab } from '#lab/lab.ts'

export const policy = await loadPolicy('joelclaw')
export const nodeName = 'joelclaw-controlplane-1'

const world = await findWorld('joelclaw')
const manifests = manifestsOf('joelclaw')

/** A booted, healthy world. */
export function newLab(seed = 1): Lab {
  if (world === undefined) throw new Error('the lab has no world for joelclaw')
  return createLab(world, { seed, manifests })
}

/** The shared world. No test may change it. */
export const calm: Lab = newLab()

export const toolsOf = (lab: Lab, deadline = 10_000): Call => ({
  runtime: lab.runtime,
  deadline,
  signal: new AbortController().signal,
})
