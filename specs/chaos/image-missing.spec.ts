// Incident: a deploy records a tag that was never pushed; the old pods serve, the new ones wait for
// nine days. (joelclaw history, 2026-07-23)
import { badImage } from '#helpers/kubernetes/faults/images.ts'
import { drill, verify, present } from '#helpers/index.ts'
import { steadyState } from '#specs/invariants/index.ts'
import { newestTemplatesRun } from '#specs/invariants/workloads.spec.ts'

export const imageIsMissing = drill({
  name: 'image-missing',
  title: 'a deploy of a missing image is detected while the old pods serve, and rolled back',
  incident: {
    story:
      'a deploy recorded a tag that its registry did not have: the new pods failed to pull ' +
      'it for nine days behind a ReplicaSet that served, without an alarm',
    source:
      'joelclaw history, 2026-07-23 to 2026-08-01; 16 — Failure Modes, Failure catalog › External',
  },
  steadyState,
  targets: ['deployed'],
  faults: ({ drillTargets: { deployed } }) => present(deployed).map(badImage),
  // Not before its warm-up is over: an image may be pushed a moment after its manifest. @source the
  // policies: 120 s at most
  breaks: [{ invariant: newestTemplatesRun, within: '150 s' }],
  healer: 'holdfast',
  expects: ['roll-back-workload'],
  // Its users must not notice.
  services: ({ drillTargets: { deployed }, ports }) =>
    ports
      .filter(port => port.namespace === deployed?.namespace && port.service === deployed.name)
      .map(port => port.name),
  // Seen twice, and one patch: the old pods serve all the time. @source measured on a v1.35 node:
  // gone 1 s after the patch
  budgets: { detected: '150 s', recovered: '180 s' },
  stability: '30 s',
})

verify(import.meta, imageIsMissing)
