// No evidence, no act: fixes plan nothing from a snapshot without answers.
import { describe, expect, test } from 'vitest'
import { plan, policy } from '#tests/model/fixed.ts'
import { policyWith } from '#tests/model/policy.ts'
import { now } from '#tests/model/seen.ts'
import { Unanswered, answersOf } from '#src/model/index.ts'
import { regenerateKubeconfig, repointTalosconfig } from '#helpers/talos/fixes.ts'
import { cycleColima, renewDockerSocket, startDockerInVm } from '#helpers/colima/fixes.ts'
import { endDeadPortForward } from '#helpers/host/fixes.ts'
import { restartFlannel } from '#helpers/flannel/fixes.ts'
import { loadKernelModules } from '#helpers/colima/fixes.ts'
import { reassertContainer, startNodeContainer } from '#helpers/docker/fixes.ts'
import { removeControlPlaneTaint } from '#helpers/kubernetes/fixes/nodes.ts'
import { uncordon } from '#helpers/kubernetes/fixes/nodes.ts'
import { deleteUnknownPods } from '#helpers/kubernetes/fixes/pods.ts'
import { patchNodePort } from '#helpers/kubernetes/fixes/services.ts'
import { rollBackWorkload } from '#helpers/kubernetes/fixes/rollback.ts'
import { restartWorkload } from '#helpers/kubernetes/fixes/workloads.ts'

describe('a snapshot without answers', () => {
  const blind = answersOf({
    version: 1,
    cluster: 'small',
    target: { kind: 'lab', description: '' },
    startedAt: now,
    endedAt: now,
    answers: {},
  })
  const all = [
    uncordon,
    removeControlPlaneTaint,
    reassertContainer,
    startNodeContainer,
    deleteUnknownPods,
    patchNodePort,
    restartWorkload,
    rollBackWorkload,
    loadKernelModules,
    restartFlannel,
    endDeadPortForward,
    startDockerInVm,
    renewDockerSocket,
    cycleColima,
    repointTalosconfig,
    regenerateKubeconfig,
  ]
  test.for(all.map(fix => [fix.name, fix] as const))('calls for nothing: %s', ([, fix]) => {
    const attempt = (): unknown => {
      try {
        return plan(fix, blind)
      } catch (error) {
        return error instanceof Unanswered ? error.verdict.kind : error
      }
    }
    expect([[], 'unknown']).toContainEqual(attempt())
  })

  test.for(all.map(fix => [fix.name, fix] as const))(
    'has its own questions asked: %s',
    ([, fix]) => {
      expect(fix.observe(policy).length).toBeGreaterThan(0)
      // For a cluster without a host section, holdfast asks nothing about a host.
      const bare = policyWith()
      expect(
        fix.observe(bare).some(({ needs }) => needs.includes('colima') || needs.includes('vm-ssh')),
      ).toBe(false)
    },
  )
})
